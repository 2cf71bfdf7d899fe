// The settings of a chat, which /set lists and changes.
#pragma once

#include <string>
#include <vector>

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

 private:
  GenerationOptions now_;
  GenerationOptions initial_;
  std::vector<Option> options_;          // bound to now_
  std::vector<Option> initial_options_;  // bound to initial_
};

}  // namespace reckon::cli
