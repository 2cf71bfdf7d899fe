#include "answer/units.hpp"

#include <array>

#include "support/contains.hpp"
#include "text/ascii.hpp"
#include "text/unicode_classes.hpp"
#include "text/utf8.hpp"

namespace reckon::answer {
namespace {

using namespace std::string_view_literals;

constexpr auto kLetters = std::to_array({"c"sv, "f"sv, "g"sv, "h"sv, "l"sv, "m"sv, "s"sv});
constexpr auto kShort = std::to_array(
    {"cm"sv, "mm"sv, "km"sv,  "nm"sv,  "ft"sv,  "yd"sv,  "mi"sv,  "kg"sv,  "mg"sv,  "lb"sv,  "oz"sv,
     "ml"sv, "dl"sv, "cl"sv,  "hr"sv,  "ms"sv,  "hz"sv,  "kw"sv,  "kb"sv,  "mb"sv,  "gb"sv,  "tb"sv,
     "sq"sv, "cu"sv, "per"sv, "mph"sv, "kph"sv, "rpm"sv, "lbs"sv, "hrs"sv, "min"sv, "sec"sv, "deg"sv});
// Words that make another number or more than one of it, and names of functions.
constexpr auto kOthers = std::to_array(
    {"and"sv,     "arccos"sv,  "arcsin"sv,   "arctan"sv,    "base"sv,     "billion"sv,  "choose"sv,
     "cos"sv,     "cot"sv,     "csc"sv,      "divided"sv,   "dozen"sv,    "exp"sv,      "factorial"sv,
     "for"sv,     "half"sv,    "halves"sv,   "hundred"sv,   "inf"sv,      "infinity"sv, "log"sv,
     "million"sv, "minus"sv,   "mod"sv,      "modulo"sv,    "nor"sv,      "not"sv,      "over"sv,
     "plus"sv,    "quarter"sv, "quarters"sv, "remainder"sv, "sin"sv,      "sqrt"sv,     "squared"sv,
     "cubed"sv,   "tan"sv,     "third"sv,    "thirds"sv,    "thousand"sv, "trillion"sv, "when"sv,
     "where"sv});

// Bytes of the letter at text[at], 0 if none is there.
size_t letter(std::string_view text, size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return text[at] >= 'a' && text[at] <= 'z' ? 1 : 0;
  const text::Utf8Unit unit = text::decode_utf8(text, at);
  return unit.valid && text::char_class(unit.code_point) == text::CharClass::letter ? unit.length : 0;
}

// The e of 1e3 belongs to the number.
bool is_exponent_mark(std::string_view text, size_t at) {
  if (text[at] != 'e' || at == 0 || !text::is_digit(text[at - 1])) return false;
  const size_t sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+') ? 1 : 0;
  return at + 1 + sign < text.size() && text::is_digit(text[at + 1 + sign]);
}

size_t first_letter(std::string_view text) {
  for (size_t at = 0; at < text.size(); at++) {
    if (letter(text, at) > 0 && !is_exponent_mark(text, at)) return at;
  }
  return std::string_view::npos;
}

bool is_unit_word(std::string_view word, bool after_space) {
  if (support::contains(kShort, word)) return true;
  constexpr size_t kShortestOther = 3;
  return after_space && (support::contains(kLetters, word) ||
                         (word.size() >= kShortestOther && !support::contains(kOthers, word)));
}

// ^2, ^-1 behind a unit.
size_t skip_power(std::string_view text, size_t at) {
  if (at == text.size() || text[at] != '^') return at;
  const size_t digits = at + (at + 1 < text.size() && text[at + 1] == '-' ? 2 : 1);
  size_t end = digits;
  while (end < text.size() && text::is_digit(text[end])) end++;
  return end == digits ? at : end;
}

}  // namespace

size_t unit_begin(std::string_view text) {
  const size_t begin = first_letter(text);
  if (begin == std::string_view::npos || begin == 0) return std::string_view::npos;
  for (size_t at = begin; at < text.size();) {
    const size_t word = at;
    while (at < text.size() && letter(text, at) > 0) at += letter(text, at);
    if (!is_unit_word(text.substr(word, at - word), word > begin || text[begin - 1] == ' ')) {
      return std::string_view::npos;
    }
    at = skip_power(text, at);
    while (at < text.size() && " ./*-"sv.find(text[at]) != std::string_view::npos) at++;
  }
  return begin;
}

}  // namespace reckon::answer
