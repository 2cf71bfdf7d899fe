// Fields of a request line.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "line_error.hpp"
#include "settings.hpp"

namespace reckon::cli {

// A line's JSON object, bounded in depth and number of values. Throws LineError.
nlohmann::json parse_line_object(std::string_view text);

// The name of a line: a string of 1 to kMostIdBytes bytes. Throws LineError.
std::string parse_id(const nlohmann::json& value, const std::string& field);

std::vector<Message> parse_messages(const nlohmann::json& value, const std::string& field);

// Options of unattended_generation_table() from fields.
class OptionFields {
 public:
  explicit OptionFields(GenerationOptions& generation) : table_(unattended_generation_table(generation)) {}
  // Stores the value of option `key`; `field` is its place in the line. Throws LineError.
  void set(const std::string& key, const nlohmann::json& value, const std::string& field);

 private:
  std::vector<Option> table_;
  std::vector<const Option*> given_;
};

// "expected a string, got array"
[[noreturn]] void wrong_type(const std::string& field, const std::string& expected,
                             const nlohmann::json& value);
[[noreturn]] void invalid(const std::string& message);

}  // namespace reckon::cli
