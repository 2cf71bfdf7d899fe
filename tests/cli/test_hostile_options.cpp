// Every numeric option of every command with values that are none: wrong usage that names the option and the
// value.
#include <gtest/gtest.h>

#include "cli/command.hpp"
#include "tools/reckon/settings.hpp"

namespace reckon::cli {
namespace {

using testing::Result;
using testing::run_command;

const std::vector<std::string> kNoNumbers{
    "",      " ",      "x",   "nan", "NaN",      "-nan", "inf",          "-inf",
    "1e999", "-1e999", "5x",  "5 ",  " 5",       "+5",   "5\n",          "0x10",
    "--5",   "5-5",    "1,5", "5%",  "\xD9\xA3", "\xFF", "\xEF\xBC\x95", std::string(100'000, '9')};
const std::vector<std::string> kNoWholeNumbers{"1.5", "1e3", "5.", "-0x1"};
const std::vector<std::string> kOutOfRange{"-99999999999999999999", "99999999999999999999999",
                                           "-9223372036854775808", "-9223372036854775809"};

// Kinds of options whose value is a number.
struct IsNumeric {
  bool operator()(const Integer&) const { return true; }
  bool operator()(const OptionalInteger&) const { return true; }
  bool operator()(const IntegerList&) const { return true; }
  bool operator()(const NamedInteger&) const { return true; }
  bool operator()(const Number&) const { return true; }
  bool operator()(const OptionalNumber&) const { return true; }
  bool operator()(const Seed&) const { return true; }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

bool is_numeric(const Option& option) { return std::visit(IsNumeric{}, option.target); }
bool is_fraction(const Option& option) {
  return std::holds_alternative<Number>(option.target) ||
         std::holds_alternative<OptionalNumber>(option.target);
}

std::vector<std::string> hostile_values(const Option& option) {
  std::vector<std::string> values = testing::joined(kNoNumbers, kOutOfRange);
  if (is_fraction(option)) return values;
  values = testing::joined(values, kNoWholeNumbers);
  if (std::holds_alternative<IntegerList>(option.target)) {
    std::erase(values, "1,5");
    values = testing::joined(values, {",", "1,", ",1", "1,,2", "1,-1", "1,x"});
  }
  return values;
}

void expect_refused(const Command& command, const Option& option, const std::string& value) {
  const std::string name = option.long_name(), together = name + "=" + value;
  const char* one_word[] = {together.c_str()};
  const char* two_words[] = {name.c_str(), value.c_str()};  // an empty value can't be told otherwise
  try {
    parse(command, value.empty() ? 2 : 1, value.empty() ? two_words : one_word);
    ADD_FAILURE() << command.name << " takes " << together.substr(0, 100);
  } catch (const UsageError& error) {
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with(name + ": '" + value + "' is not ")) << message.substr(0, 300);
  }
}

TEST(HostileOptions, EveryNumericOneOfEveryCommandRefusesWhatIsNoNumberInItsRange) {
  size_t n_options = 0, n_cases = 0;
  AllOptions options;
  for (const Command& command : command_table(options)) {
    for (const Option& option : command.options) {
      if (!is_numeric(option)) continue;
      n_options++;
      for (const std::string& value : hostile_values(option)) {
        expect_refused(command, option, value);
        n_cases++;
      }
    }
  }
  EXPECT_GE(n_options, 100u) << "the table was walked";
  EXPECT_GE(n_cases, 2500u);
}

// Whoever reads the message knows what would have been right.
TEST(HostileOptions, TheEndsOfARangeAreTakenAndWhatLiesBehindIsNot) {
  AllOptions options;
  for (const Command& command : command_table(options)) {
    for (const Option& option : command.options) {
      const auto* integer = std::get_if<Integer>(&option.target);
      if (integer == nullptr) continue;
      EXPECT_NO_THROW(assign(option, std::to_string(integer->least))) << command.name << option.names;
      EXPECT_NO_THROW(assign(option, std::to_string(integer->most))) << command.name << option.names;
      expect_refused(command, option, std::to_string(integer->least - 1));
      expect_refused(command, option, std::to_string(integer->most + 1));
    }
  }
}

TEST(HostileOptions, OfACommandThatRunsAreExitStatus2AndOneLine) {
  AllOptions options;
  for (const Command& command : command_table(options)) {
    for (const Option& option : command.options) {
      if (!is_numeric(option)) continue;
      const Result result = run_command({command.name, option.long_name() + "=nan"});
      EXPECT_EQ(result.status, 2) << command.name << " " << option.names;
      EXPECT_EQ(result.out.starts_with("{\"error\":"), command.name == "score") << "which writes JSON alone";
      EXPECT_TRUE(result.err.starts_with("reckon: error: " + option.long_name() + ": 'nan' is not "))
          << result.err;
      EXPECT_EQ(testing::lines_of(result.err).size(), 1u) << result.err;
    }
  }
}

TEST(HostileOptions, LogitBiasesOutsideTheVocabularyAreWrongUsage) {
  for (const std::string value :
       {"99999=1", "2147483647=1", "2147483648=1", "-1=1", "-99999999999999999999=1", "5", "5=", "=5",
        "5=1=2", "5=x", "5=nan", "5=inf", "5=1e999", "5,6=1", "\xFF=1", "5=+1"}) {
    const Result result = run_command({"run", "--logit-bias", value, "7 + 8"});
    EXPECT_EQ(result.status, 2) << value;
    EXPECT_EQ(result.out, "") << value;
    const bool named = result.err.find("logit-bias") != std::string::npos ||
                       result.err.find("logit_bias") != std::string::npos;
    EXPECT_TRUE(named) << result.err;
  }
}

TEST(HostileOptions, ContextsThatTheModelHasNotAreRefusedByEachCommand) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run", "--ctx", "1000000000", "1"},
        {"run", "--ctx", "1", "1"},
        {"vote", "--ctx", "1000000000", "1"},
        {"run", "--samples", "2", "--ctx", "1000000000", "1"}}) {
    const Result result = run_command(arguments);
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_NE(result.err.find("context"), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "");
  }
}

}  // namespace
}  // namespace reckon::cli
