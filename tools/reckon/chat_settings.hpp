// The settings of a chat, which /set lists and changes.
#pragma once

#include <string>
#include <vector>

#include "saved_settings.hpp"
#include "settings.hpp"

namespace reckon::cli {

class ChatSettings {
 public:
  explicit ChatSettings(const GenerationOptions& initial);
  ChatSettings(const ChatSettings&) = delete;  // the tables point into it
  ChatSettings& operator=(const ChatSettings&) = delete;

  GenerationOptions& now() { return now_; }
  const GenerationOptions& now() const { return now_; }

  // A line per setting: its name, value and range.
  std::string list() const;
  // "KEY VALUE". Throws UsageError.
  void assign_value(const std::string& key, const std::string& value);
  // Those for a session that was saved with `saved`: what was asked for in this chat, then what was saved,
  // then the defaults. Nothing is left of another session's. `problems`: a line for each that can't be taken;
  // `taken`: what was saved and holds now.
  GenerationOptions with(const SavedSettings& saved, std::vector<std::string>& problems,
                         SavedSettings& taken) const;
  // The names that assign_value() knows.
  std::vector<std::string> keys() const;

 private:
  void take_back(size_t i);
  std::string unknown_key(const std::string& key) const;

  GenerationOptions now_;
  GenerationOptions initial_;
  std::vector<Option> options_;          // bound to now_
  std::vector<Option> initial_options_;  // bound to initial_
};

}  // namespace reckon::cli
