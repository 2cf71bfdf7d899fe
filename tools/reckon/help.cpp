// --help, from the table of options.
#include <fmt/format.h>

#include <algorithm>

#include "output.hpp"
#include "settings.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kHelpColumn = 30, kNarrowHelpColumn = 10;
constexpr size_t kLeastColumns = 70;  // for options and their help side by side

std::string option_head(const Option& option) {
  if (option.positional()) return "  " + option.placeholder;
  const std::string short_name = option.short_name();
  const bool only_short = short_name == option.long_name();
  std::string head = short_name.empty() ? "      " : "  " + short_name + (only_short ? "" : ", ");
  if (!only_short) head += option.long_name();
  return option.placeholder.empty() ? head : head + " " + option.placeholder;
}

std::string option_help(const Option& option) {
  std::string bounds = std::holds_alternative<Seed>(option.target) ? "" : range_text(option);
  const std::string value = default_text(option);
  if (!value.empty()) bounds += (bounds.empty() ? "default " : "; default ") + value;
  return bounds.empty() ? option.help : option.help + " [" + bounds + "]";
}

// `head` with `help` beside it, from `column` on, or below it.
std::string entry(std::string head, const std::string& help, size_t column, size_t columns) {
  if (head.size() + 2 > column) {
    head += "\n" + std::string(column, ' ');
  } else {
    head.resize(column, ' ');
  }
  return head + wrap_words(help, column, columns) + "\n";
}

std::string option_lines(const std::vector<Option>& options, size_t columns) {
  const size_t column = columns < kLeastColumns ? kNarrowHelpColumn : kHelpColumn;
  std::string lines;
  for (const Option& option : options)
    lines += entry(option_head(option), option_help(option), column, columns);
  return lines + entry("  -h, --help", "this text", column, columns);
}

// `endings`: exit statuses besides those of every command.
std::string exit_text(const std::string& endings, size_t columns) {
  const std::string own = endings.empty() ? "" : endings + ", ";
  return "\n" +
         wrap_words("Exit status: 0 done, 1 error, 2 wrong usage, " + own +
                        "129 its terminal is gone, 130 interrupted, 143 ended by SIGTERM.",
                    0, columns) +
         "\n";
}

}  // namespace

std::string help_text(const Command& command) {
  const size_t columns = reading_columns(standard_output());
  std::string text =
      wrap_words(fmt::format("reckon {}: {}", command.name, command.summary), 0, columns) + "\n\n" +
      wrap_words(fmt::format("Usage: reckon {} {}", command.name, command.synopsis), 7, columns) + "\n";
  for (const std::string& paragraph : command.description)
    text += "\n" + wrap_words(paragraph, 0, columns) + "\n";
  text += "\nOptions:\n" + option_lines(command.options, columns) + "\nExamples:\n";
  for (const Example& example : command.examples) {
    text += fmt::format("  {}\n      {}\n", example.line, wrap_words(example.explanation, 6, columns));
  }
  return text + exit_text(command.endings, columns);
}

std::string overview_text(const std::vector<Command>& commands) {
  const size_t columns = reading_columns(standard_output()), column = 15;
  std::string text = wrap_words(
      "reckon runs R1-style reasoning models on this machine and streams their thinking and their answer "
      "apart.",
      0, columns);
  text += "\n\nUsage: reckon COMMAND [options]\n\nCommands:\n";
  for (const Command& command : commands)
    text += entry("  " + command.name, command.summary, column, columns);
  text += entry("  help", "this text; reckon help COMMAND for that of a command", column, columns);
  text += "\nOptions:\n" + entry("  --version", "the version", column, columns) +
          entry("  -h, --help", "this text; reckon COMMAND --help for a command's options", column, columns) +
          "\nExamples:\n";
  for (const Command& command : commands) {
    if (!command.examples.empty()) text += "  " + command.examples.front().line + "\n";
  }
  return text + exit_text("3 to 6 what run and vote say in their help", columns);
}

}  // namespace reckon::cli
