// Shell completions, from the table of options.
#include <fmt/format.h>

#include "output.hpp"
#include "settings.hpp"

namespace reckon::cli {
namespace {

std::vector<std::string> names_of(const Option& option) {
  const std::string short_name = option.short_name();
  std::vector<std::string> names{option.long_name()};
  if (!short_name.empty() && short_name != names.front()) names.insert(names.begin(), short_name);
  if (!option.opposite.empty()) names.push_back(option.opposite);
  return names;
}

// The words that are values of `option`; none where values are free.
std::vector<std::string> choices_of(const Option& option) {
  if (const auto* choice = std::get_if<Choice>(&option.target)) return choice->values;
  if (std::holds_alternative<Switch>(option.target)) return {"on", "off"};
  std::vector<std::string> words;
  if (const auto* integer = std::get_if<NamedInteger>(&option.target)) {
    for (const auto& [name, value] : integer->names) words.push_back(name);
  }
  return words;
}

constexpr const char* kBashFiles = "_reckon_files";
constexpr const char* kSessions = "_reckon_sessions";  // in both shells
constexpr const char* kActionsOnOne = "show|fork|remove";

std::string bash_words(const std::vector<std::string>& words) {
  return fmt::format("_reckon_words '{}'", fmt::join(words, " "));
}

// What may follow `option`, as a bash statement.
std::string bash_value(const Option& option) {
  const std::vector<std::string> choices = choices_of(option);
  if (!choices.empty()) return bash_words(choices);
  if (option.names_session) return kSessions;
  return option.names_file ? kBashFiles : "COMPREPLY=()";
}

std::string bash_command(const Command& command) {
  std::string values;
  std::vector<std::string> words{"-h", "--help"};
  bool takes_files = false;
  for (const Option& option : command.options) {
    if (option.positional()) {
      const std::vector<std::string> choices = choices_of(option);
      words.insert(words.end(), choices.begin(), choices.end());
      takes_files |= option.names_file;
      if (option.names_session) {
        values += fmt::format("        {}) {}; return ;;\n", kActionsOnOne, kSessions);
      }
      continue;
    }
    const std::vector<std::string> names = names_of(option);
    words.insert(words.end(), names.begin(), names.end());
    if (option.flag()) continue;
    values += fmt::format("        {}) {}; return ;;\n", fmt::join(names, "|"), bash_value(option));
  }
  std::string text = fmt::format("    {})\n", command.name);
  if (!values.empty()) text += "      case $before in\n" + values + "      esac\n";
  if (takes_files) text += fmt::format("      [[ $word == -* ]] || {{ {}; return; }}\n", kBashFiles);
  return text + fmt::format("      {} ;;\n", bash_words(words));
}

std::string bash_script(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const Command& command : commands) {
    names.push_back(command.name);
    cases += bash_command(command);
  }
  cases += fmt::format("    help)\n      {} ;;\n", bash_words(names));
  names.insert(names.end(), {"help", "--help", "--version"});
  return fmt::format(R"sh(# bash completion for reckon
_reckon_words() {{
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word")
}}
_reckon_files() {{
  compopt -o filenames 2> /dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
}}
_reckon_sessions() {{
  local file
  COMPREPLY=()
  for file in "${{XDG_DATA_HOME:-$HOME/.local/share}}/reckon/sessions/$word"*.session; do
    [[ -e $file ]] || continue
    file=${{file##*/}}
    COMPREPLY+=("$(printf %q "${{file%.session}}")")
  done
}}
_reckon() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  if ((COMP_CWORD == 1)); then
    {}
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
}}
complete -F _reckon reckon
)sh",
                     bash_words(names), cases);
}

// Text inside a single-quoted _arguments specification.
std::string zsh_quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') quoted += '\\';
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted;
}

std::string zsh_value(const Option& option) {
  if (option.flag()) return "";
  std::string action;
  const std::vector<std::string> choices = choices_of(option);
  if (!choices.empty()) action = fmt::format("({})", fmt::join(choices, " "));
  if (option.names_file) action = "_files";
  if (option.names_session) action = kSessions;
  return ":" + zsh_quoted(option.placeholder) + ":" + action;
}

std::string zsh_option(const Option& option) {
  const bool repeatable =
      std::holds_alternative<TextList>(option.target) || std::holds_alternative<LogitBias>(option.target);
  std::string lines;
  for (const std::string& name : names_of(option)) {
    lines += fmt::format(" \\\n        '{}{}[{}]{}'", repeatable ? "*" : "", name, zsh_quoted(option.help),
                         zsh_value(option));
  }
  return lines;
}

std::string zsh_command(const Command& command) {
  std::string text = fmt::format("    {})\n      _arguments '(- *)'{{-h,--help}}'[help]'", command.name);
  for (const Option& option : command.options) {
    text += option.positional() ? " \\\n        '" + zsh_value(option) + "'" : zsh_option(option);
  }
  return text + " ;;\n";
}

std::string zsh_script(const std::vector<Command>& commands) {
  std::string names;
  std::string cases;
  for (const Command& command : commands) {
    names += fmt::format("      '{}:{}'\n", command.name, zsh_quoted(command.summary));
    cases += zsh_command(command);
  }
  names += "      'help:the overview, or the help of a command'\n";
  return fmt::format(R"sh(#compdef reckon
_reckon_sessions() {{
  local -a names=("${{XDG_DATA_HOME:-$HOME/.local/share}}"/reckon/sessions/*.session(N:t:r))
  compadd -a names
}}
_reckon() {{
  local -a commands=(
{}  )
  if ((CURRENT == 2)) || [[ $words[2] == help ]]; then
    _describe command commands
    _arguments '(- *)--help[help]' '(- *)--version[version]'
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{}  esac
}}
if [[ $funcstack[1] == _reckon ]]; then
  _reckon "$@"
else
  compdef _reckon reckon
fi
)sh",
                     names, cases);
}

}  // namespace

int completions(const CompletionsOptions& options) {
  if (options.shell.empty()) throw UsageError("name the shell: bash or zsh");
  AllOptions defaults;
  const std::vector<Command> commands = command_table(defaults);
  standard_output().write(options.shell == "bash" ? bash_script(commands) : zsh_script(commands));
  return 0;
}

}  // namespace reckon::cli
