#include "text/pretokenizer.hpp"

#include <array>

#include "text/unicode_classes.hpp"
#include "text/utf8.hpp"

namespace reckon::text {

namespace {

constexpr std::array<CharClass, 128> kAsciiClasses = [] {
  std::array<CharClass, 128> classes{};
  for (int c = 0; c < 128; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    classes[c] = letter                 ? CharClass::letter
                 : c >= '0' && c <= '9' ? CharClass::number
                 : space                ? CharClass::space
                                        : CharClass::other;
  }
  return classes;
}();

struct Unit {
  char32_t code_point;
  CharClass char_class;
  size_t end;  // where the next unit starts
};

Unit non_ascii_unit_at(std::string_view text, size_t at) {
  const Utf8Unit unit = decode_utf8(text, at);
  return {unit.code_point, unit.valid ? char_class(unit.code_point) : CharClass::other, at + unit.length};
}

// at < text.size()
Unit unit_at(std::string_view text, size_t at) {
  const auto byte = static_cast<uint8_t>(text[at]);
  return byte < 0x80 ? Unit{byte, kAsciiClasses[byte], at + 1} : non_ascii_unit_at(text, at);
}

bool starts_class(std::string_view text, size_t at, CharClass wanted) {
  return at < text.size() && unit_at(text, at).char_class == wanted;
}

// The end of the run of at most `limit` characters of one class that starts at `at`.
size_t skip_class(std::string_view text, size_t at, CharClass wanted, size_t limit = SIZE_MAX) {
  while (at < text.size() && limit-- > 0) {
    const Unit unit = unit_at(text, at);
    if (unit.char_class != wanted) break;
    at = unit.end;
  }
  return at;
}

bool is_newline(char32_t c) { return c == '\r' || c == '\n'; }

size_t skip_newlines(std::string_view text, size_t at) {
  while (at < text.size() && is_newline(text[at])) ++at;
  return at;
}

// The end of 's 't 're 've 'm 'll 'd where `at` is behind the apostrophe, or 0 if there is none of them.
size_t contraction_end(std::string_view text, size_t at, bool any_case) {
  auto letter_at = [&](size_t i) -> char {
    if (i >= text.size()) return 0;
    const char c = text[i];
    return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  switch (letter_at(at)) {
    case 's':
    case 't':
    case 'm':
    case 'd': return at + 1;
    case 'r':
    case 'v': return letter_at(at + 1) == 'e' ? at + 2 : 0;
    case 'l': return letter_at(at + 1) == 'l' ? at + 2 : 0;
  }
  // U+017F, the long s, is the one letter outside ASCII that folds to one of these.
  return any_case && text.substr(at).starts_with("\u017F") ? at + 2 : 0;
}

// \s*[\r\n]+ (only with `by_lines`), \s+(?!\S), \s+ in this order; text[start] is a space.
size_t space_end(std::string_view text, size_t start, bool by_lines) {
  size_t at = start, last_start = start, newline_end = 0;
  while (at < text.size()) {
    const Unit unit = unit_at(text, at);
    if (unit.char_class != CharClass::space) break;
    last_start = at;
    at = unit.end;
    if (is_newline(unit.code_point)) newline_end = at;
  }
  if (by_lines && newline_end != 0) return newline_end;
  if (at == text.size() || last_start == start) return at;
  return last_start;  // the last space belongs to what follows
}

size_t gpt2_word_end(std::string_view text, size_t start) {
  const Unit first = unit_at(text, start);
  if (first.code_point == '\'') {
    if (size_t end = contraction_end(text, first.end, false)) return end;
  }
  Unit body = first;
  if (first.code_point == ' ' && first.end < text.size()) body = unit_at(text, first.end);
  if (body.char_class == CharClass::space) return space_end(text, start, false);
  return skip_class(text, body.end, body.char_class);
}

size_t qwen2_word_end(std::string_view text, size_t start, int max_digits) {
  const Unit first = unit_at(text, start);
  if (first.code_point == '\'') {
    if (size_t end = contraction_end(text, first.end, true)) return end;
  }
  if (first.char_class == CharClass::letter) return skip_class(text, first.end, CharClass::letter);
  if (first.char_class == CharClass::number) {
    return skip_class(text, first.end, CharClass::number, static_cast<size_t>(max_digits - 1));
  }
  if (!is_newline(first.code_point) && starts_class(text, first.end, CharClass::letter)) {
    return skip_class(text, first.end, CharClass::letter);
  }
  const bool after_blank = first.code_point == ' ' && starts_class(text, first.end, CharClass::other);
  if (first.char_class == CharClass::other || after_blank) {
    return skip_newlines(text, skip_class(text, first.end, CharClass::other));
  }
  return space_end(text, start, true);
}

}  // namespace

struct Pretokenizer::Named {
  std::string_view name;
  Pretokenizer pretokenizer;
  static const std::array<Named, 4> all;
};

const std::array<Pretokenizer::Named, 4> Pretokenizer::Named::all = {{
    {"deepseek-r1-qwen", {Rule::qwen2, 1, false}},
    {"qwen2", {Rule::qwen2, 1, false}},
    {"llama-bpe", {Rule::qwen2, 3, true}},
    {"gpt-2", {Rule::gpt2, 0, false}},
}};

std::optional<Pretokenizer> Pretokenizer::find(std::string_view name) {
  for (const Named& n : Named::all) {
    if (n.name == name) return n.pretokenizer;
  }
  return std::nullopt;
}

std::string Pretokenizer::known_names() {
  std::string names;
  for (const Named& n : Named::all) names.append(names.empty() ? "" : ", ").append(n.name);
  return names;
}

size_t Pretokenizer::word_end(std::string_view text, size_t start) const {
  return rule_ == Rule::gpt2 ? gpt2_word_end(text, start) : qwen2_word_end(text, start, max_digits_);
}

}  // namespace reckon::text
