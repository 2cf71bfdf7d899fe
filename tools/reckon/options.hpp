// A command's options as data: one table per command feeds the parser, --help, the man page and the shell
// completions.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <reckon/answer_form.hpp>
#include <reckon/model.hpp>

namespace reckon::cli {

// The command line is wrong: exit status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Where an option's value goes, and what values it may have. Bounds are inclusive unless said.
struct Flag {
  bool* target;
};
struct Switch {  // on or off, told by the value
  bool* target;
};
struct Text {
  std::string* target;
  void (*check)(const std::string& text) = nullptr;  // throws Error
};
struct OptionalText {  // an empty text is not the same as none
  std::optional<std::string>* target;
};
struct TextList {  // the option may be given several times
  std::vector<std::string>* target;
};
struct Integer {
  std::variant<uint64_t*, int*> target;
  int64_t least;
  int64_t most;
};
struct OptionalInteger {
  std::variant<std::optional<uint64_t>*, std::optional<int>*> target;
  int64_t least;
  int64_t most;
};
struct IntegerList {  // separated by commas
  std::vector<uint64_t>* target;
  uint64_t least;
  uint64_t most;
};
struct NamedInteger {  // a whole number, or a word that stands for one outside the bounds
  int* target;
  int64_t least;
  int64_t most;
  std::vector<std::pair<std::string, int>> names;
};
struct Number {
  float* target;
  double least;
  double most;
  bool above_least = false;  // `least` itself is not allowed
};
struct OptionalNumber {
  std::optional<float>* target;
  double least;
  double most;
  bool above_least = false;
};
struct Seed {
  std::optional<uint64_t>* target;
};
struct Choice {
  std::string* target;
  std::vector<std::string> values;
};
struct LogitBias {  // ID=VALUE, may be given several times
  std::vector<std::pair<TokenId, float>>* target;
};
struct Form {  // the form of the answer, written in one of several ways; "none" takes it back
  AnswerForm* target;
  AnswerForm::Kind kind;
  bool in_file;  // the value names the file that holds it
};
using Target = std::variant<Flag, Switch, Text, OptionalText, TextList, Integer, OptionalInteger, IntegerList,
                            NamedInteger, Number, OptionalNumber, Seed, Choice, LogitBias, Form>;

struct Option {
  std::string names;        // "-n,--max-tokens"; an argument without a dash is given by its position
  std::string placeholder;  // "N"; empty for flags
  std::string help;
  Target target;
  bool in_chat = false;                    // can be changed by chat's /set
  bool names_file = false;                 // the value is a file's name (for completion)
  bool names_session = false;              // the value is a session's name
  std::string unset = {};                  // what it means that there is no value, in few words
  std::string opposite = {};               // "--think": the name under which a flag is switched off
  std::set<std::string>* given = nullptr;  // where it is kept that a person asked for this; may be nowhere

  bool positional() const { return names.front() != '-'; }
  bool flag() const { return std::holds_alternative<Flag>(target); }
  std::string long_name() const;   // "--max-tokens", or the positional's name
  std::string short_name() const;  // "-n" or empty
};

struct Example {
  std::string line;
  std::string explanation;
};

struct Command {
  std::string name;
  std::string synopsis;                  // what follows the name
  std::string summary;                   // one line
  std::vector<std::string> description;  // paragraphs
  std::vector<Option> options;
  std::string endings = {};  // exit statuses of its own, in words
  std::vector<Example> examples;
  int (*execute)(const struct AllOptions& options) = nullptr;
  // Is what it writes to standard output JSON? Then an error is written there too. null: never.
  bool (*writes_json)(const struct AllOptions& options) = nullptr;
};

// Checks `text` against the option's kind and range and stores it. Throws UsageError naming the option, the
// value and what is expected.
void assign(const Option& option, const std::string& text);

// The word for the value that there is without the option, where it may be typed: a session may have saved
// another one.
inline constexpr const char* kDefaultWord = "default";
bool takes_default(const Option& option);
// May it be given several times, all of which count?
bool is_list(const Option& option);
// Empties a list; others stay as they are.
void clear_list(const Option& option);

// What the option sets, for Option::given. The forms of the answer are one setting: there is one form.
std::string setting_of(const Option& option);
// Keeps that a person asked for it.
void mark_given(const Option& option);

// Gives `to` the value of `from`; both are the same entry of two instances of a table.
void copy_value(const Option& from, const Option& to);

// The range or choices in words ("0 to 100"); empty if anything goes.
std::string range_text(const Option& option);
// The current value ("0.6"); empty where the help text says what happens without the option.
std::string default_text(const Option& option);

// Parses what follows the command's name, stores the values and marks what was given. True if help was asked
// for. Throws UsageError for the first mistake, once all that has none is stored.
bool parse(const Command& command, int argc, const char* const* argv);

// The candidate nearest to a mistyped word, empty if none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace reckon::cli
