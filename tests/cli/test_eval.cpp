// reckon eval: accuracy over questions.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "cli/results.hpp"
#include "cli/tmux.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

// Sums that the embedded model gets right, `wrong` of them with another answer in the file.
std::string sums(int count, int wrong = 0) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    const int a = 11 + 3 * i;
    const int b = 20 + i;
    const Json line = {{"id", "q" + std::to_string(i)},
                       {"question", "What is " + std::to_string(a) + " + " + std::to_string(b) + "?"},
                       {"answer", a + b + (i < wrong ? 1 : 0)},
                       {"category", i % 2 == 0 ? "even" : "odd"}};
    lines += line.dump() + "\n";
  }
  return lines;
}

class EvalCommand : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::string in_ = directory_.file("in.jsonl");
  std::string out_ = directory_.file("out.jsonl");

  Result eval(const std::vector<std::string>& options) {
    return run_command(joined({"eval", "-q", "--temp", "0", in_}, options));
  }
  Json report(const std::vector<std::string>& options = {}) {
    const Result result = eval(joined({"--json"}, options));
    EXPECT_EQ(result.status, 0) << result.err;
    Json json = Json::parse(result.out, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << result.out;
    return json;
  }
};

// What a report says that does not depend on how long it took.
Json timeless(Json report) {
  report.erase("speed");
  return report;
}

TEST_F(EvalCommand, CountsTheRightAnswers) {
  write_file(in_, sums(12));
  const Json good = report();
  ASSERT_EQ(good["questions"], 12);
  ASSERT_EQ(good["pass_at_1"]["value"], 1.0) << "the model knows these";
  write_file(in_, sums(12, 3));
  const Json json = report();
  EXPECT_DOUBLE_EQ(json["pass_at_1"]["value"], 0.75);
  EXPECT_NEAR(json["pass_at_1"]["interval"]["low"], 0.4677, 5e-5);
  EXPECT_NEAR(json["pass_at_1"]["interval"]["high"], 0.9111, 5e-5);
  EXPECT_DOUBLE_EQ(json["categories"]["even"]["pass_at_1"]["value"], 4.0 / 6);
  EXPECT_DOUBLE_EQ(json["categories"]["odd"]["pass_at_1"]["value"], 5.0 / 6);
  EXPECT_EQ(json["finish_reasons"], (Json{{"stop", 12}}));
  EXPECT_GT(json["thinking_tokens"]["median"], 0);
  EXPECT_GE(json["thinking_tokens"]["p95"], json["thinking_tokens"]["median"]);
  EXPECT_GT(json["speed"]["tok_s"], 0);
}

TEST_F(EvalCommand, AnswersAreComparedInTheirNormalForm) {
  write_file(in_,
             "{\"question\": \"What is 500 + 500?\", \"answer\": \"so it is \\\\boxed{1,000.0}\"}\n"
             "{\"question\": \"What is 500 + 500?\", \"answer\": \"1001\"}\n");
  EXPECT_EQ(report()["pass_at_1"]["value"], 0.5);
}

TEST_F(EvalCommand, WritesMarkdown) {
  write_file(in_, sums(4, 1));
  const Result result = eval({"--samples", "2"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out.find("# reckon-tiny: 4 questions, 2 samples each\n"), 0u) << result.out;
  EXPECT_NE(result.out.find("\n| **all** | 4 | 75.0 % | 30.1 % to 95.4 % | 75.0 % |\n"), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("\n| 2 | 75.0 % | 75.0 % |\n"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\nFinish reasons: stop 8.\n"), std::string::npos) << result.out;
}

TEST_F(EvalCommand, ATerminalShowsTheReportRendered) {
  write_file(in_, sums(2));
  Command running({"eval", in_, "--temp", "0"}, {.terminal = true});
  EXPECT_EQ(running.finish().status, 0);
  const std::string shown = running.out();
  EXPECT_NE(shown.find("───┼───"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("|---"), std::string::npos) << shown;
}

TEST_F(EvalCommand, AThoughtThatIsCutOffHasNoAnswer) {
  write_file(in_, sums(3));
  const Json json = report({"-n", "5", "--answer-reserve", "0"});
  EXPECT_EQ(json["pass_at_1"]["value"], 0.0);
  EXPECT_EQ(json["finish_reasons"], (Json{{"length_in_thinking", 3}}));
}

TEST_F(EvalCommand, WrongLinesAreNotCountedButTold) {
  write_file(in_, sums(2) + "{\"question\": \"no answer\"}\nnonsense\n");
  const Result result = eval({"--json"});
  EXPECT_EQ(result.status, 1);
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["questions"], 2);
  EXPECT_EQ(json["failed"], 2);
  EXPECT_NE(result.err.find("reckon: error: " + in_ + ", line 3: answer is missing"), std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find(", line 4: not JSON"), std::string::npos) << result.err;
}

TEST_F(EvalCommand, AnIdThatIsThereAlreadyIsAnErrorOfItsLine) {
  const std::string line = R"({"id": "a", "question": "What is 1 + 1?", "answer": "2"})";
  write_file(in_, line + "\n" + line + "\n");
  const Result result = run_command({"eval", "--temp", "0", in_});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("reckon: error: " + in_ + ", line 2: id: \"a\" is that of line 1\n"),
            std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("2 questions, 1 failed; "), std::string::npos) << result.err;
}

TEST_F(EvalCommand, LeavesNoEmptyResultsWhereNothingCouldBegin) {
  write_file(in_, sums(1));
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"-m", "/nonexistent"}, {"--logit-bias", "99999=1"}, {"--ctx", "9999999"}}) {
    EXPECT_NE(eval(joined(wrong, {"--out", out_})).status, 0);
    EXPECT_FALSE(std::filesystem::exists(out_)) << wrong[0];
  }
  EXPECT_EQ(run_command({"eval", "/nonexistent", "--out", out_}).status, 1);
  EXPECT_FALSE(std::filesystem::exists(out_));
  EXPECT_EQ(run_command({"batch", in_, out_, "--logit-bias", "99999=1"}).status, 2);
  EXPECT_FALSE(std::filesystem::exists(out_));
  write_file(out_, "");
  EXPECT_NE(eval({"--out", out_, "--logit-bias", "99999=1"}).status, 0);
  EXPECT_TRUE(std::filesystem::exists(out_)) << "it was there before";
}

TEST_F(EvalCommand, NoQuestionsAndEmptyAnswersAreErrors) {
  write_file(in_, "");
  const Result nothing = eval({});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_EQ(nothing.out, "");
  EXPECT_NE(nothing.err.find("there are no questions"), std::string::npos) << nothing.err;
  write_file(in_, sums(1) + R"({"question": "What is 1 + 1?", "answer": ""})" + "\n");
  EXPECT_NE(eval({}).err.find("line 2: answer is empty"), std::string::npos);
}

TEST_F(EvalCommand, KeepsEverySampleAndGoesOnFromThem) {
  write_file(in_, sums(10, 2));
  const std::vector<std::string> options{"--samples", "2", "--temp", "1", "--seed", "1", "--out", out_};
  const Json expected = timeless(report(options));
  const std::map<std::string, Json> samples = results_of(out_);
  ASSERT_EQ(samples.size(), 10u);
  const Json& kept = samples.at("q0");
  EXPECT_EQ(kept["response"]["body"]["choices"].size(), 2u);
  EXPECT_EQ(kept["eval"]["question"], "What is 11 + 20?");
  EXPECT_EQ(kept["eval"]["expected"], "32");
  EXPECT_EQ(kept["eval"]["answers"].size(), 2u);
  EXPECT_EQ(kept["eval"]["right"].size(), 2u);
  const std::vector<std::string> resumed =
      joined({"eval", "-q", in_}, {"--samples", "2", "--seed", "1", "--out", out_});
  EXPECT_EQ(run_command(resumed).out.find("Speed:"), std::string::npos) << "nothing was generated";
  const std::string whole = read_file(out_);
  for (const size_t place : {size_t{0}, whole.size() / 3, whole.size() - 1, whole.size()}) {
    write_file(out_, whole.substr(0, place));
    EXPECT_EQ(timeless(report(options)), expected) << place;
    EXPECT_EQ(results_of(out_), samples) << place;
  }
  // What is kept is compared with the answers the file gives now.
  write_file(in_, sums(10, 10));
  EXPECT_EQ(report(options)["pass_at_1"]["value"], 0.0);
  const Result other = eval({"--samples", "3", "--out", out_});
  EXPECT_EQ(other.status, 1);
  EXPECT_NE(other.err.find("has 2 samples of \"q"), std::string::npos) << other.err;
}

TEST_F(EvalCommand, KilledItGoesOn) {
  write_file(in_, sums(30, 3));
  const std::vector<std::string> options{"--temp", "1", "--seed", "1", "--out", out_};
  const Json expected = timeless(report(options));
  const std::map<std::string, Json> samples = results_of(out_);
  std::filesystem::remove(out_);
  for (size_t lines = 3; lines < 30; lines += 9) {
    Command command(joined({"eval", "-q", "--temp", "0", "--parallel", "2", in_}, options));
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(out_) && line_count(out_) >= lines; }));
    command.signal(SIGKILL);
    command.finish();
  }
  EXPECT_EQ(timeless(report(options)), expected);
  EXPECT_EQ(results_of(out_), samples);
}

TEST_F(EvalCommand, AnInterruptedOneReportsNothing) {
  Command command({"eval", "--out", out_, "-"}, {.input = sums(1), .input_stays_open = true});
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(out_) && line_count(out_) == 1; }));
  command.signal(SIGINT);
  const Result result = command.finish();
  EXPECT_EQ(result.status, 130);
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace reckon::cli::testing
