#include "chat_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reckon::cli {
namespace {

std::string value_text(const Option& option) {
  if (const auto* flag = std::get_if<Flag>(&option.target)) return *flag->target ? "on" : "off";
  if (const auto* list = std::get_if<TextList>(&option.target)) {
    return list->target->empty() ? "none" : fmt::format("{}", fmt::join(*list->target, " | "));
  }
  if (const auto* seed = std::get_if<Seed>(&option.target)) {
    return *seed->target ? std::to_string(**seed->target) : "random";
  }
  if (const auto* form = std::get_if<Form>(&option.target)) {
    return form->target->kind == form->kind ? "given" : "none";
  }
  const std::string value = default_text(option);
  return value.empty() ? option.unset : value;
}

std::string key_of(const Option& option) { return option.long_name().substr(2); }

}  // namespace

ChatSettings::ChatSettings(const GenerationOptions& initial)
    : now_(initial),
      initial_(initial),
      options_(generation_table(now_)),
      initial_options_(generation_table(initial_)) {}

std::string ChatSettings::list() const {
  constexpr size_t kWidestValue = 30;  // a longer one has the line for itself
  size_t width = 0;
  for (const Option& option : options_) {
    const size_t size = value_text(option).size();
    if (option.in_chat && size <= kWidestValue) width = std::max(width, size);
  }
  std::string lines;
  for (const Option& option : options_) {
    if (!option.in_chat) continue;
    std::string line =
        fmt::format("{:<22} {:<{}} {}", key_of(option), value_text(option), width, range_text(option));
    line.erase(line.find_last_not_of(' ') + 1);
    lines += line + "\n";
  }
  return lines;
}

// To the command line's, which may not have given it.
void ChatSettings::take_back(size_t i) {
  copy_value(initial_options_[i], options_[i]);
  const std::string setting = setting_of(options_[i]);
  if (!initial_.given.contains(setting)) now_.given.erase(setting);
}

void ChatSettings::assign_value(const std::string& key, const std::string& value) {
  const auto option =
      std::ranges::find_if(options_, [&](const Option& o) { return o.in_chat && key_of(o) == key; });
  if (option == options_.end()) throw UsageError(unknown_key(key));
  if (value.empty()) throw UsageError(fmt::format("/set {}: its value is missing", key));
  if (value == kDefaultWord) return take_back(static_cast<size_t>(option - options_.begin()));
  try {
    assign(*option, value);
  } catch (const UsageError& error) {  // begins with the option's name
    throw UsageError(fmt::format("/set {}", key) + std::string(error.what()).substr(key.size() + 2));
  }
  mark_given(*option);
}

// What other programs call a setting, or have as one.
std::string ChatSettings::unknown_key(const std::string& key) const {
  constexpr std::pair<const char*, const char*> kOthers[] = {
      {"system", "/system TEXT sets the system message"},
      {"think", "/set no-think on or off"},
      {"thinking", "/set no-think on or off"},
      {"nothink", "/set no-think on"},
      {"ctx", "--ctx is given when the chat begins"},
      {"num_ctx", "--ctx is given when the chat begins"},
      {"num_predict", "did you mean max-tokens?"},
      {"temperature", "did you mean temp?"},
      {"parameter", "/set KEY VALUE changes a setting"}};
  const std::string near = nearest(key, keys());
  std::string hint = near.empty() ? "/set lists them" : "did you mean " + near + "?";
  for (const auto& [other, explained] : kOthers) {
    if (key == other) hint = explained;
  }
  return fmt::format("/set: unknown key '{}'; {}", key, hint);
}

std::vector<std::string> ChatSettings::keys() const {
  std::vector<std::string> keys;
  for (const Option& option : options_) {
    if (option.in_chat) keys.push_back(key_of(option));
  }
  return keys;
}

GenerationOptions ChatSettings::with(const SavedSettings& saved, std::vector<std::string>& problems,
                                     SavedSettings& taken) const {
  GenerationOptions next = now_;
  const std::vector<Option> table = generation_table(next);
  for (size_t i = 0; i < table.size(); ++i) {
    if (!next.given.contains(setting_of(table[i]))) copy_value(initial_options_[i], table[i]);
  }
  problems = apply_settings(saved, next, &taken);
  return next;
}

}  // namespace reckon::cli
