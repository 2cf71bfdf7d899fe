#include <algorithm>

#include <reckon/answer.hpp>

#include "answer/answer_value.hpp"
#include "answer/brackets.hpp"
#include "answer/plain_math.hpp"
#include "answer/units.hpp"
#include "support/within_memory.hpp"
#include "text/ascii.hpp"

namespace reckon {
namespace {

bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

std::string_view trimmed(std::string_view text, std::string_view in_front, std::string_view behind) {
  const size_t begin = text.find_first_not_of(in_front);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(behind) + 1);
}

std::string_view without_blanks(std::string_view text) { return trimmed(text, " ", " "); }

// Where a number written in groups of three (1,000,000 or 1 000 000) that begins at `begin` ends; `begin` if
// there is none. Inside brackets a comma sets elements apart.
size_t grouped_end(std::string_view text, size_t begin, bool in_brackets) {
  const auto digit = [&](size_t at) { return at < text.size() && text::is_digit(text[at]); };
  size_t end = begin;
  while (digit(end) && end - begin < 4) end++;
  const char separator = end < text.size() ? text[end] : '\0';
  const bool can_be = end > begin && end - begin < 4 && text[begin] != '0' &&
                      (separator == ' ' || (separator == ',' && !in_brackets));
  if (!can_be) return begin;
  const size_t first = end;
  constexpr size_t kMostGroups = 16;  // a bound on how far each number looks ahead
  for (size_t i = 0; i < kMostGroups && end < text.size() && text[end] == separator && digit(end + 1) &&
                     digit(end + 2) && digit(end + 3);
       i++) {
    end += 4;
  }
  const bool other_group = end < text.size() && text[end] == separator && digit(end + 1);
  return end == first || digit(end) || other_group ? begin : end;
}

std::string without_grouping(std::string_view text) {
  std::string out;
  size_t depth = 0;
  for (size_t at = 0; at < text.size();) {
    const char before = at > 0 ? text[at - 1] : '\0';
    const bool number_begins =
        text::is_digit(text[at]) && !text::is_digit(before) && before != '.' && before != ',';
    const size_t end = number_begins ? grouped_end(text, at, depth > 0) : at;
    std::copy_if(text.begin() + static_cast<std::ptrdiff_t>(at),
                 text.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(out), text::is_digit);
    if (at != end) {
      at = end;
      continue;
    }
    if (opens(text[at])) depth++;
    if (closes(text[at]) && depth > 0) depth--;
    out += text[at++];
  }
  return out;
}

// "x = 5" and "12 + 30 = 42" say what stands behind the last sign; several statements are left alone.
std::string_view behind_equals(std::string_view text) {
  if (text.find(" or ") != std::string_view::npos || text.find(" and ") != std::string_view::npos)
    return text;
  size_t depth = 0, begin = 0;
  for (size_t at = 0; at < text.size(); at++) {
    if (opens(text[at])) depth++;
    if (closes(text[at]) && depth > 0) depth--;
    if (depth > 0) continue;
    if (text[at] == ',') return text;
    if (text[at] == '=') begin = at + 1;
  }
  const std::string_view result = without_blanks(text.substr(begin));
  return result.empty() ? text : result;
}

// Spaces say something between digits only.
std::string without_spaces(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); at++) {
    const bool between_digits =
        at > 0 && at + 1 < text.size() && text::is_digit(text[at - 1]) && text::is_digit(text[at + 1]);
    if (text[at] != ' ' || between_digits) out += text[at];
  }
  return out;
}

std::string normalised_item(std::string_view item) {
  item = without_blanks(item);
  if (std::optional<std::string> value = answer::answer_value(without_spaces(item))) return *value;
  const size_t unit = answer::unit_begin(item);
  if (unit != std::string_view::npos) {
    const std::string_view number = without_blanks(item.substr(0, unit));
    if (std::optional<std::string> value = answer::answer_value(without_spaces(number))) return *value;
  }
  return without_spaces(item);
}

// Each element of lists, and what stands around them.
std::string normalised_items(std::string_view text) {
  constexpr std::string_view kEnds{",[]{}\x01\x02"};
  static_assert(kEnds.find(answer::kListBegin) != kEnds.npos && kEnds.find(answer::kListEnd) != kEnds.npos);
  std::string out;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find_first_of(kEnds, at), text.size());
    out += normalised_item(text.substr(at, end - at));
    if (end < text.size()) {
      out += text[end] == answer::kListBegin ? '(' : text[end] == answer::kListEnd ? ')' : text[end];
    }
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string normalised_answer(std::string_view answer) {
  return support::within_memory([&] {
    const std::string plain = answer::plain_math(answer);
    const std::string ungrouped = without_grouping(trimmed(plain, " ,;:", " .,;:"));
    return normalised_items(answer::simplified_brackets(behind_equals(ungrouped)));
  });
}

}  // namespace reckon
