// --help, from the table of options.
#include <fmt/format.h>

#include <algorithm>

#include "settings.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kWidth = 100;
constexpr size_t kHelpColumn = 30;

// `text` broken into lines of at most kWidth - indent characters, each but the first indented.
std::string wrapped(const std::string& text, size_t indent) {
  std::string lines;
  size_t column = indent;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const size_t length = end - begin;
    if (column + length + 1 > kWidth && column > indent) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines.append(text, begin, length);
    column += length;
    begin = end + 1;
  }
  return lines;
}

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

std::string option_lines(const std::vector<Option>& options) {
  std::string lines;
  for (const Option& option : options) {
    std::string head = option_head(option);
    if (head.size() + 2 > kHelpColumn) {
      head += "\n" + std::string(kHelpColumn, ' ');
    } else {
      head.resize(kHelpColumn, ' ');
    }
    lines += head + wrapped(option_help(option), kHelpColumn) + "\n";
  }
  return lines;
}

constexpr const char* kExitText =
    "\nExit status: 0 done, 1 error, 2 wrong usage, 3 the text ended inside the thinking, 4 the answer\n"
    "was cut off, 5 it is whole after a thought closed at its budget, 6 after one that went in circles,\n"
    "130 interrupted, 143 ended by SIGTERM.\n";

}  // namespace

std::string help_text(const Command& command) {
  std::string text = fmt::format("reckon {}: {}\n\nUsage: reckon {} {}\n", command.name, command.summary,
                                 command.name, command.synopsis);
  for (const std::string& paragraph : command.description) text += "\n" + wrapped(paragraph, 0) + "\n";
  text += "\nOptions:\n" + option_lines(command.options);
  std::string head = "  -h, --help";
  head.resize(kHelpColumn, ' ');
  text += head + "this text\n\nExamples:\n";
  for (const Example& example : command.examples) {
    text += fmt::format("  {}\n      {}\n", example.line, example.explanation);
  }
  return text + kExitText;
}

std::string overview_text(const std::vector<Command>& commands) {
  std::string text =
      "reckon runs R1-style reasoning models on this machine and streams their thinking and their answer "
      "apart.\n"
      "\nUsage: reckon COMMAND [options]\n\nCommands:\n";
  for (const Command& command : commands) text += fmt::format("  {:<13}{}\n", command.name, command.summary);
  text +=
      "\nOptions:\n  --version    the version\n  -h, --help   this text; reckon COMMAND --help for a "
      "command's options\n";
  text += "\nExamples:\n";
  for (const Command& command : commands) {
    if (!command.examples.empty()) text += "  " + command.examples.front().line + "\n";
  }
  return text + kExitText;
}

}  // namespace reckon::cli
