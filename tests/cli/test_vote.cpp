// reckon vote and run --samples: answers, JSON, the live table, exit statuses.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/tmux.hpp"

namespace reckon::cli::testing {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson vote_json(const std::vector<std::string>& arguments, int expected_status = 0) {
  const Result result = run_command(joined({"vote", "--json"}, arguments));
  EXPECT_EQ(result.status, expected_status) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(lines_of(result.out).size(), 1u);
  return OrderedJson::parse(result.out);
}

TEST(VoteCommand, TheAnswerAloneGoesToStandardOutputAndTheVotesToError) {
  const Result result = run_command({"vote", "-k", "4", "--seed", "1", "--no-early-stop", kQuestion});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "15\n");
  const std::vector<std::string> lines = lines_of(result.err);
  ASSERT_GE(lines.size(), 3u) << result.err;
  EXPECT_EQ(lines[0], "votes   share  answer");
  EXPECT_EQ(lines[1], "    4   100 %  15");
  EXPECT_EQ(lines.back().find("4 samples: 4 with an answer; tokens: "), 0u) << result.err;
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos) << "no table that lives where there is no terminal";
}

TEST(VoteCommand, ToldInWordsThatFit) {
  const Result one = run_command({"vote", "-k", "1", "--seed", "1", kQuestion});
  EXPECT_NE(one.err.find("\n1 sample: 1 with an answer; "), std::string::npos) << one.err;
  for (const auto& [name, arguments] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{{"-k", {"-k", "0"}},
                                                                     {"-k", {"-k0"}},
                                                                     {"--samples", {"--samples=0"}},
                                                                     {"--samples", {"--samples", "0"}}}) {
    const Result result = run_command(joined({"vote", kQuestion}, arguments));
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.err.find("reckon: error: " + name + ": '0' is not"), 0u) << result.err;
  }
}

TEST(VoteCommand, QuietLeavesTheAnswer) {
  const Result result = run_command({"vote", "-q", "-k", "2", "--seed", "1", kQuestion});
  EXPECT_EQ(result.out, "15\n");
  EXPECT_EQ(result.err, "");
}

TEST(VoteCommand, ThePromptComesFromStandardInputToo) {
  EXPECT_EQ(run_command({"vote", "-q", "-k", "2", "--seed", "1"}, {.input = kQuestion}).out, "15\n");
}

TEST(VoteCommand, JsonHoldsVotesAndAllSamples) {
  const OrderedJson json = vote_json({"-k", "5", "--seed", "30", "--no-early-stop", kQuestion});
  EXPECT_EQ(json.at("winner").at("answer"), "15");
  EXPECT_EQ(json.at("winner").at("votes"), 5);
  EXPECT_EQ(json.at("votes"), 5);
  EXPECT_EQ(json.at("not_needed"), 0);
  EXPECT_EQ(json.at("seed"), 30);
  EXPECT_EQ(json.at("interrupted"), false);
  ASSERT_EQ(json.at("samples").size(), 5u);
  uint64_t tokens = 0;
  for (size_t i = 0; i < 5; i++) {
    const OrderedJson& sample = json.at("samples").at(i);
    EXPECT_EQ(sample.at("sample"), i);
    EXPECT_EQ(sample.at("seed"), 30 + i);
    EXPECT_EQ(sample.at("state"), "done");
    EXPECT_EQ(sample.at("final_answer"), "15");
    EXPECT_EQ(sample.at("finish_reason"), "stop");
    tokens += sample.at("usage").at("thinking_tokens").get<uint64_t>() +
              sample.at("usage").at("answer_tokens").get<uint64_t>();
  }
  EXPECT_EQ(json.at("tokens"), tokens);
}

TEST(VoteCommand, EachSampleIsWhatRunGivesForItsSeed) {
  const std::vector<std::string> options{"--temp", "1.5", kQuestion};
  const OrderedJson vote = vote_json(joined({"-k", "3", "--seed", "7", "--no-early-stop"}, options));
  for (int i = 0; i < 3; i++) {
    const OrderedJson alone = OrderedJson::parse(
        run_command(joined({"run", "--json", "--seed", std::to_string(7 + i)}, options)).out);
    EXPECT_EQ(vote.at("samples").at(static_cast<size_t>(i)).at("thinking"), alone.at("thinking")) << i;
    EXPECT_EQ(vote.at("samples").at(static_cast<size_t>(i)).at("answer"), alone.at("answer")) << i;
    EXPECT_EQ(vote.at("samples").at(static_cast<size_t>(i)).at("usage"), alone.at("usage")) << i;
  }
}

TEST(VoteCommand, StoppingEarlySavesSamples) {
  const std::vector<std::string> options{"-k", "9", "--parallel", "3", "--seed", "1", kQuestion};
  const OrderedJson early = vote_json(options);
  const OrderedJson all = vote_json(joined({"--no-early-stop"}, options));
  EXPECT_EQ(early.at("winner").at("answer"), all.at("winner").at("answer"));
  EXPECT_GT(early.at("not_needed"), 0);
  EXPECT_LT(early.at("tokens"), all.at("tokens"));
  EXPECT_EQ(all.at("not_needed"), 0);
  EXPECT_EQ(early.at("samples").back().at("state"), "not_needed");
  EXPECT_TRUE(early.at("samples").back().at("final_answer").is_null());
  EXPECT_EQ(early.at("steps"), vote_json(options).at("steps")) << "whatever the time";
}

TEST(VoteCommand, NoAnswerHasItsOwnStatus) {
  const std::vector<std::string> options{"-k", "3", "-n", "4", kQuestion};
  const Result result = run_command(joined({"vote"}, options));
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("reckon: note: no sample gave an answer"), std::string::npos) << result.err;
  const OrderedJson json = vote_json(options, 3);
  EXPECT_TRUE(json.at("winner").is_null());
  EXPECT_EQ(json.at("votes"), 0);
}

// The embedded model with room for 16,384 positions, more than little memory holds.
std::string model_with_long_context(const TemporaryDirectory& directory) {
  std::string model = read_file(RECKON_SOURCE_DIR "/models/reckon-tiny.gguf");
  const std::string key = "qwen2.context_length";
  model.replace(model.find(key) + key.size() + 4, 4, std::string("\0\x40\0\0", 4));  // behind the type
  write_file(directory.file("long.gguf"), model);
  return directory.file("long.gguf");
}

// With less memory the model is refused, with more the samples end.
TEST(VoteCommand, SamplesThatFailSayWhy) {
  if (kSanitized) GTEST_SKIP() << "the sanitizers need more";
  const TemporaryDirectory directory;
  const std::string prompt = [] {
    std::string sevens;
    for (int i = 0; i < 4000; ++i) sevens += "7 ";
    return sevens;
  }();
  const std::vector<std::string> arguments{
      "vote", "-q", "-m", model_with_long_context(directory), "-k", "2", "-n", "4", "-t", "1", "-"};
  Surroundings around{.input = prompt};
  Result result;
  for (rlim_t mib = 24; mib <= 96 && result.err.find("sample ") == std::string::npos; mib += 4) {
    around.limits = {{RLIMIT_AS, mib << 20}};
    result = run_command(arguments, around);
  }
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.find("reckon: error: sample 0: no memory for the attention cache"), 0u) << result.err;
  EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
  const Result json = run_command(joined(arguments, {"--json"}), around);
  EXPECT_EQ(json.status, 1);
  EXPECT_EQ(OrderedJson::parse(json.out).at("samples").at(0).at("state"), "failed");
  EXPECT_EQ(json.err.find("reckon: error: sample 0: "), 0u) << json.err;
}

TEST(VoteCommand, WrongUsageAndErrorsHaveTheirStatus) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"-k", "0", "x"},
                                                                     {"-k", "65537", "x"},
                                                                     {"--parallel", "257", "x"},
                                                                     {"--raw", "--system", "s", "x"},
                                                                     {"--ctx", "1", "x"},
                                                                     {"a", "b"}}) {
    const Result result = run_command(joined({"vote"}, arguments));
    EXPECT_EQ(result.status, 2) << arguments.front() << result.err;
    EXPECT_EQ(result.out, "");
  }
  const Result missing = run_command({"vote", "--json", "-m", "/nonexistent.gguf", "x"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_EQ(OrderedJson::parse(missing.out).at("error").at("code"), "io");
}

TEST(VoteCommand, TheFirstCtrlCVotesOverWhatThereIs) {
  RECKON_NEEDS_TMUX();
  Screen screen(
      {"vote", "-k", "200", "--parallel", "2", "--no-early-stop", "--seed", "1", "-t", "1", kQuestion},
      {.environment = {{"RECKON_ISA", "scalar"}}});
  ASSERT_TRUE(screen.wait_for("%  15")) << screen.text();
  screen.press({"C-c"});
  EXPECT_EQ(screen.wait_for_end(), 130) << screen.text();
  EXPECT_NE(screen.text().find("interrupted: this is the vote over the samples that had ended"),
            std::string::npos)
      << screen.text();
  EXPECT_EQ(screen.lines().back(), "15");
}

TEST(VoteCommand, AnInterruptedVoteStillWritesItsJson) {
  Command command(joined({"vote", "--json", "-k", "4", kQuestion}, endless_thinking()));
  ::usleep(400'000);
  command.signal(SIGINT);
  const Result result = command.finish();
  EXPECT_EQ(result.status, 130);
  const OrderedJson json = OrderedJson::parse(result.out);
  EXPECT_EQ(json.at("interrupted"), true);
  for (const OrderedJson& sample : json.at("samples")) EXPECT_EQ(sample.at("state"), "cancelled");
}

TEST(VoteCommand, TheTableLivesAndIsReplacedAtTheEnd) {
  RECKON_NEEDS_TMUX();
  for (const int columns : {30, 100}) {
    const Screen screen({"vote", "-k", "48", "--parallel", "3", "--no-early-stop", "--seed", "1", "-t", "1",
                         "What is 48 * 37?"},
                        {.columns = columns});
    EXPECT_TRUE(screen.wait_for("of 48 samples done, 3")) << screen.text();
    EXPECT_TRUE(screen.wait_for("tokens of sample ")) << screen.text();
    ASSERT_EQ(screen.wait_for_end(), 0) << screen.text();
    const std::string text = screen.text();
    EXPECT_EQ(text.find("running"), std::string::npos) << text;
    EXPECT_EQ(text.find("tokens of sample"), std::string::npos) << text;
    EXPECT_EQ(screen.lines().front(), "votes   share  answer") << text;
    EXPECT_EQ(screen.lines().back(), "1776") << text;
  }
}

TEST(VoteCommand, TheTableHasNoColourWithNoColor) {
  RECKON_NEEDS_TMUX();
  const Screen screen({"vote", "-k", "3", "--seed", "1", kQuestion}, {.environment = {{"NO_COLOR", "1"}}});
  ASSERT_EQ(screen.wait_for_end(), 0);
  EXPECT_TRUE(screen.dim_lines().empty()) << screen.text();
}

// A vote shows neither thoughts nor answers as they come.
TEST(VoteCommand, HasNoOptionsOfAReader) {
  const std::string help = run_command({"vote", "--help"}).out;
  for (const std::string option : {"--fold", "--hide-thinking", "--no-render"}) {
    EXPECT_EQ(help.find(option), std::string::npos) << option;
    const Result result = run_command({"vote", option, "-k", "1", kQuestion});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.err.find("reckon: error: unknown option " + option), 0u) << result.err;
  }
}

TEST(RunSamples, DontTakeAPromptCacheTheyWouldNotUse) {
  const TemporaryDirectory directory;
  const Result result =
      run_command({"run", "--samples", "2", "--prompt-cache", directory.file("cache"), kQuestion});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err.find("reckon: error: --samples and --prompt-cache can't be combined"), 0u)
      << result.err;
  EXPECT_EQ(run_command({"run", "-q", "--samples", "2", "--prompt-cache", "off", kQuestion}).status, 0);
}

TEST(RunSamples, GivesTheAnswersInOrderEachWithItsSeed) {
  const std::vector<std::string> options{"--temp", "1.5", kQuestion};
  const OrderedJson json = OrderedJson::parse(
      run_command(joined({"run", "--json", "--samples", "3", "--seed", "7"}, options)).out);
  ASSERT_EQ(json.at("samples").size(), 3u);
  const Result text = run_command(joined({"run", "--samples", "3", "--seed", "7"}, options));
  std::string expected;
  for (size_t i = 0; i < 3; i++) {
    const OrderedJson& sample = json.at("samples").at(i);
    EXPECT_EQ(sample.at("sample"), i);
    const OrderedJson alone = OrderedJson::parse(
        run_command(joined({"run", "--json", "--seed", std::to_string(7 + i)}, options)).out);
    EXPECT_EQ(sample.at("thinking"), alone.at("thinking"));
    EXPECT_EQ(sample.at("answer"), alone.at("answer"));
    EXPECT_EQ(sample.at("seed"), alone.at("seed"));
    const std::string answer = alone.at("answer");
    expected += (i > 0 ? "\n" : "") + answer.substr(answer.find_first_not_of('\n')) + "\n";
    EXPECT_NE(text.err.find("--- sample " + std::to_string(i + 1) + " of 3, seed " + std::to_string(7 + i)),
              std::string::npos)
        << text.err;
  }
  EXPECT_EQ(text.out, expected);
  EXPECT_EQ(text.err.find(json.at("samples").at(0).at("thinking").get<std::string>()), std::string::npos);
}

// Both outputs are one terminal here.
TEST(RunSamples, AnEmptyLineStandsBeforeTheNextSample) {
  const Result result = run_command({"run", "--samples", "2", "--seed", "1", "--temp", "0", kQuestion},
                                    {.terminal = true, .columns = 200});
  const size_t head = result.out.find("--- sample 2 of 2");
  ASSERT_NE(head, std::string::npos) << result.out;
  const size_t line = result.out.rfind('\n', head) + 1, end = result.out.find("\r\n", head);
  EXPECT_TRUE(std::string_view(result.out).substr(0, line).ends_with("\r\n\r\n")) << result.out;
  ASSERT_NE(end, std::string::npos) << result.out;
  EXPECT_FALSE(std::string_view(result.out).substr(end).starts_with("\r\n\r\n")) << result.out;
}

TEST(RunSamples, EventsTellTheSample) {
  const Result result = run_command({"run", "--events", "--samples", "2", "--seed", "1", kQuestion});
  std::vector<std::string> answers(2);
  std::vector<int> ends(2);
  for (const std::string& line : lines_of(result.out)) {
    const OrderedJson event = OrderedJson::parse(line);
    const size_t sample = event.at("sample");
    ASSERT_LT(sample, 2u);
    if (event.at("phase") == "answer") answers[sample] += event.at("text").get<std::string>();
    ends[sample] += event.at("phase") == "done";
  }
  EXPECT_EQ(ends, (std::vector<int>{1, 1}));
  for (size_t i = 0; i < 2; i++) {
    const std::vector<std::string> alone{"run", "--json", "--seed", std::to_string(1 + i), kQuestion};
    EXPECT_EQ(answers[i], OrderedJson::parse(run_command(alone).out).at("answer"));
  }
}

TEST(RunSamples, OneIsRunItself) {
  const std::vector<std::string> options{"--seed", "3", kQuestion};
  const OrderedJson one =
      OrderedJson::parse(run_command(joined({"run", "--json", "--samples", "1"}, options)).out);
  EXPECT_FALSE(one.contains("samples"));
  EXPECT_EQ(one.at("answer"),
            OrderedJson::parse(run_command(joined({"run", "--json"}, options)).out).at("answer"));
}

TEST(RunSamples, TheStatusIsThatOfTheFirstThatIsNotWhole) {
  EXPECT_EQ(run_command({"run", "--samples", "2", "-n", "4", kQuestion}).status, 3);
  EXPECT_EQ(run_command({"run", "--samples", "0", kQuestion}).status, 2);
  EXPECT_EQ(run_command({"run", "-q", "--samples", "2", "--seed", "1", kQuestion}).status, 0);
}

}  // namespace
}  // namespace reckon::cli::testing
