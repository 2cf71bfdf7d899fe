#include "saved_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "output.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

// Options of how, not what; the system message is part of the conversation.
constexpr const char* kNotSaved[] = {"--system", "--hide-thinking", "--quiet",
                                     "--fold",   "--no-render",     "--speculate"};

bool is_saved(const Option& option) {
  return std::ranges::find(kNotSaved, option.long_name()) == std::end(kNotSaved);
}

std::string key_of(const Option& option) { return option.long_name().substr(2); }

// Texts that take() turns into the option's value again, bit for bit.
struct ExactTexts {
  using Texts = std::vector<std::string>;

  Texts operator()(const Flag& flag) const { return {*flag.target ? "on" : "off"}; }
  Texts operator()(const Switch& flag) const { return {*flag.target ? "on" : "off"}; }
  Texts operator()(const Text& text) const { return {*text.target}; }
  Texts operator()(const Choice& choice) const { return {*choice.target}; }
  Texts operator()(const TextList& list) const { return *list.target; }
  Texts operator()(const OptionalText& text) const { return *text.target ? Texts{**text.target} : Texts{}; }
  Texts operator()(const Seed& seed) const {
    return *seed.target ? Texts{std::to_string(**seed.target)} : Texts{};
  }
  Texts operator()(const Number& number) const { return {exact(*number.target)}; }
  Texts operator()(const OptionalNumber& number) const {
    return *number.target ? Texts{exact(**number.target)} : Texts{};
  }
  Texts operator()(const LogitBias& bias) const {
    Texts texts;
    for (const auto& [token, value] : *bias.target) texts.push_back(fmt::format("{}={}", token, value));
    return texts;
  }
  Texts operator()(const Form& form) const {
    return form.target->kind == form.kind ? Texts{form.target->text} : Texts{};
  }
  Texts operator()(const IntegerList& list) const {
    return {fmt::format("{}", fmt::join(*list.target, ","))};
  }
  Texts operator()(const Integer& integer) const {
    return {std::visit([](auto* target) { return std::to_string(*target); }, integer.target)};
  }
  Texts operator()(const OptionalInteger& integer) const {
    return std::visit([](auto* target) { return *target ? Texts{std::to_string(**target)} : Texts{}; },
                      integer.target);
  }
  Texts operator()(const NamedInteger& integer) const {
    for (const auto& [name, value] : integer.names) {
      if (value == *integer.target) return {name};
    }
    return {std::to_string(*integer.target)};
  }

  // Read back as a double and rounded once.
  static std::string exact(float number) { return fmt::format("{}", static_cast<double>(number)); }
};

std::vector<std::string> exact_texts(const Option& option) { return std::visit(ExactTexts{}, option.target); }

// A form is saved as its text: what a session names is not read.
void take(const Option& option, const std::string& value) {
  if (const auto* form = std::get_if<Form>(&option.target)) {
    *form->target = {form->kind, value};
  } else {
    assign(option, value);
  }
}

// Would the saved value undo what was asked for now? A budget of 0 is --no-think under another name.
bool undoes(const Option& option, const std::string& value, const std::set<std::string>& given) {
  if (given.contains(setting_of(option))) return true;
  const std::string name = option.long_name();
  return (name == "--no-think" && given.contains("--think-budget")) ||
         (name == "--think-budget" && value == "0" && given.contains("--no-think"));
}

std::string refused(const std::string& key, const std::string& why) {
  return fmt::format("the saved setting {} is left out: {}", key, why);
}

// Texts in quotes, and no longer than a line holds: a schema is a setting too.
std::string shown_value(const std::string& key, const std::string& value) {
  constexpr int kColumns = 40;
  GenerationOptions none;
  const std::vector<Option> table = generation_table(none);
  const auto option = std::ranges::find(table, key, key_of);
  const bool quoted = option == table.end() || std::holds_alternative<Text>(option->target) ||
                      std::holds_alternative<TextList>(option->target) ||
                      std::holds_alternative<Form>(option->target);
  const std::string line = one_line(value);
  std::string shown = cut_to_columns(line, kColumns);
  if (!quoted) return shown;
  return '"' + shown + (shown.size() < line.size() ? "…" : "") + '"';
}

}  // namespace

SavedSettings saved_settings(const GenerationOptions& options) {
  GenerationOptions now = options, defaults;
  const std::vector<Option> table = generation_table(now), default_table = generation_table(defaults);
  SavedSettings saved;
  for (size_t i = 0; i < table.size(); i++) {
    const auto texts = exact_texts(table[i]);
    if (!is_saved(table[i]) || texts == exact_texts(default_table[i])) continue;
    for (const std::string& text : texts) saved.emplace_back(key_of(table[i]), text);
  }
  return saved;
}

std::vector<std::string> apply_settings(const SavedSettings& saved, GenerationOptions& options,
                                        SavedSettings* taken) {
  const std::vector<Option> table = generation_table(options);
  std::map<std::string, const Option*> known;
  for (const Option& option : table) {
    if (is_saved(option)) known[key_of(option)] = &option;
  }
  std::vector<std::string> problems;
  for (const auto& [key, value] : saved) {
    const auto found = known.find(key);
    try {
      if (found == known.end()) {
        problems.push_back(refused(key, "this reckon has no such option"));
      } else if (!undoes(*found->second, value, options.given)) {
        take(*found->second, value);
        if (taken != nullptr) taken->emplace_back(key, value);
      }
    } catch (const UsageError& error) {
      problems.push_back(refused(key, error.what()));
    }
  }
  return problems;
}

std::string settings_text(const SavedSettings& settings) {
  std::string text, last;
  for (const auto& [key, value] : settings) {
    if (key != last) text += (text.empty() ? "" : ", ") + one_line(key);
    text += " " + shown_value(key, value);
    last = key;
  }
  return text;
}

}  // namespace reckon::cli
