// JSON in and out. The writer gives the bytes of Python's json.dumps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "text/jinja/code_points.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/printing.hpp"

namespace reckon::text::jinja {
namespace {

void append_escaped_unit(TextBuilder& out, uint32_t unit) { out.add(fmt::format("\\u{:04x}", unit)); }

void append_escaped_point(TextBuilder& out, char32_t point) {
  if (point < 0x10000) {
    append_escaped_unit(out, static_cast<uint32_t>(point));
    return;
  }
  const auto offset = static_cast<uint32_t>(point) - 0x10000;
  append_escaped_unit(out, 0xD800 + (offset >> 10));
  append_escaped_unit(out, 0xDC00 + (offset & 0x3FF));
}

void append_json_text(TextBuilder& out, std::string_view text, bool ensure_ascii) {
  out.runtime().step_bytes(text.size());
  out.add('"');
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    switch (point.value) {
      case '"': out.add("\\\""); break;
      case '\\': out.add("\\\\"); break;
      case '\n': out.add("\\n"); break;
      case '\r': out.add("\\r"); break;
      case '\t': out.add("\\t"); break;
      case '\f': out.add("\\f"); break;
      case '\b': out.add("\\b"); break;
      default:
        if (point.value < 0x20 || (ensure_ascii && point.value > 0x7E)) {
          append_escaped_point(out, point.value);
        } else {
          out.add(text.substr(at, point.size));
        }
    }
    at += point.size;
  }
  out.add('"');
}

std::string json_float(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return float_repr(value);
}

std::string json_key(const Value& key) {
  switch (key.kind()) {
    case Kind::none: return "null";
    case Kind::boolean: return key.as_boolean() ? "true" : "false";
    case Kind::integer: return integer_digits(key.as_integer());
    case Kind::floating: return json_float(key.as_floating());
    default: return std::string(key.view());
  }
}

class JsonWriter {
 public:
  JsonWriter(TextBuilder& out, const JsonStyle& style) : out_(out), style_(style) {}

  void write(const Value& value) {
    const Nesting nesting(out_.runtime());
    out_.runtime().step();
    switch (value.kind()) {
      case Kind::none:
      case Kind::boolean:
      case Kind::integer:
      case Kind::floating: out_.add(json_key(value)); return;
      case Kind::text: append_json_text(out_, value.view(), style_.ensure_ascii); return;
      case Kind::dict: write_dict(value.as_dict()); return;
      case Kind::sequence:
        if (value.as_sequence().type == SequenceType::list ||
            value.as_sequence().type == SequenceType::tuple) {
          write_list(value.as_sequence().items);
          return;
        }
        [[fallthrough]];
      default: throw Failure("a " + type_name(value) + " can't be written as JSON");
    }
  }

 private:
  void write_list(const Values& items) {
    if (items.empty()) return out_.add("[]");
    out_.add('[');
    ++level_;
    bool first = true;
    for (const Value& item : items) {
      separate(first);
      write(item);
    }
    --level_;
    new_line();
    out_.add(']');
  }

  void write_dict(const Dict& dict) {
    if (dict.entries.empty()) return out_.add("{}");
    std::vector<DictEntry> entries = dict.entries;
    if (style_.sort_keys) {
      sort_values(out_.runtime(), entries, false, [](const DictEntry& entry) { return entry.first; });
    }
    out_.add('{');
    ++level_;
    bool first = true;
    for (const auto& [key, value] : entries) {
      separate(first);
      append_json_text(out_, json_key(key), style_.ensure_ascii);
      out_.add(style_.key_separator);
      write(value);
    }
    --level_;
    new_line();
    out_.add('}');
  }

  void separate(bool& first) {
    if (!first) out_.add(style_.item_separator);
    first = false;
    new_line();
  }

  void new_line() {
    if (!style_.pretty) return;
    out_.add('\n');
    out_.repeat(style_.indent, level_);
  }

  TextBuilder& out_;
  const JsonStyle& style_;
  int level_ = 0;
};

Value from_json_object(Runtime& runtime, const nlohmann::ordered_json& json) {
  std::vector<DictEntry> entries;
  entries.reserve(json.size());
  for (const auto& [key, value] : json.items())
    entries.emplace_back(runtime.text(key), from_json(runtime, value));
  return runtime.dict(std::move(entries));
}

}  // namespace

void append_json(TextBuilder& out, const Value& value, const JsonStyle& style) {
  JsonWriter(out, style).write(value);
}

Value from_json(Runtime& runtime, const nlohmann::ordered_json& json) {
  const Nesting nesting(runtime);
  switch (json.type()) {
    case nlohmann::ordered_json::value_t::null: return Value::none();
    case nlohmann::ordered_json::value_t::boolean: return Value::boolean(json.get<bool>());
    case nlohmann::ordered_json::value_t::number_integer: return Value::integer(json.get<int64_t>());
    case nlohmann::ordered_json::value_t::number_unsigned: return Value::integer(json.get<uint64_t>());
    case nlohmann::ordered_json::value_t::number_float: return Value::floating(json.get<double>());
    case nlohmann::ordered_json::value_t::string: return runtime.text(json.get_ref<const std::string&>());
    case nlohmann::ordered_json::value_t::object: return from_json_object(runtime, json);
    case nlohmann::ordered_json::value_t::array: {
      Values items;
      items.reserve(json.size());
      for (const auto& item : json) items.push_back(from_json(runtime, item));
      return runtime.list(std::move(items));
    }
    default: throw Failure("a variable holds binary or discarded JSON");
  }
}

}  // namespace reckon::text::jinja
