// Texts made for people and programs, without running a model.
#include <gtest/gtest.h>

#include "tools/reckon/bench_plan.hpp"
#include "tools/reckon/bench_report.hpp"
#include "tools/reckon/input.hpp"
#include "tools/reckon/json_output.hpp"
#include "tools/reckon/output.hpp"
#include "tools/reckon/terminal.hpp"
#include "tools/reckon/thought_view.hpp"

namespace reckon::cli {
namespace {

TEST(Printable, ShowsControlCharactersAsSymbols) {
  EXPECT_EQ(printable("a\tb\nc"), "a\tb\nc");
  EXPECT_EQ(printable("\x1b[31m"), "\xe2\x90\x9b[31m");
  EXPECT_EQ(printable(std::string("\0\x7f", 2)), "\xe2\x90\x80\xe2\x90\xa1");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\xef\xbf\xbd"
            "31m");  // the eight-bit CSI
  EXPECT_EQ(printable("é 中 \xc2\xa0"), "é 中 \xc2\xa0");
  EXPECT_EQ(printable("\x9b[31m\xff\xc2"), "\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd") << "of no character";
}

TEST(CutToColumns, CountsWideCharactersTwiceAndMarksNotAtAll) {
  EXPECT_EQ(cut_to_columns("abc", 2), "ab");
  EXPECT_EQ(cut_to_columns("abc", 3), "abc");
  EXPECT_EQ(cut_to_columns("中文", 3), "中");
  EXPECT_EQ(cut_to_columns("e\xcc\x81x", 1), "e\xcc\x81");  // a combining accent
  EXPECT_EQ(cut_to_columns("\xff\xff", 1), "\xff");
  EXPECT_EQ(cut_to_columns("abc", 0), "");
}

TEST(ColumnAfter, FollowsTheCursor) {
  EXPECT_EQ(column_after(0, "abc"), 3);
  EXPECT_EQ(column_after(3, "中e\xcc\x81"), 6);
  EXPECT_EQ(column_after(3, "x\ny"), 1);
  EXPECT_EQ(column_after(3, "\tx"), 9);
  EXPECT_EQ(column_after(3, "\x1b[1;36mab\x1b[0m\x1b[K"), 5);
  EXPECT_EQ(column_after(0, up_to_column(12) + "ab"), 14);
  EXPECT_EQ(column_after(9, "中x", 10), 13) << "the last column stays free";
  EXPECT_EQ(column_after(8, "中x", 10), 11);
  EXPECT_EQ(column_after(9, "é", 10), 10);
}

TEST(CurrentSentence, IsTheOneThatGoesOn) {
  const auto sentence = [](const std::string& text) { return text.substr(current_sentence(text, 0)); };
  EXPECT_EQ(sentence(""), "");
  EXPECT_EQ(sentence("One. Two"), "Two");
  EXPECT_EQ(sentence("One. Two."), "Two.");
  EXPECT_EQ(sentence("One. Two. "), "Two. ") << "the last one stays until the next begins";
  EXPECT_EQ(sentence("One\nTwo"), "Two");
  EXPECT_EQ(sentence("One!  \n Two? 3.5 is"), "3.5 is");
}

TEST(EndInColumns, KeepsTheEnd) {
  EXPECT_EQ(end_in_columns("abc", 3), "abc");
  EXPECT_EQ(end_in_columns("abcd", 3), "…cd");
  EXPECT_EQ(end_in_columns("中文中", 4), "…中");
  EXPECT_EQ(end_in_columns("abc", 0), "");
}

TEST(FitToColumns, BreaksBetweenPartsAndThenAtCommas) {
  const std::vector<std::string> parts{"tokens: 17 prompt, 73 thinking", "total 27 ms", "seed 1"};
  const std::string line = "tokens: 17 prompt, 73 thinking; total 27 ms; seed 1";
  EXPECT_EQ(fit_to_columns(parts, 200), line);
  EXPECT_EQ(fit_to_columns(parts, line.size()), line);
  EXPECT_EQ(fit_to_columns(parts, line.size() - 1), "tokens: 17 prompt, 73 thinking; total 27 ms;\nseed 1");
  EXPECT_EQ(fit_to_columns(parts, 31), "tokens: 17 prompt, 73 thinking;\ntotal 27 ms; seed 1");
  EXPECT_EQ(fit_to_columns(parts, 30), "tokens: 17 prompt,\n73 thinking; total 27 ms;\nseed 1");
  EXPECT_EQ(fit_to_columns(parts, 1), "tokens: 17 prompt,\n73 thinking;\ntotal 27 ms;\nseed 1");
  EXPECT_EQ(fit_to_columns({}, 10), "");
}

TEST(Format, BytesAndTimesAreShort) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1117320000), "1.1 GB");
  EXPECT_EQ(format_bytes(999950), "1.0 MB");
  EXPECT_EQ(format_ms(0.42), "0.4 ms");
  EXPECT_EQ(format_ms(850), "850 ms");
  EXPECT_EQ(format_ms(3210), "3.2 s");
  EXPECT_EQ(format_ms(125000), "2 min 5 s");
}

TEST(Json, NumbersAreRoundedAndNullForWhatNeverCame) {
  EXPECT_EQ(json_number(1.23456), Json(1.235));
  EXPECT_EQ(json_number(-1), Json(nullptr));
  EXPECT_EQ(json_number(std::numeric_limits<double>::quiet_NaN()), Json(nullptr));
}

TEST(Json, LinesAreValidEvenForBrokenText) {
  EXPECT_EQ(json_line({{"text", "a\xff"}}), "{\"text\":\"a\xef\xbf\xbd\"}\n");
}

TEST(ParseTokens, RefusesEverythingButTokenIds) {
  EXPECT_EQ(parse_tokens("[1, 2147483647]", "x"), (std::vector<TokenId>{1, 2147483647}));
  EXPECT_TRUE(parse_tokens("[]", "x").empty());
  for (const char* wrong : {"", "{", "{}", "1", "[-1]", "[1.5]", "[\"1\"]", "[2147483648]", "[[1]]", "[null]",
                            "[99999999999999999999999]", "[18446744073709551615]", "[1] x"}) {
    try {
      parse_tokens(wrong, "the source");
      ADD_FAILURE() << wrong << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_EQ(std::string(error.what()).find("the source: expected a JSON array of token ids"), 0u)
          << error.what();
    }
  }
}

TEST(BenchPlan, CombinesTheListsAndNamesTheTests) {
  BenchOptions options;
  options.prompt_tokens = {512};
  options.generated_tokens = {64};
  options.depths = {0, 4096};
  options.parallel = {1, 8};
  std::vector<std::string> names;
  for (const BenchTest& test : plan_tests(options)) names.push_back(test.name());
  EXPECT_EQ(names, (std::vector<std::string>{"pp512", "tg64", "tg64x8", "pp512@d4096", "tg64@d4096",
                                             "tg64x8@d4096"}));
}

TEST(BenchPlan, RefusesToMeasureNothing) {
  BenchOptions options;
  options.prompt_tokens = {0};
  options.generated_tokens = {0};
  EXPECT_THROW(plan_tests(options), UsageError);
}

TEST(BenchPlan, CountsWhatAStepReadsAndComputes) {
  const ModelCost model{
      .weight_bytes = 1000, .layer_parameters = 400, .output_parameters = 100, .kv_bytes_per_token = 10};
  const TestCost prompt = test_cost({.generates = false, .tokens = 8, .depth = 5, .parallel = 1}, model);
  EXPECT_DOUBLE_EQ(prompt.bytes, 1000 + 5 * 10);
  EXPECT_DOUBLE_EQ(prompt.operations, 2 * (8 * 400 + 100));
  // Three steps of two sequences; they read 0, 1 and 2 positions of their own and 5 in common.
  const TestCost decode = test_cost({.generates = true, .tokens = 3, .depth = 5, .parallel = 2}, model);
  EXPECT_DOUBLE_EQ(decode.bytes, 3 * 1000 + 3 * 5 * 10 + 2 * (0 + 1 + 2) * 10);
  EXPECT_DOUBLE_EQ(decode.operations, 2 * 3 * 2 * 500);
}

TEST(BenchPlan, NamesTheLimitThatBinds) {
  const Limits limits{.bytes_per_s = 100, .operations_per_s = 1000};
  const LimitShare reading = share_of_limit({.bytes = 50, .operations = 100}, limits, 1.0);
  EXPECT_FALSE(reading.compute);
  EXPECT_DOUBLE_EQ(reading.value, 50);
  EXPECT_DOUBLE_EQ(reading.share, 0.5);
  const LimitShare computing = share_of_limit({.bytes = 1, .operations = 800}, limits, 2.0);
  EXPECT_TRUE(computing.compute);
  EXPECT_DOUBLE_EQ(computing.value, 400);
  EXPECT_DOUBLE_EQ(computing.share, 0.4);
}

TEST(BenchReport, StatisticsAreThoseOfASample) {
  const Statistics statistics = statistics_of({1, 2, 3, 4});
  EXPECT_DOUBLE_EQ(statistics.mean, 2.5);
  EXPECT_NEAR(statistics.stddev, 1.2909944, 1e-6);
  EXPECT_DOUBLE_EQ(statistics_of({7}).stddev, 0);
}

}  // namespace
}  // namespace reckon::cli
