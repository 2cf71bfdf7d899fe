// --json-schema, --regex and --grammar.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

constexpr const char* kSmallSum = "What is 12 + 5?";

TEST(AnswerForm, TheAnswerOnStandardOutputHasTheForm) {
  const TemporaryDirectory directory;
  const std::string schema = directory.file("schema.json"), grammar = directory.file("list.gbnf");
  write_file(schema, R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]})");
  write_file(grammar, "root ::= \"- \" [0-9]+ # a list of one\n");
  const Result json = run_command({"run", "--seed", "1", "--json-schema", schema, kSmallSum});
  EXPECT_EQ(json.status, 0) << json.err;
  EXPECT_TRUE(nlohmann::json::parse(json.out)["n"].is_number_integer()) << json.out;
  EXPECT_NE(json.err.find("12+5"), std::string::npos) << json.err;  // the thinking is as it was
  const Result regex = run_command({"run", "-q", "--seed", "1", "--regex", "[0-9]{2}!", kSmallSum});
  EXPECT_TRUE(std::regex_match(regex.out, std::regex("[0-9]{2}!\n?"))) << regex.out;
  const Result list = run_command({"run", "-q", "--seed", "1", "--grammar", grammar, kSmallSum});
  EXPECT_TRUE(std::regex_match(list.out, std::regex("- [0-9]+\n?"))) << list.out;
}

TEST(AnswerForm, AMistakeIsAUsageErrorThatNamesOptionFileAndPlace) {
  const TemporaryDirectory directory;
  const std::string schema = directory.file("schema.json"), grammar = directory.file("list.gbnf");
  write_file(schema, R"({"type":"object","properties":{"n":{"not":{}}}})");
  write_file(grammar, "root ::= \"a\"\n | item\n");
  struct Case {
    std::vector<std::string> arguments;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {{"--json-schema", schema},
            "--json-schema " + schema +
                ": json_schema: \"#/properties/n\": the keyword \"not\" can't be honoured"},
           {{"--grammar", grammar}, "--grammar " + grammar + ": grammar: line 2, column 4: rule \"item\""},
           {{"--regex", "(a)\\1"}, "--regex: regex: line 1, column 4: a backreference"},
           {{"--regex", "a", "--grammar", grammar}, "--grammar can't be combined with another form"}}) {
    const Result result = run_command(joined(joined({"run"}, c.arguments), {kSmallSum}));
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find(c.message), std::string::npos) << result.err;
  }
  const Result missing = run_command({"run", "--grammar", directory.file("none.gbnf"), kSmallSum});
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(missing.err.find("--grammar: can't open "), std::string::npos) << missing.err;
  EXPECT_NE(missing.err.find("none.gbnf"), std::string::npos);
}

TEST(AnswerForm, AChatSetsItAndTakesItBack) {
  const Result chat =
      run_command({"chat", "--seed", "1"}, {.input = "/set regex [0-9]{3}\n" + std::string(kSmallSum) +
                                                     "\n/set\n/set regex none\n" + kSmallSum + "\n"});
  EXPECT_EQ(chat.status, 0) << chat.err;
  const std::vector<std::string> lines = lines_of(chat.out);
  ASSERT_GE(lines.size(), 2u) << chat.out;
  EXPECT_TRUE(std::regex_match(lines[0], std::regex("[0-9]{3}"))) << chat.out;
  EXPECT_NE(chat.out.find("boxed"), std::string::npos) << chat.out;
  EXPECT_TRUE(std::regex_search(chat.err, std::regex("regex +given"))) << chat.err;
  const Result wrong = run_command({"chat"}, {.input = "/set regex (\n"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_NE(wrong.err.find("/set regex: regex: line 1, column 1: a group that does not end"),
            std::string::npos)
      << wrong.err;
}

}  // namespace
}  // namespace reckon::cli::testing
