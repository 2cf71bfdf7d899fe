// The report of an evaluation.
#include <gtest/gtest.h>

#include "tools/reckon/eval_report.hpp"

namespace reckon::cli {
namespace {

// "7" is right; "-" is no answer.
EvalQuestion question(const std::string& category, const std::vector<std::string>& answers) {
  EvalQuestion made{.category = category, .samples = {}};
  for (const std::string& answer : answers) {
    EvalSample sample;
    if (answer != "-") sample.answer = answer;
    sample.right = answer == "7";
    sample.thinking_tokens = 10 * (made.samples.size() + 1);
    sample.finish_reason = answer == "-" ? "length_in_thinking" : "stop";
    made.samples.push_back(std::move(sample));
  }
  return made;
}

TEST(EvalReport, TheMajorityOfWhatWasAnsweredDecides) {
  EXPECT_TRUE(majority_is_right(question("", {"7", "8", "7"}), 0, 3));
  EXPECT_FALSE(majority_is_right(question("", {"7", "8", "8"}), 0, 3));
  EXPECT_TRUE(majority_is_right(question("", {"7", "-", "-"}), 0, 3));
  EXPECT_FALSE(majority_is_right(question("", {"-", "-"}), 0, 2));
  EXPECT_TRUE(majority_is_right(question("", {"7", "1", "2"}), 0, 3)) << "the first among equals";
  EXPECT_FALSE(majority_is_right(question("", {"9", "7", "2"}), 0, 3));
  EXPECT_TRUE(majority_is_right(question("", {"9", "9", "7", "7"}), 2, 2)) << "of the group only";
}

TEST(EvalReport, CountsWhatThereIs) {
  const EvalReport report =
      eval_report({question("a", {"7", "7", "7", "7"}), question("a", {"7", "8", "8", "8"}),
                   question("b", {"-", "-", "7", "7"})},
                  4);
  EXPECT_EQ(report.all.questions, 3u);
  EXPECT_DOUBLE_EQ(report.all.pass_at_1, 7.0 / 12);
  EXPECT_EQ(report.all.interval.low, wilson_interval(7.0 / 12, 3).low);
  EXPECT_DOUBLE_EQ(report.all.consensus, 2.0 / 3);
  ASSERT_EQ(report.categories.size(), 2u);
  EXPECT_DOUBLE_EQ(report.categories.at("a").pass_at_1, 5.0 / 8);
  EXPECT_DOUBLE_EQ(report.categories.at("b").consensus, 1);
  ASSERT_EQ(report.pass.size(), 3u);  // k = 1, 2, 4
  EXPECT_DOUBLE_EQ(report.pass[1].second, (1 + 3.0 / 6 + 5.0 / 6) / 3);
  EXPECT_DOUBLE_EQ(report.pass[2].second, 1);
  // Of groups of two: both right, the first right (the tie is its own), one of two right.
  EXPECT_DOUBLE_EQ(report.consensus[1].second, (1 + 0.5 + 0.5) / 3);
  EXPECT_DOUBLE_EQ(report.consensus[0].second, report.all.pass_at_1);
  EXPECT_DOUBLE_EQ(report.thinking_mean, 25);
  EXPECT_DOUBLE_EQ(report.thinking_median, 25);
  EXPECT_EQ(report.finish_reasons,
            (std::map<std::string, uint64_t>{{"length_in_thinking", 2}, {"stop", 10}}));
}

TEST(EvalReport, MarkdownHasATableThatNoCategoryBreaks) {
  EvalReport report = eval_report({question("x|y\n\x1b[31m", {"7", "8"}), question("", {"7", "7"})}, 2);
  report.model = "m";
  report.failed = 1;
  report.generated_tokens = 500;
  report.seconds = 2;
  EXPECT_EQ(report_markdown(report),
            "# m: 2 questions, 2 samples each\n\n"
            "1 line failed and is not counted.\n\n"
            "| category | questions | pass@1 | 95 % interval (Wilson) | cons@2 |\n"
            "|---|---:|---:|---:|---:|\n"
            "| (none) | 1 | 100.0 % | 20.7 % to 100.0 % | 100.0 % |\n"
            "| x\\|y \xe2\x90\x9b[31m | 1 | 50.0 % | 5.5 % to 94.5 % | 100.0 % |\n"
            "| **all** | 2 | 75.0 % | 19.8 % to 97.3 % | 100.0 % |\n\n"
            "| k | pass@k | cons@k |\n|---:|---:|---:|\n"
            "| 1 | 75.0 % | 75.0 % |\n"
            "| 2 | 100.0 % | 100.0 % |\n\n"
            "Thinking tokens: mean 15.0, median 15.0, 95th percentile 20.0.\n"
            "Finish reasons: stop 4.\n"
            "Speed: 500 tokens in 2.0 s, 250 tok/s.\n");
}

TEST(EvalReport, JsonHasTheSameFigures) {
  EvalReport report = eval_report({question("", {"7"}), question("", {"8"})}, 1);
  const Json json = report_json(report);
  EXPECT_EQ(json["questions"], 2);
  EXPECT_EQ(json["pass_at_1"]["value"], 0.5);
  EXPECT_EQ(json["pass_at_1"]["interval"]["method"], "wilson");
  EXPECT_EQ(json["pass_at_k"]["1"], 0.5);
  EXPECT_EQ(json["cons_at_k"]["1"], 0.5);
  EXPECT_TRUE(json["categories"].empty());
  EXPECT_EQ(eval_report({}, 1).all.pass_at_1, 0) << "nothing to divide by";
}

}  // namespace
}  // namespace reckon::cli
