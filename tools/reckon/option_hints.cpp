#include "option_hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace reckon::cli {
namespace {

// What users of llama.cpp and Ollama type, and the option that it is here, or what to say if there is none.
struct Synonym {
  const char* typed;
  const char* meant;
};
constexpr Synonym kSynonyms[] = {
    {"--temperature", "--temp"},
    {"--ctx-size", "--ctx"},
    {"--context", "--ctx"},
    {"--num-ctx", "--ctx"},
    {"-c", "--ctx"},
    {"--system-prompt", "--system"},
    {"-sys", "--system"},
    {"--n-predict", "--max-tokens"},
    {"--predict", "--max-tokens"},
    {"--num-predict", "--max-tokens"},
    {"--no-thinking", "--no-think"},
    {"--nothink", "--no-think"},
    {"--hidethinking", "--hide-thinking"},
    {"--repetition-penalty", "--repeat-penalty"},
    {"--repeat-last-n", "--repeat-last"},
    {"--threads-batch", "--threads"},
    {"-tb", "--threads"},
    {"--grammar-file", "--grammar"},
    {"--json-schema-file", "--json-schema"},
    {"--format", "--json"},
    {"--logprobs", "--top"},
};
constexpr Synonym kExplained[] = {
    {"-p", "the prompt is an argument without a name"},
    {"--prompt", "the prompt is an argument without a name"},
    {"-ngl", "graphics processors are not used"},
    {"--n-gpu-layers", "graphics processors are not used"},
    {"--gpu-layers", "graphics processors are not used"},
    {"--version", "reckon --version tells it"},
};

template <size_t N>
const char* look_up(const Synonym (&table)[N], std::string_view typed) {
  const auto found =
      std::ranges::find(table, typed, [](const Synonym& s) { return std::string_view(s.typed); });
  return found == std::end(table) ? nullptr : found->meant;
}

bool has_prompt(const Command& command) {
  return std::ranges::any_of(command.options, [](const Option& o) { return o.names == "PROMPT"; });
}

std::vector<std::string> option_names(const Command& command) {
  std::vector<std::string> names{"--help"};
  for (const Option& option : command.options) {
    if (!option.positional()) names.push_back(option.long_name());
    if (!option.opposite.empty()) names.push_back(option.opposite);
  }
  return names;
}

// Of names that go on where `name` ends, or the other way round, the shortest; empty if there is none.
std::string same_beginning(const std::string& name, const std::vector<std::string>& names) {
  constexpr size_t kLeast = 5;  // "--" and three letters
  std::string best;
  for (const std::string& other : names) {
    const bool same = name.starts_with(other) || other.starts_with(name);
    if (!same || std::min(name.size(), other.size()) < kLeast) continue;
    if (best.empty() || other.size() < best.size()) best = other;
  }
  return best;
}

std::string meant_option(const Command& command, const std::string& name) {
  const std::vector<std::string> names = option_names(command);
  const char* synonym = look_up(kSynonyms, name);
  if (synonym != nullptr && std::ranges::find(names, synonym) != names.end()) return synonym;
  const std::string near = nearest(name, names);
  return near.empty() ? same_beginning(name, names) : near;
}

std::string hint_for(const Command& command, const std::string& name, const std::string& word) {
  const bool explained =
      look_up(kExplained, name) != nullptr &&
      (has_prompt(command) || !std::string_view(look_up(kExplained, name)).starts_with("the prompt"));
  if (explained) return look_up(kExplained, name);
  const std::string found = meant_option(command, name);
  if (!found.empty()) return "did you mean " + found + "?";
  const bool like_text = word.find_first_of(" 0123456789") != std::string::npos;
  if (has_prompt(command) && like_text) return "a prompt that begins with - goes behind --";
  return fmt::format("reckon {} --help lists the options", command.name);
}

bool names_model(const std::string& word) {
  std::error_code failed;
  return word.ends_with(".gguf") || std::filesystem::is_regular_file(word, failed);
}

}  // namespace

bool is_foreign_short(std::string_view name) {
  return name.size() > 2 && name[1] != '-' &&
         (look_up(kSynonyms, name) != nullptr || look_up(kExplained, name) != nullptr);
}

std::string unknown_option(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  return fmt::format("unknown option {}; {}", name, hint_for(command, name, word));
}

std::string one_too_many(const Command& command, const std::string& word) {
  std::string text = fmt::format("one argument too many: '{}'", word);
  if (has_prompt(command)) return text + " (a text of several words needs quotes)";
  const bool takes_model = std::ranges::any_of(
      command.options, [](const Option& option) { return option.long_name() == "--model"; });
  return takes_model && names_model(word) ? text + "; name the model with -m" : text;
}

}  // namespace reckon::cli
