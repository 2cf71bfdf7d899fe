// The table of options, put through CLI11. It splits the command line; values are checked by assign().
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "options.hpp"

namespace reckon::cli {
namespace {

// Mistakes are told under the name that was typed; they begin with the long one.
void assign_typed(const Option& option, const std::string& value, const std::vector<std::string>& arguments) {
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

void add_option(CLI::App& app, const Option& option, const std::vector<std::string>& arguments) {
  if (option.flag()) {
    const std::string opposite = option.opposite.empty() ? "" : ",!" + option.opposite;
    app.add_flag(option.names + opposite, *std::get<Flag>(option.target).target);
    return;
  }
  const bool list =
      std::holds_alternative<TextList>(option.target) || std::holds_alternative<LogitBias>(option.target);
  CLI::Option* added = app.add_option(
      option.names,
      [&](const CLI::results_t& values) {
        for (const std::string& value : values) assign_typed(option, value, arguments);
        return true;
      },
      option.help);
  if (list) {
    added->expected(1, CLI::detail::expected_max_vector_size);
  } else {
    added->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  added->allow_extra_args(false);  // one value per option; and "[1,2]" is a text, not a list
  if (option.positional()) added->option_text(option.placeholder);
}

std::vector<std::string> option_names(const Command& command) {
  std::vector<std::string> names{"--help"};
  for (const Option& option : command.options) {
    if (!option.positional()) names.push_back(option.long_name());
    if (!option.opposite.empty()) names.push_back(option.opposite);
  }
  return names;
}

// What may have been meant by a word that looks like an option and is none.
std::string hint(const Command& command, const std::string& name) {
  const std::string near = nearest(name, option_names(command));
  if (!near.empty()) return "; did you mean " + near + "?";
  const bool prompts =
      std::ranges::any_of(command.options, [](const Option& o) { return o.names == "PROMPT"; });
  return prompts ? "; a prompt that begins with - goes behind --" : "";
}

[[noreturn]] void unexpected(const Command& command, const std::vector<std::string>& words) {
  const std::string word = words.empty() ? std::string() : words.front();
  if (word.size() < 2 || word.front() != '-') {
    throw UsageError(fmt::format("one argument too many: '{}' (a text of several words needs quotes)", word));
  }
  const std::string name = word.substr(0, word.find('='));
  throw UsageError(fmt::format("unknown option {}{}", name, hint(command, name)));
}

}  // namespace

bool parse(const Command& command, int argc, const char* const* argv) {
  CLI::App app;
  app.set_help_flag("-h,--help");
  app.allow_extras();
  const std::vector<std::string> arguments(argv, argv + argc);
  for (const Option& option : command.options) add_option(app, option, arguments);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants them
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return true;
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string message = error.what();  // begins with the option's name
    throw UsageError(message.substr(0, message.find(':')) + ": its value is missing");
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  std::vector<std::string> extras = app.remaining();
  extras.erase(std::remove(extras.begin(), extras.end(), "--"), extras.end());  // the end of the options
  if (!extras.empty()) unexpected(command, extras);
  for (const Option& option : command.options) {
    if (app.count(option.long_name()) > 0) mark_given(option);
  }
  return false;
}

}  // namespace reckon::cli
