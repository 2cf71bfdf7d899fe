#include "chat_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "output.hpp"
#include "session_folder.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

// A word and what follows it, blanks around both dropped.
std::pair<std::string, std::string> split_word(const std::string& text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const size_t end = std::min(text.find_first_of(" \t", begin), text.size());
  const size_t rest = std::min(text.find_first_not_of(" \t", end), text.size());
  const size_t last = text.find_last_not_of(" \t");
  return {text.substr(begin, end - begin), rest < text.size() ? text.substr(rest, last + 1 - rest) : ""};
}

void set(Chat& chat, const std::string& argument) {
  if (argument.empty()) {
    standard_error().write(chat.settings().list());
    return;
  }
  const auto [key, value] = split_word(argument);
  chat.settings().assign_value(key, value);
}

const std::string& name_for(const char* command, const std::string& argument) {
  if (argument.empty()) throw UsageError(fmt::format("{}: a session's or a file's name is missing", command));
  return argument;
}

constexpr ChatCommand kCommands[] = {
    {"/help", "", "this list", [](Chat&, const std::string&) { standard_error().write(chat_help()); }},
    {"/think", "", "show the last thought", [](Chat& chat, const std::string&) { chat.show_thought(); }},
    {"/retry", "", "ask the last question again, with another seed",
     [](Chat& chat, const std::string&) { chat.retry(); }},
    {"/undo", "", "drop the last question and its answer, or take back /reset",
     [](Chat& chat, const std::string&) { chat.undo(); }},
    {"/branch", "", "list the branches of the conversation",
     [](Chat& chat, const std::string& name) { chat.branch(name); }},
    {"/branch", "NAME",
     "go to a branch; a new one begins as a copy of this conversation, which is kept; a new branch of a "
     "session is the session SESSION.NAME",
     [](Chat& chat, const std::string& name) { chat.branch(name); }},
    {"/reset", "", "forget the conversation; /undo brings it back",
     [](Chat& chat, const std::string&) { chat.reset(); }},
    {"/system", "", "show the system message", [](Chat& chat, const std::string&) { chat.system(""); }},
    {"/system", "TEXT", "set it and forget the conversation; the text 'none' removes it",
     [](Chat& chat, const std::string& text) { chat.system(text); }},
    {"/set", "", "list the settings", set},
    {"/set", "KEY VALUE", "change one; the value 'default' takes its changes back", set},
    {"/stats", "", "tokens and speed of the last turn, size of the conversation",
     [](Chat& chat, const std::string&) { chat.show_statistics(); }},
    {"/continue", "", "go on with a turn that was interrupted",
     [](Chat& chat, const std::string&) { chat.go_on(); }},
    {"/save", "NAME",
     "save the session, now and after each turn; with a slash or .json, a file of the conversation, "
     "which replaces no other file",
     [](Chat& chat, const std::string& file) { chat.save(name_for("/save", file)); }},
    {"/load", "NAME", "continue a saved session or a written file",
     [](Chat& chat, const std::string& file) { chat.load(name_for("/load", file)); }},
    {"/exit", "", "end (also Ctrl-D)", [](Chat& chat, const std::string&) { chat.end(); }},
};

// What the command is called here, also where other programs call it otherwise; empty if there is none.
std::string meant_command(const std::string& name, const std::vector<std::string>& names) {
  constexpr std::pair<const char*, const char*> kOthers[] = {
      {"/bye", "/exit"},   {"/quit", "/exit"},   {"/q", "/exit"},    {"/clear", "/reset"},
      {"/new", "/reset"},  {"/?", "/help"},      {"/show", "/set"},  {"/regen", "/retry"},
      {"/redo", "/retry"}, {"/fork", "/branch"}, {"/write", "/save"}};
  for (const auto& [other, meant] : kOthers) {
    if (name == other) return meant;
  }
  return nearest(name, names);
}

std::string help_line(const std::string& what, const std::string& help) {
  constexpr size_t kColumn = 17;
  const std::string text = wrap_words(help, kColumn, reading_columns(standard_error()));
  return fmt::format("{:<{}}{}\n", what, kColumn, text);
}

}  // namespace

std::span<const ChatCommand> chat_commands() { return kCommands; }

std::string chat_help() {
  std::string text =
      help_line("\"\"\"", "begin a message of several lines; it ends with \"\"\" at the end of a line") +
      help_line("\\", "at the end of a line: the message goes on in the next one") +
      help_line("Ctrl-G", "open the line in $VISUAL or $EDITOR; several lines are sent at once") +
      help_line("Tab", "completes commands, behind /set settings, behind /load sessions") +
      help_line("while it thinks", "a: answer now, t: fold or unfold, space: pause or go on, Ctrl-C: stop");
  for (const ChatCommand& command : kCommands) {
    const bool takes_argument = *command.placeholder != '\0';
    text += help_line(takes_argument ? fmt::format("{} {}", command.name, command.placeholder) : command.name,
                      command.help);
  }
  return text;
}

Completion complete_chat_line(const Chat& chat, const std::string& line) {
  if (!line.starts_with('/')) return {};
  const size_t word = line.find_first_of(" \t");
  std::vector<std::string> candidates;
  if (word == std::string::npos) {
    for (const ChatCommand& command : kCommands) {
      if (candidates.empty() || candidates.back() != command.name) candidates.emplace_back(command.name);
    }
    return complete(line, candidates);
  }
  const auto [name, argument] = split_word(line);
  const bool ended = !argument.empty() && line.find_last_of(" \t") == line.size() - 1;
  if (ended || argument.find_first_of(" \t") != std::string::npos) return {};
  if (name == "/set") candidates = chat.settings().keys();
  if (name == "/load") candidates = session_names();
  return complete(argument, candidates);
}

void run_chat_command(Chat& chat, const std::string& line) {
  const auto [name, argument] = split_word(line);
  std::vector<std::string> names;
  bool known = false;
  for (const ChatCommand& command : kCommands) {
    const bool takes_argument = *command.placeholder != '\0';
    if (name == command.name && (takes_argument || argument.empty())) return command.action(chat, argument);
    known = known || name == command.name;
    names.emplace_back(command.name);
  }
  if (known) throw UsageError(fmt::format("{} takes nothing", name));
  const std::string near = meant_command(name, names);
  throw UsageError(
      fmt::format("unknown command {}; {}", name, near.empty() ? "see /help" : "did you mean " + near + "?"));
}

}  // namespace reckon::cli
