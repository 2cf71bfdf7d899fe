// Errors where standard output is JSON, and the exit statuses of all commands.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

struct Case {
  std::vector<std::string> arguments;
  std::string code;
  int status;
};

const std::vector<Case> kCases{
    {{"inspect", "--json", "-m", "/nonexistent"}, "io", 1},
    {{"inspect", "--json", "--ctx", "x"}, "invalid_argument", 2},
    {{"inspect", "--nonsense", "--json"}, "invalid_argument", 2},
    {{"inspect", "--json", "extra"}, "invalid_argument", 2},
    {{"eval", "--json", "/nonexistent"}, "io", 1},
    {{"eval", "-q", "--json", "/dev/null"}, "malformed_file", 1},
    {{"eval", "--json"}, "invalid_argument", 2},
    {{"sessions", "--json", "show", "a"}, "invalid_argument", 2},
    {{"sessions", "--json", "rm", "a"}, "invalid_argument", 2},
    {{"bench", "-o", "json", "-m", "/nonexistent"}, "io", 1},
    {{"bench", "-o", "json", "-p", "x"}, "invalid_argument", 2},
    {{"bench", "-p", "x", "--output=json"}, "invalid_argument", 2},
    {{"tokenize", "-m", "/nonexistent"}, "io", 1},
    {{"tokenize", "--nonsense"}, "invalid_argument", 2},
    {{"score"}, "invalid_argument", 2},
    {{"score", "--file", "/nonexistent"}, "io", 1},
    {{"run", "--json", "-m", "/nonexistent", "p"}, "io", 1},
    {{"run", "--json", "p", "--temp"}, "invalid_argument", 2},
    {{"run", "--events", "--temp", "x", "p"}, "invalid_argument", 2},
    {{"vote", "--json", "--think=foo", "p"}, "invalid_argument", 2},
};

TEST(JsonErrors, AreTheLastObjectOfStandardOutputAndTheMessageIsOnStandardError) {
  const TemporaryDirectory directory;
  for (const Case& c : kCases) {
    const Result result =
        run_command(c.arguments, {.input = "", .environment = {{"XDG_DATA_HOME", directory.path()}}});
    EXPECT_EQ(result.status, c.status) << result.err;
    const std::vector<std::string> lines = lines_of(result.out);
    ASSERT_EQ(lines.size(), 1u) << c.arguments[0] << ": " << result.out << result.err;
    const Json error = Json::parse(lines[0]).at("error");
    EXPECT_EQ(error.at("code"), c.code) << result.out;
    EXPECT_EQ(result.err, "reckon: error: " + error.at("message").get<std::string>() + "\n");
  }
}

TEST(JsonErrors, AreOnStandardErrorAloneWhereJsonWasNotAskedFor) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"inspect", "-m", "/nonexistent"},
                                                    {"inspect", "--json=off", "-m", "/nonexistent"},
                                                    {"bench", "-m", "/nonexistent"},
                                                    {"tokenize", "--decode", "-m", "/nonexistent"},
                                                    {"run", "--temp", "x", "p"}}) {
    const Result result = run_command(arguments, {.input = "[]"});
    EXPECT_NE(result.status, 0);
    EXPECT_EQ(result.out, "") << arguments[0];
  }
}

TEST(JsonErrors, AnEnvironmentThatCanNotBeMeantIsWrongUsageOfEveryCommand) {
  const TemporaryDirectory directory;
  write_file(directory.file("q"), "{\"question\": \"1 + 1?\", \"answer\": \"2\"}\n");
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", "p"},
                                                    {"vote", "p"},
                                                    {"chat"},
                                                    {"inspect"},
                                                    {"bench"},
                                                    {"score", "--tokens", "[1, 2]"},
                                                    {"eval", directory.file("q")},
                                                    {"batch", directory.file("q"), directory.file("out")}}) {
    const Result result = run_command(arguments, {.input = "", .environment = {{"RECKON_ISA", "abacus"}}});
    EXPECT_EQ(result.status, 2) << arguments[0] << ": " << result.err;
    EXPECT_NE(result.err.find("RECKON_ISA is 'abacus'"), std::string::npos) << result.err;
  }
}

TEST(JsonErrors, TheManPageHasThem) {
  const std::string page = run_command({"man"}).out;
  EXPECT_NE(page.find(".SH ERRORS AS JSON\n"), std::string::npos);
  EXPECT_NE(page.find("an environment variable"), std::string::npos) << "the rule of status 2";
}

}  // namespace
}  // namespace reckon::cli::testing
