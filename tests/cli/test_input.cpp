// Where the prompt comes from.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

// The number of tokens of the prompt, of a run that generates one token.
uint64_t prompt_tokens(const std::vector<std::string>& arguments, const Surroundings& around = {}) {
  const Result result = run_command(joined({"run", "--raw", "--json", "-n", "1"}, arguments), around);
  EXPECT_TRUE(result.status == 0 || result.status == 3 || result.status == 4) << result.err;
  return nlohmann::json::parse(result.out).at("usage").at("prompt_tokens").get<uint64_t>();
}

TEST(Input, StandardInputIsThePromptWithoutAnArgumentOrForADash) {
  const uint64_t expected = prompt_tokens({"1 2 3 4 5 6 7 8"});
  EXPECT_GT(expected, 8u);
  EXPECT_EQ(prompt_tokens({}, {.input = "1 2 3 4 5 6 7 8\n"}), expected);
  EXPECT_EQ(prompt_tokens({"-"}, {.input = "1 2 3 4 5 6 7 8"}), expected);
}

TEST(Input, StandardInputIsAppendedAfterAnEmptyLine) {
  const uint64_t expected = prompt_tokens({"1 + 2\n\n3 + 4"});
  EXPECT_EQ(prompt_tokens({"1 + 2"}, {.input = "3 + 4\n"}), expected);
  EXPECT_EQ(prompt_tokens({"1 + 2", "-"}, {.input = "3 + 4\n"}), expected);
}

TEST(Input, AnEmptyStandardInputAddsNothing) {
  const uint64_t expected = prompt_tokens({"1 + 2"});
  EXPECT_EQ(prompt_tokens({"1 + 2"}, {.input = ""}), expected);
  EXPECT_EQ(prompt_tokens({"1 + 2", "-"}, {.input = ""}), expected);
}

TEST(Input, ASlowPipeIsWaitedForWhereADashAsksForIt) {
  Command command({"run", "--raw", "--json", "-n", "1", "1 + 2", "-"}, {.input_stays_open = true});
  ::usleep(3'500'000);  // longer than a silent pipe is waited for without the dash
  command.type("3 + 4\n");
  command.end_input();
  const Result result = command.finish();
  EXPECT_EQ(nlohmann::json::parse(result.out).at("usage").at("prompt_tokens"),
            prompt_tokens({"1 + 2\n\n3 + 4"}));
}

// Said, unless nothing but errors is wanted.
TEST(Input, APipeThatStaysOpenAndSilentIsLeftAlone) {
  const auto begin = std::chrono::steady_clock::now();
  const Surroundings silent{.input_stays_open = true};
  Command aloud({"run", "--raw", "-n", "1", "1 + 2"}, silent);
  Command quiet({"run", "-q", "--raw", "-n", "1", "1 + 2"}, silent);
  Command samples({"run", "-q", "--samples", "2", "--raw", "-n", "1", "1 + 2"}, silent);
  Command vote({"vote", "-q", "-k", "1", "--temp", "0", "What is 7 + 8?"}, silent);
  const std::string said = aloud.finish().err;
  EXPECT_NE(said.find("standard input is open but silent"), std::string::npos) << said;
  EXPECT_EQ(quiet.finish().err, "");
  EXPECT_EQ(samples.finish().err, "");
  const Result voted = vote.finish();
  EXPECT_EQ(voted.err, "");
  EXPECT_EQ(voted.out, "15\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

// It offers nothing, and is an error where it is asked for.
TEST(Input, AClosedStandardInputIsNoText) {
  const Surroundings closed{.input_closed = true};
  const uint64_t expected = prompt_tokens({"1 + 2"});
  EXPECT_EQ(prompt_tokens({"1 + 2"}, closed), expected);
  EXPECT_EQ(run_command({"vote", "-q", "-k", "1", "--temp", "0", "What is 7 + 8?"}, closed).out, "15\n");
  const Result none = run_command({"run"}, closed);
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.err, "reckon: error: no prompt: give one as an argument or on standard input\n");
  const TemporaryDirectory directory;
  const std::string out = directory.file("out");
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", "-"},
                                                    {"run", "1 + 2", "-"},
                                                    {"vote", "-"},
                                                    {"chat", "-q"},
                                                    {"batch", "-", out},
                                                    {"eval", "-"},
                                                    {"tokenize"},
                                                    {"score", "--file", "-"}}) {
    const Result result = run_command(arguments, closed);
    EXPECT_EQ(result.status, 1) << arguments[0];
    EXPECT_TRUE(only_an_error(result.out)) << result.out;
    EXPECT_EQ(result.err, "reckon: error: can't read standard input: Bad file descriptor\n") << arguments[0];
  }
}

TEST(Input, NoPromptIsWrongUsage) {
  for (const auto& [arguments, around] : std::vector<std::pair<std::vector<std::string>, Surroundings>>{
           {{"run"}, {}}, {{"run", ""}, {}}, {{"run", "-"}, {.input = ""}}, {{"run"}, {.input = "\n"}}}) {
    const Result result = run_command(arguments, around);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "reckon: error: the prompt is empty\n");
  }
}

TEST(Input, SurvivesBytesThatAreNoText) {
  const Result result =
      run_command({"run", "--json", "-n", "2"}, {.input = std::string("a\0\xff\xc0\x80\xed\xa0\x80", 8)});
  EXPECT_TRUE(result.status == 0 || result.status == 3) << result.err;
  EXPECT_FALSE(nlohmann::json::parse(result.out, nullptr, false).is_discarded()) << result.out;
}

TEST(Input, APromptLongerThanTheContextIsAnError) {
  const Result result = run_command({"run", "--json"}, {.input = std::string(200'000, '7')});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(nlohmann::json::parse(result.out).at("error").at("code"), "context_full");
  EXPECT_EQ(result.err.find("reckon: error: "), 0u);
}

TEST(Input, ModelFilesThatAreNoneAreErrorsThatNameThem) {
  const TemporaryDirectory directory;
  const std::string text = directory.file("text.gguf");
  const std::string pipe = directory.file("pipe.gguf");
  write_file(text, "this is not a model");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& file : {directory.file("missing.gguf"), directory.path(), text, pipe}) {
    for (const std::string command : {"run", "inspect"}) {
      std::vector<std::string> arguments{command, "-m", file};
      if (command == "run") arguments.push_back("1 + 2");
      const Result result = run_command(arguments);
      EXPECT_EQ(result.status, 1) << file;
      EXPECT_EQ(result.out, "");
      EXPECT_EQ(result.err.find("reckon: error: "), 0u) << result.err;
      EXPECT_NE(result.err.find(file), std::string::npos) << result.err;
      EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
    }
  }
  EXPECT_EQ(run_command({"run", "-m", "", "1 + 2"}).status, 2);
}

}  // namespace
}  // namespace reckon::cli::testing
