#include "text/jinja/printing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "text/jinja/code_points.hpp"
#include "text/jinja/loop_state.hpp"

namespace reckon::text::jinja {
namespace {

void append_text_repr(TextBuilder& out, std::string_view text) {
  out.runtime().step_bytes(text.size());
  const bool double_quoted = text.find('\'') != text.npos && text.find('"') == text.npos;
  const char quote = double_quoted ? '"' : '\'';
  out.add(quote);
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    const char32_t c = point.value;
    if (c == '\\' || c == static_cast<unsigned char>(quote)) {
      out.add('\\');
      out.add(static_cast<char>(c));
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out.add(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
    } else if (is_printable(c)) {
      out.add(text.substr(at, point.size));
    } else {
      const auto number = static_cast<uint32_t>(c);
      out.add(c < 0x100     ? fmt::format("\\x{:02x}", number)
              : c < 0x10000 ? fmt::format("\\u{:04x}", number)
                            : fmt::format("\\U{:08x}", number));
    }
    at += point.size;
  }
  out.add(quote);
}

void append_items(TextBuilder& out, const Values& items) {
  bool first = true;
  for (const Value& item : items) {
    if (!first) out.add(", ");
    first = false;
    append_repr(out, item);
  }
}

void append_sequence(TextBuilder& out, const Sequence& sequence) {
  switch (sequence.type) {
    case SequenceType::list:
      out.add('[');
      append_items(out, sequence.items);
      out.add(']');
      return;
    case SequenceType::tuple:
      out.add('(');
      append_items(out, sequence.items);
      out.add(sequence.items.size() == 1 ? ",)" : ")");
      return;
    case SequenceType::range:
      if (sequence.label.empty()) throw Failure("printing a slice of a range is not supported");
      out.add(sequence.label);
      return;
    case SequenceType::view:
      out.add(sequence.label + "([");
      append_items(out, sequence.items);
      out.add("])");
  }
}

void append_dict(TextBuilder& out, const Dict& dict) {
  out.add('{');
  bool first = true;
  for (const auto& [key, value] : dict.entries) {
    if (!first) out.add(", ");
    first = false;
    append_repr(out, key);
    out.add(": ");
    append_repr(out, value);
  }
  out.add('}');
}

void append_namespace(TextBuilder& out, const Namespace& names) {
  out.add("<Namespace {");
  bool first = true;
  for (const auto& [name, value] : names.members) {
    if (!first) out.add(", ");
    first = false;
    append_text_repr(out, name);
    out.add(": ");
    append_repr(out, value);
  }
  out.add("}>");
}

void append_scalar(TextBuilder& out, const Value& value) {
  switch (value.kind()) {
    case Kind::none: out.add("None"); return;
    case Kind::boolean: out.add(value.as_boolean() ? "True" : "False"); return;
    case Kind::integer: out.add(integer_digits(value.as_integer())); return;
    case Kind::floating: out.add(float_repr(value.as_floating())); return;
    case Kind::loop:
      out.add(fmt::format("<LoopContext {}/{}>",
                          integer_digits(value.as_loop()->attribute("index").as_integer()),
                          value.as_loop()->length()));
      return;
    case Kind::callable:
      if (value.as_callable().macro) {
        out.add("<Macro '" + value.as_callable().name + "'>");
        return;
      }
      [[fallthrough]];
    default: throw Failure("printing a " + type_name(value) + " is not supported");
  }
}

}  // namespace

std::string integer_digits(Integer value) {
  if (value == 0) return "0";
  std::string digits;
  const bool negative = value < 0;
  for (Integer rest = value; rest != 0; rest /= 10) {
    const auto digit = static_cast<int>(rest % 10);
    digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string float_repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  std::string sign;
  if (text.front() == '-') {
    sign.assign(1, '-');
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  if (digits.size() > 1) digits.erase(1, 1);  // the point
  int exponent = 0;
  const size_t exponent_start = e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(text.data() + exponent_start, text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 16) {
    const std::string fraction = digits.size() > 1 ? "." + digits.substr(1) : "";
    return fmt::format("{}{}{}e{}{:02}", sign, digits[0], fraction, exponent < 0 ? '-' : '+',
                       std::abs(exponent));
  }
  if (exponent < 0) return fmt::format("{}0.{:0>{}}{}", sign, "", -exponent - 1, digits);
  const auto whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return fmt::format("{}{:0<{}}.0", sign, digits, whole);
  return fmt::format("{}{}.{}", sign, digits.substr(0, whole), digits.substr(whole));
}

void append_repr(TextBuilder& out, const Value& value) {
  const Nesting nesting(out.runtime());
  out.runtime().step();
  switch (value.kind()) {
    case Kind::undefined: out.add("Undefined"); return;
    case Kind::text:
      if (value.as_text().markup) out.add("Markup(");
      append_text_repr(out, value.view());
      if (value.as_text().markup) out.add(')');
      return;
    case Kind::sequence: append_sequence(out, value.as_sequence()); return;
    case Kind::dict: append_dict(out, value.as_dict()); return;
    case Kind::name_space: append_namespace(out, value.as_namespace()); return;
    default: append_scalar(out, value);
  }
}

void append_text(TextBuilder& out, const Value& value) {
  switch (value.kind()) {
    case Kind::undefined: return;
    case Kind::text:
      out.runtime().step_bytes(value.view().size());
      out.add(value.view());
      return;
    default: append_repr(out, value);
  }
}

std::string to_text(Runtime& runtime, const Value& value) {
  TextBuilder out(runtime);
  append_text(out, value);
  return out.take();
}

std::string escape_html(Runtime& runtime, std::string_view text) {
  runtime.step_bytes(text.size());
  TextBuilder out(runtime);
  for (const char c : text) {
    switch (c) {
      case '&': out.add("&amp;"); break;
      case '<': out.add("&lt;"); break;
      case '>': out.add("&gt;"); break;
      case '\'': out.add("&#39;"); break;
      case '"': out.add("&#34;"); break;
      default: out.add(c);
    }
  }
  return out.take();
}

}  // namespace reckon::text::jinja
