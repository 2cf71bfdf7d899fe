// The table of options and what is made of it.
#include "tools/reckon/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tools/reckon/settings.hpp"

namespace reckon::cli {
namespace {

class RunOptionsTest : public ::testing::Test {
 protected:
  bool parse_run(const std::vector<std::string>& words) {
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    return parse(command_table(options_).front(), static_cast<int>(argv.size()), argv.data());
  }
  std::string error_of(const std::vector<std::string>& words) {
    try {
      parse_run(words);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }
  AllOptions options_;
};

TEST_F(RunOptionsTest, TakesEveryKindOfValue) {
  EXPECT_FALSE(
      parse_run({"-m", "a.gguf", "-t", "3", "--temp", "0.25", "--top-k=7", "-n20", "--raw", "--seed",
                 "18446744073709551615", "--logit-bias", "5=-inf", "--logit-bias", "6=1.5", "the prompt"}));
  const RunOptions& run = options_.run;
  EXPECT_EQ(run.model.file, "a.gguf");
  EXPECT_EQ(run.model.threads, 3u);
  EXPECT_FLOAT_EQ(run.generation.generate.sampling.temperature, 0.25f);
  EXPECT_EQ(run.generation.generate.sampling.top_k, 7);
  EXPECT_EQ(run.generation.generate.max_tokens, 20u);
  EXPECT_TRUE(run.raw);
  EXPECT_EQ(run.generation.seed, 18446744073709551615u);
  ASSERT_EQ(run.generation.generate.sampling.logit_bias.size(), 2u);
  EXPECT_EQ(run.generation.generate.sampling.logit_bias[0].second, -std::numeric_limits<float>::infinity());
  EXPECT_EQ(run.generation.generate.sampling.logit_bias[1].first, 6);
  EXPECT_EQ(run.prompt, "the prompt");
}

TEST_F(RunOptionsTest, DefaultsAreThoseOfTheR1Models) {
  parse_run({});
  const SamplingOptions& sampling = options_.run.generation.generate.sampling;
  EXPECT_FLOAT_EQ(sampling.temperature, 0.6f);
  EXPECT_FLOAT_EQ(sampling.top_p, 0.95f);
  EXPECT_FALSE(options_.run.generation.seed.has_value());
  EXPECT_FALSE(options_.run.prompt.has_value());
}

TEST_F(RunOptionsTest, SpeculationTakesWordsAndNumbers) {
  const int& tokens = options_.run.generation.generate.draft_tokens;
  const std::vector<Option> table = generation_table(options_.run.generation);
  const Option& option = *std::find_if(table.begin(), table.end() - 1,
                                       [](const Option& o) { return o.long_name() == "--speculate"; });
  EXPECT_EQ(default_text(option), "auto");
  for (const auto& [word, value] :
       std::vector<std::pair<std::string, int>>{{"off", 0}, {"7", 7}, {"auto", -1}, {"16", 16}}) {
    parse_run({"--speculate", word, "p"});
    EXPECT_EQ(tokens, value);
    EXPECT_EQ(default_text(option), word);
  }
}

TEST_F(RunOptionsTest, KeepsPromptsThatLookLikeSomethingElse) {
  for (const std::string prompt : {"[1, 2]", "-5 + 3", "- a list", "--- a rule", "chat", "-", "", "%s {}"}) {
    AllOptions fresh;
    options_ = fresh;
    parse_run({prompt});
    EXPECT_EQ(options_.run.prompt, prompt);
  }
}

TEST_F(RunOptionsTest, TakesAnythingAfterTwoDashes) {
  parse_run({"--raw", "--", "--json"});
  EXPECT_EQ(options_.run.prompt, "--json");
  EXPECT_FALSE(options_.run.json);
}

TEST_F(RunOptionsTest, TakesTheLastOfRepeatedValuesAndAllStops) {
  parse_run({"--temp", "1", "--stop", "[a,b]", "--temp", "2", "--stop", "--x", "p"});
  EXPECT_FLOAT_EQ(options_.run.generation.generate.sampling.temperature, 2);
  EXPECT_EQ(options_.run.generation.generate.stop, (std::vector<std::string>{"[a,b]", "--x"}));
}

TEST_F(RunOptionsTest, RefusesValuesOutOfRangeNamingOptionValueAndRange) {
  struct Case {
    std::string option, value, expected;
  };
  const std::vector<Case> cases{{"--temp", "-0.1", "0 to 100"},
                                {"--temp", "nan", "0 to 100"},
                                {"--temp", "inf", "0 to 100"},
                                {"--temp", "", "0 to 100"},
                                {"--temp", "0.5x", "0 to 100"},
                                {"--top-p", "0", "a number above 0, at most 1"},
                                {"--top-p", "1.01", "above 0, at most 1"},
                                {"--top-p", "1e-50", "above 0, at most 1"},  // 0 as a float
                                {"--top-k", "-1", "0 to 1000000000"},
                                {"--min-p", "2", "0 to 1"},
                                {"--repeat-penalty", "0", "above 0, at most 100"},
                                {"--max-tokens", "0", "1 to"},
                                {"--max-tokens", "1e3", "1 to"},
                                {"--max-tokens", "99999999999999999999", "1 to"},
                                {"--ctx", "-5", "1 to"},
                                {"--threads", "257", "1 to 256"},
                                {"--threads", "0", "1 to 256"},
                                {"--seed", "-1", "0 to 18446744073709551615"},
                                {"--seed", "18446744073709551616", "0 to 18446744073709551615"},
                                {"--logit-bias", "5", "a token id"},
                                {"--logit-bias", "-5=1", "a token id"},
                                {"--logit-bias", "5=nan", "a token id"},
                                {"--speculate", "0", "auto or off or 1 to 16"},
                                {"--speculate", "17", "auto or off or 1 to 16"},
                                {"--speculate", "-1", "auto or off or 1 to 16"},
                                {"--speculate", "of", "auto or off or 1 to 16"},
                                {"--presence-penalty", "101", "-100 to 100"},
                                {"--repeat-last", "-2", "-1 to"}};
  for (const Case& c : cases) {
    const std::string message = error_of({c.option, c.value, "p"});
    EXPECT_NE(message.find(c.option), std::string::npos) << message;
    EXPECT_NE(message.find("'" + c.value + "'"), std::string::npos) << message;
    EXPECT_NE(message.find(c.expected), std::string::npos) << message;
  }
}

TEST_F(RunOptionsTest, SuggestsTheOptionThatWasMeant) {
  EXPECT_EQ(error_of({"--max-token", "3"}), "unknown option --max-token; did you mean --max-tokens?");
  EXPECT_EQ(error_of({"--xyzzy"}), "unknown option --xyzzy; reckon run --help lists the options");
  EXPECT_EQ(error_of({"--temp"}), "--temp: its value is missing");
  EXPECT_NE(error_of({"a", "-", "c"}).find("one argument too many: 'c'"), std::string::npos);
  EXPECT_NE(error_of({"--stop", ""}).find("--stop"), std::string::npos);
}

TEST_F(RunOptionsTest, KnowsWhatOtherProgramsCallAnOption) {
  for (const auto& [typed, meant] :
       std::vector<std::pair<std::string, std::string>>{{"--temperature", "--temp"},
                                                        {"--ctx-size", "--ctx"},
                                                        {"-c", "--ctx"},
                                                        {"--system-prompt", "--system"},
                                                        {"--n-predict", "--max-tokens"},
                                                        {"--predict", "--max-tokens"},
                                                        {"--no-thinking", "--no-think"},
                                                        {"--threads-batch", "--threads"},
                                                        {"-tb", "--threads"},
                                                        {"--hide-think", "--hide-thinking"},
                                                        {"--prompt-cache-si", "--prompt-cache-size"}}) {
    EXPECT_EQ(error_of({typed, "4", "p"}), "unknown option " + typed + "; did you mean " + meant + "?");
  }
  for (const std::string typed : {"--prompt", "-p"}) {
    EXPECT_EQ(error_of({typed, "x"}),
              "unknown option " + typed + "; the prompt is an argument without a name");
  }
  EXPECT_EQ(error_of({"-ngl", "99", "p"}), "unknown option -ngl; graphics processors are not used");
  EXPECT_EQ(error_of({"--stop", "-ngl", "p"}), "") << "a value may be anything";
}

TEST_F(RunOptionsTest, SaysThatAPromptGoesBehindDashesWhereAWordLooksLikeOne) {
  const std::string hint = "; a prompt that begins with - goes behind --";
  EXPECT_TRUE(error_of({"-x is what?"}).ends_with(hint));
  EXPECT_TRUE(error_of({"--7+8"}).ends_with(hint));
  EXPECT_FALSE(error_of({"--solve"}).ends_with(hint));
}

TEST_F(RunOptionsTest, FlagsAreSwitchedByFewWords) {
  for (const auto& [value, on] : std::map<std::string, bool>{
           {"on", true}, {"true", true}, {"1", true}, {"off", false}, {"false", false}, {"0", false}}) {
    options_ = {};
    parse_run({"--json=" + value, "--think=" + value, "p"});
    EXPECT_EQ(options_.run.json, on) << value;
    EXPECT_EQ(options_.run.generation.generate.no_think, !on) << value;
  }
  for (const std::string value : {"foo", "-1", "2", "", "yes", "ON"}) {
    EXPECT_EQ(error_of({"--think=" + value, "p"}), "--think: '" + value + "' is not on or off");
    EXPECT_EQ(error_of({"--json=" + value, "p"}), "--json: '" + value + "' is not on or off");
  }
  EXPECT_EQ(error_of({"--stop", "--think=foo", "p"}), "") << "a value may be anything";
}

TEST_F(RunOptionsTest, StoresWhatHasNoMistakeBesideOneThatHas) {
  EXPECT_EQ(error_of({"--temp", "x", "--json", "--min-p", "y", "p"}),
            "--temp: 'x' is not a number in 0 to 100");
  EXPECT_TRUE(options_.run.json);
  options_ = {};
  EXPECT_EQ(error_of({"--json", "p", "--temp"}), "--temp: its value is missing");
  EXPECT_TRUE(options_.run.json);
}

TEST(Options, ListsAreSeparatedByCommas) {
  AllOptions options;
  const std::vector<Command> commands = command_table(options);
  const Command& bench = *std::find_if(commands.begin(), commands.end(),
                                       [](const Command& command) { return command.name == "bench"; });
  const char* words[] = {"-d", "0,4096", "--parallel", "1,8"};
  parse(bench, 4, words);
  EXPECT_EQ(options.bench.depths, (std::vector<uint64_t>{0, 4096}));
  EXPECT_EQ(options.bench.parallel, (std::vector<uint64_t>{1, 8}));
  for (const char* wrong : {"", "1,", ",1", "1,,2", "a", "0", "1 ,2", "1;2"}) {
    const char* pair[] = {"--parallel", wrong};
    EXPECT_THROW(parse(bench, 2, pair), UsageError) << wrong;
  }
}

TEST(Options, TheSettingsOfAChatGoBackToTheirDefaults) {
  GenerationOptions changed;
  GenerationOptions initial;
  const std::vector<Option> to = generation_table(changed);
  const std::vector<Option> from = generation_table(initial);
  changed.generate.sampling.temperature = 9;
  changed.generate.sampling.top_k = 9;
  changed.generate.max_tokens = 9;
  changed.generate.stop = {"x"};
  changed.seed = 9;
  changed.hide_thinking = true;
  ASSERT_EQ(to.size(), from.size());
  for (size_t i = 0; i < to.size(); ++i) copy_value(from[i], to[i]);
  EXPECT_FLOAT_EQ(changed.generate.sampling.temperature, 0.6f);
  EXPECT_EQ(changed.generate.sampling.top_k, 0);
  EXPECT_EQ(changed.generate.max_tokens, 0u);
  EXPECT_TRUE(changed.generate.stop.empty());
  EXPECT_FALSE(changed.seed.has_value());
  EXPECT_FALSE(changed.hide_thinking);
}

TEST(Options, NearestFindsSmallMistakesOnly) {
  const std::vector<std::string> names{"run", "chat", "tokenize"};
  EXPECT_EQ(nearest("rnu", names), "run");
  EXPECT_EQ(nearest("chatt", names), "chat");
  EXPECT_EQ(nearest("tokenise", names), "tokenize");
  EXPECT_EQ(nearest("inspection", names), "");
}

}  // namespace
}  // namespace reckon::cli
