#include "text/unicode_classes.hpp"

#include <algorithm>

namespace reckon::text {

namespace {

bool contains(std::span<const CodePointRange> ranges, char32_t code_point) {
  auto after = std::upper_bound(ranges.begin(), ranges.end(), code_point,
                                [](char32_t c, const CodePointRange& r) { return c < r.first; });
  return after != ranges.begin() && code_point <= std::prev(after)->last;
}

}  // namespace

CharClass char_class(char32_t code_point) {
  if (contains(kLetterRanges, code_point)) return CharClass::letter;
  if (contains(kSpaceRanges, code_point)) return CharClass::space;
  if (contains(kNumberRanges, code_point)) return CharClass::number;
  return CharClass::other;
}

}  // namespace reckon::text
