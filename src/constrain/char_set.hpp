// A set of Unicode characters, and how UTF-8 spells them.
#pragma once

#include <compare>
#include <vector>

#include "constrain/byte_set.hpp"

namespace reckon::constrain {

inline constexpr char32_t kLastCharacter = 0x10FFFF;

struct CharRange {
  char32_t first, last;  // inclusive
  auto operator<=>(const CharRange&) const = default;
};

// Scalar values only: surrogates are left out whatever is added.
class CharSet {
 public:
  CharSet() = default;
  CharSet(std::initializer_list<CharRange> ranges);

  void add(char32_t first, char32_t last);
  void add(const CharSet& other);
  CharSet complement() const;
  CharSet without(const CharSet& other) const;
  CharSet common(const CharSet& other) const;
  bool contains(char32_t c) const;
  bool empty() const { return ranges().empty(); }
  bool operator==(const CharSet& other) const { return ranges() == other.ranges(); }
  // Ascending, disjoint, not touching.
  const std::vector<CharRange>& ranges() const&;
  void ranges() && = delete;

 private:
  static constexpr size_t kFewRanges = 1024;
  void append(CharRange range);

  mutable std::vector<CharRange> ranges_;
  mutable size_t normal_ = 0;  // so many of the first are as ranges() gives them
  size_t full_ = kFewRanges;   // ranges from which on it pays to make them normal
};

// The spellings of a set's characters: each is a sequence of byte sets of which every combination spells one
// character of the set; no two of them spell the same.
std::vector<std::vector<ByteSet>> utf8_spellings(const CharSet& set);

}  // namespace reckon::constrain
