// The table of options, put through CLI11. It splits the command line; values are checked by assign().
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "option_hints.hpp"
#include "options.hpp"

namespace reckon::cli {
namespace {

using Words = std::vector<std::string>;

// Mistakes are told under the name that was typed; they begin with the long one.
void assign_typed(const Option& option, const std::string& value, const Words& arguments) {
  if (value == kDefaultWord && takes_default(option)) return clear_list(option);
  try {
    assign(option, value);
  } catch (const UsageError& error) {
    const std::string name = option.long_name();
    const bool long_typed = std::ranges::any_of(arguments, [&](const std::string& argument) {
      return argument == name || argument.starts_with(name + "=");
    });
    if (long_typed || option.positional() || option.short_name().empty()) throw;
    throw UsageError(option.short_name() + std::string(error.what()).substr(name.size()));
  }
}

// What the command line is split into. The first mistake in a value is kept until the rest is stored.
struct Split {
  explicit Split(const Words& words) : arguments(words) {}
  const Words& arguments;
  CLI::App app;
  std::optional<UsageError> mistake;
};

void add_option(Split& split, const Option& option) {
  if (option.flag()) {
    const std::string opposite = option.opposite.empty() ? "" : ",!" + option.opposite;
    split.app.add_flag(option.names + opposite, *std::get<Flag>(option.target).target);
    return;
  }
  CLI::Option* added = split.app.add_option(
      option.names,
      [&](const CLI::results_t& values) {
        try {
          for (const std::string& value : values) assign_typed(option, value, split.arguments);
        } catch (const UsageError& error) {
          if (!split.mistake) split.mistake = error;
        }
        return true;
      },
      option.help);
  if (is_list(option)) {
    added->expected(1, CLI::detail::expected_max_vector_size);
  } else {
    added->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  added->allow_extra_args(false);  // one value per option; and "[1,2]" is a text, not a list
  if (option.positional()) added->option_text(option.placeholder);
}

// Is `word` a name of `option`?
bool is_named(const Option& option, std::string_view word) {
  return !option.positional() &&
         (word == option.long_name() || word == option.short_name() || word == option.opposite);
}

const Option* named(const Command& command, std::string_view word) {
  const auto found =
      std::ranges::find_if(command.options, [&](const Option& o) { return is_named(o, word); });
  return word.empty() || found == command.options.end() ? nullptr : &*found;
}

// CLI11 takes any number for a flag's value, and several letters behind a dash for a short name and its
// value, which hides a name that is none of ours.
void check_word(const Command& command, const std::string& word) {
  const size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const Option* option = named(command, name);
  if (option == nullptr && is_foreign_short(name)) throw UsageError(unknown_option(command, name));
  if (option == nullptr || !option->flag() || equals == std::string::npos || !name.starts_with("--")) return;
  const std::string value = word.substr(equals + 1);
  for (const char* known : {"on", "off", "true", "false", "1", "0"}) {
    if (value == known) return;
  }
  throw UsageError(fmt::format("{}: '{}' is not on or off", name, value));
}

// Of the words that are no option's value.
void check_words(const Command& command, const Words& arguments) {
  for (size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    check_word(command, arguments[i]);
    const Option* option = named(command, arguments[i]);
    if (option != nullptr && !option->flag()) ++i;
  }
}

[[noreturn]] void unexpected(const Command& command, const Words& words) {
  const std::string word = words.empty() ? std::string() : words.front();
  if (word.size() < 2 || word.front() != '-') throw UsageError(one_too_many(command, word));
  throw UsageError(unknown_option(command, word));
}

// What CLI11 does not get to when a value is missing at the end.
void set_flags(const Command& command, const Words& arguments) {
  for (const Option& option : command.options) {
    if (!option.flag()) continue;
    if (std::ranges::find(arguments, option.long_name()) != arguments.end()) {
      *std::get<Flag>(option.target).target = true;
    }
  }
}

// True if help was asked for.
bool split_words(Split& split, const Command& command) {
  Words reversed(split.arguments.rbegin(), split.arguments.rend());  // as CLI11 wants them
  try {
    split.app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return true;
  } catch (const CLI::ArgumentMismatch& error) {
    set_flags(command, split.arguments);
    const std::string message = error.what();  // begins with the option's name
    throw UsageError(message.substr(0, message.find(':')) + ": its value is missing");
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  return false;
}

}  // namespace

bool parse(const Command& command, int argc, const char* const* argv) {
  const Words arguments(argv, argv + argc);
  Split split(arguments);
  split.app.set_help_flag("-h,--help");
  split.app.allow_extras();
  for (const Option& option : command.options) add_option(split, option);
  try {
    check_words(command, arguments);
  } catch (const UsageError&) {
    set_flags(command, arguments);
    throw;
  }
  if (split_words(split, command)) return true;
  if (split.mistake) throw UsageError(*split.mistake);
  Words extras = split.app.remaining();
  extras.erase(std::remove(extras.begin(), extras.end(), "--"), extras.end());  // the end of the options
  if (!extras.empty()) unexpected(command, extras);
  for (const Option& option : command.options) {
    if (split.app.count(option.long_name()) > 0) mark_given(option);
  }
  return false;
}

}  // namespace reckon::cli
