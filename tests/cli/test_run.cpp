// reckon run: answers, streams, formats, exit statuses.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::vector<std::string> keys_of(const OrderedJson& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

const std::vector<std::string> kTimingKeys{"load", "prefill", "first_thought", "first_answer", "total"};
const std::vector<std::string> kUsageKeys{"prompt_tokens", "thinking_tokens", "answer_tokens",
                                          "inserted_tokens"};
const std::vector<std::string> kSpeedKeys{"prefill_tok_s", "decode_tok_s"};
const std::vector<std::string> kSpeculationKeys{"drafted_tokens", "accepted_tokens"};

OrderedJson run_json(const std::vector<std::string>& arguments, int expected_status = 0) {
  const Result result = run_command(joined({"run", "--json"}, arguments));
  EXPECT_EQ(result.status, expected_status) << result.err;
  EXPECT_EQ(lines_of(result.out).size(), 1u);
  return OrderedJson::parse(result.out);
}

TEST(Run, TheEmbeddedModelAdds) {
  const Result sum = run_command({"run", "--temp", "0", "What is 123 + 456?"});
  EXPECT_EQ(sum.status, 0);
  EXPECT_NE(sum.out.find("\\boxed{579}"), std::string::npos) << sum.out;
}

TEST(Run, TheAnswerAloneGoesToStandardOutput) {
  const OrderedJson json = run_json({"--temp", "0", "What is 7 + 8?"});
  const Result result = run_command({"run", "--temp", "0", "What is 7 + 8?"});
  const std::string answer = json.at("answer");
  const std::string shown = answer.substr(answer.find_first_not_of('\n'));
  EXPECT_EQ(result.out, shown.ends_with('\n') ? shown : shown + "\n");
  const std::string thinking = json.at("thinking");
  const std::string thought = thinking.substr(thinking.find_first_not_of('\n'), 10);
  EXPECT_EQ(result.err.find(thought), 0u) << result.err;
  EXPECT_NE(result.err.find("\ntokens: "), std::string::npos) << result.err;
  EXPECT_EQ((result.out + result.err).find("<think>"), std::string::npos);
  EXPECT_EQ((result.out + result.err).find("</think>"), std::string::npos);
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos) << "no colour where there is no terminal";
}

TEST(Run, JsonHasItsFieldsInOrder) {
  const OrderedJson json = run_json({"--seed", "7", "What is 5 + 6?"});
  EXPECT_EQ(keys_of(json),
            (std::vector<std::string>{"model", "thinking", "answer", "finish_reason", "thought_end", "usage",
                                      "timing_ms", "speed", "speculation", "seed"}));
  EXPECT_EQ(keys_of(json["speculation"]), kSpeculationKeys);
  EXPECT_EQ(keys_of(json["usage"]), kUsageKeys);
  EXPECT_EQ(keys_of(json["timing_ms"]), kTimingKeys);
  EXPECT_EQ(keys_of(json["speed"]), kSpeedKeys);
  EXPECT_EQ(json["finish_reason"], "stop");
  EXPECT_EQ(json["seed"], 7);
  EXPECT_GT(json["usage"]["thinking_tokens"], 0);
  EXPECT_GT(json["usage"]["answer_tokens"], 0);
  EXPECT_LE(json["timing_ms"]["prefill"], json["timing_ms"]["first_thought"]);
  EXPECT_LE(json["timing_ms"]["first_thought"], json["timing_ms"]["first_answer"]);
  EXPECT_LE(json["timing_ms"]["first_answer"], json["timing_ms"]["total"]);
}

TEST(Run, JsonWritesNothingElse) {
  const Result result = run_command({"run", "--json", "--temp", "0", "What is 5 + 6?"});
  EXPECT_EQ(result.err, "");
}

TEST(Run, TheReportedSeedGivesTheSameTextAgain) {
  const auto sample = [](const std::vector<std::string>& seed) {
    const std::vector<std::string> options{"run", "--json", "--temp", "5", "-n", "40", "What is 31 + 48?"};
    return OrderedJson::parse(run_command(joined(options, seed)).out);
  };
  const OrderedJson first = sample({});
  const OrderedJson again = sample({"--seed", first.at("seed").dump()});
  const OrderedJson other = sample({});
  EXPECT_EQ(first.at("thinking"), again.at("thinking"));
  EXPECT_EQ(first.at("answer"), again.at("answer"));
  EXPECT_NE(first.at("seed"), other.at("seed"));
  EXPECT_NE(first.at("thinking"), other.at("thinking"));
}

TEST(Run, ThreadsDoNotChangeTheText) {
  const std::vector<std::string> rest{"--temp", "1", "--seed", "3", "-n", "60", "What is 912 - 348?"};
  const OrderedJson one = OrderedJson::parse(run_command(joined({"run", "--json", "-t", "1"}, rest)).out);
  const OrderedJson three = OrderedJson::parse(run_command(joined({"run", "--json", "-t", "3"}, rest)).out);
  EXPECT_EQ(one.at("thinking"), three.at("thinking"));
  EXPECT_EQ(one.at("answer"), three.at("answer"));
}

TEST(Run, SpeculationDoesNotChangeTheText) {
  const std::vector<std::string> rest{"--seed", "3", "What is 4839 + 7581?"};
  const OrderedJson off = run_json(joined({"--speculate", "off"}, rest));
  EXPECT_EQ(off.at("speculation").at("drafted_tokens"), 0);
  for (const char* length : {"8", "auto"}) {
    const OrderedJson drafted = run_json(joined({"--speculate", length}, rest));
    EXPECT_EQ(drafted.at("thinking"), off.at("thinking"));
    EXPECT_EQ(drafted.at("answer"), off.at("answer"));
    EXPECT_EQ(drafted.at("usage"), off.at("usage"));
    EXPECT_GT(drafted.at("speculation").at("drafted_tokens"), 0);
    EXPECT_LE(drafted.at("speculation").at("accepted_tokens"),
              drafted.at("speculation").at("drafted_tokens"));
  }
}

TEST(Run, StatisticsSayHowManyDraftedTokensWereUsed) {
  const std::vector<std::string> rest{"--temp", "0", "What is 4839 + 7581?"};
  const Result drafted = run_command(joined({"run", "--speculate", "8"}, rest));
  EXPECT_NE(drafted.err.find(" drafted tokens used; "), std::string::npos) << drafted.err;
  const Result off = run_command(joined({"run", "--speculate", "off"}, rest));
  EXPECT_EQ(off.err.find("drafted"), std::string::npos) << off.err;
}

TEST(Run, EventsComeInOrderAndAddUpToTheText) {
  const std::vector<std::string> options{"--temp", "0", "What is 14 + 29?"};
  const OrderedJson whole = run_json(options);
  const Result result = run_command(joined({"run", "--events"}, options));
  EXPECT_EQ(result.status, 0);
  std::string thinking, answer;
  std::vector<std::string> phases;
  double last_time = 0;
  OrderedJson done;
  for (const std::string& line : lines_of(result.out)) {
    const OrderedJson event = OrderedJson::parse(line);
    const std::string phase = event.at("phase");
    if (phases.empty() || phases.back() != phase) phases.push_back(phase);
    EXPECT_GE(event.at("t_ms"), last_time);
    last_time = event.at("t_ms");
    if (phase == "prompt") {
      EXPECT_LE(event.at("prompt_done"), event.at("prompt_total"));
    }
    if (phase == "thinking") thinking += event.at("text");
    if (phase == "answer") answer += event.at("text");
    EXPECT_TRUE(event.at("token").is_null() || event.at("token").is_number_integer());
    if (phase == "done") done = event;
  }
  EXPECT_EQ(phases, (std::vector<std::string>{"prompt", "thinking", "answer", "done"}));
  EXPECT_EQ(thinking, whole.at("thinking"));
  EXPECT_EQ(answer, whole.at("answer"));
  EXPECT_EQ(done.at("finish_reason"), "stop");
  EXPECT_EQ(keys_of(done.at("usage")), kUsageKeys);
  EXPECT_EQ(done.at("usage"), whole.at("usage"));
  EXPECT_EQ(keys_of(done.at("timing_ms")), kTimingKeys);
  EXPECT_EQ(keys_of(done.at("speed")), kSpeedKeys);
  EXPECT_EQ(keys_of(done.at("speculation")), kSpeculationKeys);
  EXPECT_TRUE(done.contains("seed"));
}

TEST(Run, EndingInsideTheThinkingHasItsOwnStatus) {
  const Result result = run_command({"run", "-n", "4", "What is 123 + 456?"});
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "") << "thinking must not become answer";
  EXPECT_NE(result.err.find("reckon: note: no answer"), std::string::npos) << result.err;
  const OrderedJson json = run_json({"-n", "4", "What is 123 + 456?"}, 3);
  EXPECT_EQ(json.at("finish_reason"), "length_in_thinking");
  EXPECT_EQ(
      json.at("usage").at("thinking_tokens").get<int>() + json.at("usage").at("answer_tokens").get<int>(), 4);
  EXPECT_TRUE(json.at("timing_ms").at("first_answer").is_null());
}

TEST(Run, AnAnswerCutOffIsToldByTheExitStatusAndSaid) {
  const OrderedJson whole = run_json({"--temp", "0", "What is 123 + 456?"});
  const int all =
      whole.at("usage").at("thinking_tokens").get<int>() + whole.at("usage").at("answer_tokens").get<int>();
  const Result result = run_command(
      {"run", "--temp", "0", "--answer-reserve", "0", "-n", std::to_string(all - 2), "What is 123 + 456?"});
  EXPECT_EQ(result.status, 4);
  EXPECT_NE(result.err.find("reckon: note: the answer was cut off"), std::string::npos) << result.err;
  const OrderedJson json = run_json(
      {"--temp", "0", "--answer-reserve", "0", "-n", std::to_string(all - 2), "What is 123 + 456?"}, 4);
  EXPECT_EQ(json.at("finish_reason"), "length");
  EXPECT_EQ(whole.at("answer").get<std::string>().find(json.at("answer").get<std::string>()), 0u);
}

TEST(Run, TheContextBoundsTheText) {
  const OrderedJson json =
      run_json(joined({"--ctx", "64", "--answer-reserve", "0", "What is 1 + 2?"}, endless_thinking()), 3);
  const OrderedJson& usage = json.at("usage");
  EXPECT_EQ(usage.at("prompt_tokens").get<int>() + usage.at("thinking_tokens").get<int>(), 64);
}

TEST(Run, AThoughtAtItsBudgetIsClosedAndTheExitStatusTells) {
  const std::vector<std::string> question{"--temp", "0", "What is 4839 + 7581?"};
  const OrderedJson json =
      run_json(joined({"--think-budget", "20", "--budget-message", "Enough."}, question), 5);
  EXPECT_EQ(json.at("finish_reason"), "budget");
  EXPECT_EQ(json.at("thought_end"), "budget");
  EXPECT_TRUE(json.at("thinking").get<std::string>().ends_with("\nEnough.")) << json.at("thinking");
  EXPECT_FALSE(json.at("answer").get<std::string>().empty());
  EXPECT_GT(json.at("usage").at("inserted_tokens"), 0);
  const Result result = run_command(joined({"run", "--think-budget", "20"}, question));
  EXPECT_NE(result.err.find("reckon: note: the thought was closed at its budget"), std::string::npos);
  EXPECT_EQ(run_json(joined({"--think-budget", "0"}, question)).at("thinking"), "");
}

TEST(Run, TheAnswersReserveIsKept) {
  const std::vector<std::string> arguments =
      joined({"-n", "80", "--loop-breaker", "off", "What is 1 + 2?"}, endless_thinking());
  EXPECT_EQ(run_json(arguments, 4).at("thought_end"), "reserve");
  EXPECT_EQ(run_json(joined({"--answer-reserve", "0"}, arguments), 3).at("finish_reason"),
            "length_in_thinking");
}

TEST(Run, AThoughtInCirclesIsClosed) {
  const std::string seven = "7";
  const OrderedJson tokens = OrderedJson::parse(run_command({"tokenize"}, {.input = seven}).out);
  const std::string bias = tokens.at(0).dump() + "=80";
  const std::vector<std::string> arguments{"-n", "600",          "--temp", "0",    "--stop",
                                           "7",  "--logit-bias", bias,     "1 + 2"};
  const OrderedJson json = run_json(arguments, 6);
  EXPECT_EQ(json.at("finish_reason"), "loop");
  EXPECT_EQ(json.at("thought_end"), "loop");
}

TEST(Run, AStopStringEndsTheAnswerBeforeIt) {
  const Result result =
      run_command({"run", "-q", "--temp", "0", "--stop", "{", "--stop", "never", "What is 123 + 456?"});
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.out.find("\\boxed"), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find('{'), std::string::npos) << result.out;
}

TEST(Run, HideThinkingLeavesTheStatisticsAndQuietNothing) {
  const Result hidden = run_command({"run", "--hide-thinking", "--temp", "0", "What is 7 + 8?"});
  EXPECT_EQ(hidden.err.find("tokens: "), 0u) << hidden.err;
  const Result quiet = run_command({"run", "-q", "--temp", "0", "What is 7 + 8?"});
  EXPECT_EQ(quiet.err, "");
  EXPECT_EQ(quiet.out, hidden.out);
}

// Programs that hide the thinking don't get it either; its tokens count all the same.
TEST(Run, HideThinkingHoldsForJsonAndEvents) {
  const std::vector<std::string> options{"--temp", "0", "What is 7 + 8?"};
  for (const std::vector<std::string>& samples : {std::vector<std::string>{}, {"--samples", "2"}}) {
    const auto run = [&](const std::vector<std::string>& form) {
      const Result result = run_command(joined(joined({"run"}, form), joined(samples, options)));
      EXPECT_EQ(result.status, 0) << result.err;
      return result;
    };
    const auto first = [&](const Result& result) {
      const OrderedJson json = OrderedJson::parse(result.out);
      return samples.empty() ? json : json.at("samples").at(0);
    };
    const OrderedJson shown = first(run({"--json"})), hidden = first(run({"--json", "--hide-thinking"}));
    EXPECT_NE(shown.at("thinking"), "");
    EXPECT_FALSE(hidden.contains("thinking")) << hidden;
    EXPECT_EQ(hidden.at("answer"), shown.at("answer"));
    EXPECT_EQ(hidden.at("usage"), shown.at("usage"));
    std::map<std::string, int> phases;
    for (const std::string& line : lines_of(run({"--events", "--hide-thinking"}).out))
      ++phases[OrderedJson::parse(line).at("phase")];
    EXPECT_EQ(phases.count("thinking"), 0u);
    EXPECT_GT(phases["answer"], 0);
    EXPECT_GT(phases["done"], 0);
  }
}

TEST(Run, NoThinkStartsWithTheAnswer) {
  const OrderedJson json = run_json({"--no-think", "--temp", "0", "-n", "20", "What is 7 + 8?"});
  EXPECT_EQ(json.at("thinking"), "");
  EXPECT_TRUE(json.at("timing_ms").at("first_thought").is_null());
  EXPECT_GT(json.at("usage").at("answer_tokens"), 0);
}

TEST(Run, RawLeavesTheTemplateOut) {
  const int with = run_json({"-n", "1", "What is 7 + 8?"}, 3).at("usage").at("prompt_tokens");
  const Result result = run_command({"run", "--json", "--raw", "-n", "1", "What is 7 + 8?"});
  const int without = OrderedJson::parse(result.out).at("usage").at("prompt_tokens");
  EXPECT_LT(without, with);
  const int with_system =
      run_json({"-n", "1", "--system", "Be short.", "What is 7 + 8?"}, 3).at("usage").at("prompt_tokens");
  EXPECT_GT(with_system, with);
}

TEST(Run, CombinationsThatMakeNoSenseAreWrongUsage) {
  const std::vector<std::vector<std::string>> cases{{"--json", "--events", "x"},
                                                    {"--raw", "--system", "s", "x"},
                                                    {"a", "b"},
                                                    {"-", "b"},
                                                    {"--logit-bias", "999999999=1", "x"},
                                                    {"--ctx", "1", "x"},
                                                    {"--ctx", "999999999", "x"},
                                                    {"--bogus", "x"},
                                                    {"-n", "0", "x"}};
  for (const auto& arguments : cases) {
    const Result result = run_command(joined({"run"}, arguments), {.input = "y"});
    EXPECT_EQ(result.status, 2) << arguments.front() << ": " << result.err;
    EXPECT_TRUE(only_an_error(result.out)) << result.out;
    EXPECT_EQ(result.err.find("reckon: error: "), 0u) << result.err;
  }
}

TEST(Run, ErrorsAreJsonWhereJsonWasAskedFor) {
  for (const std::string format : {"--json", "--events"}) {
    const Result result = run_command({"run", format, "-m", "/nonexistent.gguf", "x"});
    EXPECT_EQ(result.status, 1);
    const OrderedJson json = OrderedJson::parse(result.out);
    EXPECT_EQ(json.at("error").at("code"), "io");
    EXPECT_NE(json.at("error").at("message").get<std::string>().find("/nonexistent.gguf"), std::string::npos);
    EXPECT_NE(result.err.find("/nonexistent.gguf"), std::string::npos);
  }
}

TEST(Run, SaysWhichBoundATextHasMet) {
  const std::vector<std::string> run{"run", "--temp", "0", "--answer-reserve", "0", "--loop-breaker", "off"};
  for (const auto& [options, expected] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"-n", "5"}, "note: no answer: --max-tokens 5 was used up inside the thinking\n"},
           {{"-n", "5", "--no-think"}, "note: the answer was cut off: --max-tokens 5 is used up\n"},
           {{"--ctx", "20"}, "note: no answer: the context was used up inside the thinking\n"},
           {{"--ctx", "20", "-n", "500"}, "note: no answer: the context was used up inside the thinking\n"},
           {{"--ctx", "20", "--no-think"}, "note: the answer was cut off: the context is used up\n"},
           {{"-n", "5", "--samples", "2"}, "note: no answer: --max-tokens 5 was used up inside"}}) {
    const Result result = run_command(joined(run, joined(options, {"What is 123 + 456?"})));
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
  }
}

TEST(Run, AnUnknownKernelSetIsWrongUsage) {
  const Result result = run_command({"run", "x"}, {.environment = {{"RECKON_ISA", "abacus"}}});
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find("abacus"), std::string::npos) << result.err;
}

std::vector<int> tokens_generated(const std::vector<std::string>& options) {
  const Result result = run_command(
      joined({"run", "--events", "--temp", "0", "-n", "40"}, joined(options, {"What is 12 + 13?"})));
  std::vector<int> tokens;
  for (const std::string& line : lines_of(result.out)) {
    const OrderedJson token = OrderedJson::parse(line).at("token");
    if (!token.is_null()) tokens.push_back(token);
  }
  return tokens;
}

TEST(Run, ForbiddenTokensDoNotComeUp) {
  const std::vector<int> usual = tokens_generated({});
  ASSERT_GT(usual.size(), 10u);
  const int forbidden = usual[5];
  const std::vector<int> without = tokens_generated({"--logit-bias", std::to_string(forbidden) + "=-inf"});
  EXPECT_EQ(std::count(without.begin(), without.end(), forbidden), 0);
  EXPECT_TRUE(std::equal(usual.begin(), std::find(usual.begin(), usual.end(), forbidden), without.begin()))
      << "up to there nothing changes";
}

}  // namespace
}  // namespace reckon::cli::testing
