// Values as text: Python's str and repr, JSON as json.dumps writes it, and HTML escapes.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

void append_text(TextBuilder& out, const Value& value);  // str(value)
void append_repr(TextBuilder& out, const Value& value);
std::string to_text(Runtime& runtime, const Value& value);
std::string integer_digits(Integer value);  // decimal, with its sign
std::string float_repr(double value);
std::string escape_html(Runtime& runtime, std::string_view text);

struct JsonStyle {
  bool ensure_ascii = false;
  bool sort_keys = false;
  bool pretty = false;  // a line per item, indented
  std::string indent;
  std::string item_separator = ", ";
  std::string key_separator = ": ";
};

void append_json(TextBuilder& out, const Value& value, const JsonStyle& style);

// Throws Failure when nested deeper than the limit allows.
Value from_json(Runtime& runtime, const nlohmann::ordered_json& json);

}  // namespace reckon::text::jinja
