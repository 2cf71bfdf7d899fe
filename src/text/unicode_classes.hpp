// The four classes of characters that pre-tokenisers tell apart, by Unicode 16.0. The ranges are the
// project's own table and not the system library's: how a text splits must not depend on which version is
// installed.
#pragma once

#include <cstdint>
#include <span>

namespace reckon::text {

enum class CharClass : uint8_t {
  other,   // everything else: marks, punctuation, symbols, controls, unassigned
  letter,  // general category L*
  number,  // general category N*
  space,   // White_Space
};

CharClass char_class(char32_t code_point);

struct CodePointRange {
  char32_t first, last;
};

// Ascending, disjoint, not touching. Generated: unicode_ranges.cpp.
extern const std::span<const CodePointRange> kLetterRanges;
extern const std::span<const CodePointRange> kNumberRanges;
extern const std::span<const CodePointRange> kSpaceRanges;

}  // namespace reckon::text
