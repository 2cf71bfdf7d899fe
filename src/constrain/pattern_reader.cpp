#include "constrain/pattern_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <reckon/error.hpp>

#include "constrain/grammar_builder.hpp"
#include "text/ascii.hpp"
#include "text/utf8.hpp"

namespace reckon::constrain {
namespace {

int hex_value(char c) {
  if (text::is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

PatternReader::PatternReader(std::string form, std::string_view text) : form_(std::move(form)), text_(text) {
  for (size_t at = 0; at < text.size();) {
    const text::Utf8Unit unit = text::decode_utf8(text, at);
    if (!unit.valid)
      fail_at(at, fmt::format("byte 0x{:02X}; expected UTF-8", static_cast<uint32_t>(unit.code_point)));
    at += unit.length;
  }
}

bool PatternReader::take(std::string_view text) {
  if (!looking_at(text)) return false;
  at_ += text.size();
  return true;
}

char32_t PatternReader::take_character() {
  const text::Utf8Unit unit = text::decode_utf8(text_, at_);
  at_ += unit.length;
  return unit.code_point;
}

std::string_view PatternReader::take_while(bool (*wanted)(char)) {
  const size_t begin = at_;
  while (!at_end() && wanted(text_[at_])) at_++;
  return text_.substr(begin, at_ - begin);
}

void PatternReader::fail_at(size_t position, const std::string& what) const {
  const std::string_view before = text_.substr(0, position);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::string_view in_line = before.substr(before.rfind('\n') + 1);  // npos + 1 == 0
  const auto column =
      1 + std::count_if(in_line.begin(), in_line.end(), [](char c) { return (c & 0xC0) != 0x80; });
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{}: line {}, column {}: {}", form_, line, column, what));
}

char32_t PatternReader::take_hex(size_t digits) {
  const size_t begin = at_;
  char32_t value = 0;
  for (size_t i = 0; i < digits; i++, at_++) {
    const int digit = hex_value(peek());
    if (digit < 0) fail(fmt::format("expected {} hexadecimal digits", digits));
    value = value << 4 | static_cast<char32_t>(digit);
  }
  return check_character(value, begin);
}

char32_t PatternReader::check_character(char32_t c, size_t position) const {
  if (c > kLastCharacter || (c >= 0xD800 && c <= 0xDFFF)) {
    fail_at(position, fmt::format("U+{:04X} is no character; expected at most U+10FFFF and no surrogate",
                                  static_cast<uint32_t>(c)));
  }
  return c;
}

uint32_t PatternReader::take_number() {
  const size_t begin = at_;
  const std::string_view digits = take_while(text::is_digit);
  if (digits.empty()) fail("expected a number");
  uint32_t value = 0;
  for (char d : digits) {
    value = value * 10 + static_cast<uint32_t>(d - '0');
    if (value > kMaxCount)
      fail_at(begin, fmt::format("a count of {}; expected at most {}", digits.substr(0, 24), kMaxCount));
  }
  return value;
}

bool take_repetition(PatternReader& reader, Repetition& repetition) {
  if (reader.take("*")) return repetition = {0, kUnlimited}, true;
  if (reader.take("+")) return repetition = {1, kUnlimited}, true;
  if (reader.take("?")) return repetition = {0, 1}, true;
  const size_t begin = reader.position();
  if (!reader.take("{")) return false;
  repetition.least = reader.peek() == ',' ? 0 : reader.take_number();
  repetition.most = repetition.least;
  if (reader.take(",")) repetition.most = reader.peek() == '}' ? kUnlimited : reader.take_number();
  if (!reader.take("}")) reader.fail("expected } after the counts of a repetition");
  if (repetition.least > repetition.most) {
    reader.fail_at(
        begin, fmt::format("{{{},{}}}; expected the greater count last", repetition.least, repetition.most));
  }
  return true;
}

}  // namespace reckon::constrain
