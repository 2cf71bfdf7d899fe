#include "text/jinja/literals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "text/jinja/code_points.hpp"

namespace reckon::text::jinja {
namespace {

bool is_digit_at(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

// Digits with single underscores between them.
size_t find_digits_end(std::string_view text, size_t at) {
  while (is_digit_at(text, at) || (at < text.size() && text[at] == '_' && is_digit_at(text, at + 1))) ++at;
  return at;
}

int marked_base(std::string_view digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char marker = static_cast<char>(digits[1] | 0x20);
  return marker == 'b' ? 2 : marker == 'o' ? 8 : marker == 'x' ? 16 : 10;
}

// Escapes of exactly `count` hexadecimal digits.
bool append_hexadecimal(std::string& out, std::string_view text, size_t& at, size_t count) {
  const std::string_view digits = text.substr(std::min(at, text.size()), count);
  uint32_t point = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
  if (digits.size() != count || error != std::errc() || end != digits.data() + count) return false;
  if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return false;
  append_code_point(out, point);
  at += count;
  return true;
}

void append_octal(std::string& out, std::string_view text, size_t& at) {
  char32_t point = 0;
  for (size_t i = 0; i < 3 && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++i, ++at) {
    point = point * 8 + static_cast<char32_t>(text[at] - '0');
  }
  append_code_point(out, point);
}

// Python escapes everything beyond ASCII before it replaces escapes, so a backslash before such a character
// stays, and the character's own escape is taken apart.
void append_unknown_escape(std::string& out, std::string_view text, size_t& at) {
  const CodePoint point = decode_at(text, at);
  const auto number = static_cast<uint32_t>(point.value);
  at += point.size;
  out += '\\';
  if (number < 0x80) {
    out += static_cast<char>(number);
  } else {
    out += number < 0x100     ? fmt::format("x{:02x}", number)
           : number < 0x10000 ? fmt::format("u{:04x}", number)
                              : fmt::format("U{:08x}", number);
  }
}

}  // namespace

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 99;
}

std::string normalize_newlines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r') {
      out += '\n';
      if (at + 1 < text.size() && text[at + 1] == '\n') ++at;
    } else {
      out += text[at];
    }
  }
  return out;
}

size_t find_float_end(std::string_view text, size_t at) {
  size_t end = find_digits_end(text, at);
  const bool fraction = end < text.size() && text[end] == '.' && is_digit_at(text, end + 1);
  if (fraction) end = find_digits_end(text, end + 1);
  if (end < text.size() && (text[end] | 0x20) == 'e') {
    size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    if (is_digit_at(text, exponent)) return find_digits_end(text, exponent);
  }
  return fraction ? end : std::string_view::npos;
}

size_t find_integer_end(std::string_view text, size_t at) {
  const int base = marked_base(text.substr(at, 2));
  const auto is_part = [&](size_t i, int limit) { return i < text.size() && digit_value(text[i]) < limit; };
  const auto run_end = [&](size_t i, int limit) {
    while (is_part(i, limit) || (i < text.size() && text[i] == '_' && is_part(i + 1, limit))) ++i;
    return i;
  };
  if (base != 10) {
    const size_t end = run_end(at + 2, base);
    if (end > at + 2) return end;
  }
  return text[at] == '0' ? run_end(at, 1) : run_end(at, 10);
}

double parse_float_literal(std::string_view digits) {
  std::string plain(digits);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  double value = 0;
  const auto error = std::from_chars(plain.data(), plain.data() + plain.size(), value).ec;
  if (error == std::errc::result_out_of_range) {
    return plain.find("e-") != std::string_view::npos || plain.find("E-") != std::string_view::npos
               ? 0.0
               : std::numeric_limits<double>::infinity();
  }
  return value;
}

bool parse_integer_literal(std::string_view digits, Integer& value) {
  const int base = marked_base(digits);
  if (base != 10) digits.remove_prefix(2);
  value = 0;
  for (const char c : digits) {
    if (c == '_') continue;
    if (__builtin_mul_overflow(value, Integer{base}, &value)) return false;
    if (__builtin_add_overflow(value, Integer{digit_value(c)}, &value)) return false;
  }
  return true;
}

std::string unescape(std::string_view text, std::string& error) {
  static constexpr std::string_view codes = "abfnrtv\\'\"";
  static constexpr std::string_view values = "\a\b\f\n\r\t\v\\'\"";
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out += text[at++];
      continue;
    }
    ++at;  // the lexer has made sure that a character follows
    const char code = text[at];
    if (const size_t simple = codes.find(code); simple != std::string_view::npos) {
      out += values[simple];
      ++at;
    } else if (code == '\n') {
      ++at;
    } else if (code >= '0' && code <= '7') {
      append_octal(out, text, at);
    } else if (code == 'x' || code == 'u' || code == 'U') {
      ++at;
      if (!append_hexadecimal(out, text, at, code == 'x' ? 2 : code == 'u' ? 4 : 8)) {
        error = std::string("a string has a bad \\") + code + " escape";
        return out;
      }
    } else if (code == 'N') {
      error = "\\N escapes in strings are not supported";
      return out;
    } else {
      append_unknown_escape(out, text, at);
    }
  }
  return out;
}

}  // namespace reckon::text::jinja
