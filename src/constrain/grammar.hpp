// A context-free grammar over bytes: what a front end (GBNF, regex, JSON schema) makes of a form, and what
// the matcher runs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "constrain/byte_set.hpp"
#include "constrain/char_set.hpp"

namespace reckon::constrain {

// A rule by its number, a byte set by the complement of its number.
using Symbol = int32_t;
using Sequence = std::vector<Symbol>;
inline constexpr Symbol kEndOfSequence = INT32_MAX;

// The number of the set that a symbol below 0 means.
constexpr size_t set_index(Symbol symbol) {
  const Symbol number = ~symbol;
  return static_cast<size_t>(number);
}

// All rules that the first one can reach, checked: each can be completed to a text, and none is
// left-recursive. So every text that the matcher lets begin can be brought to an end.
class Grammar {
 public:
  static constexpr uint32_t kRoot = 0;

  // Positions: places in the sequences, one behind the other, each with kEndOfSequence at its end.
  Symbol symbol(uint32_t position) const { return symbols_[position]; }
  // Where the alternatives of a rule begin.
  std::span<const uint32_t> alternatives(uint32_t rule) const {
    return std::span(starts_).subspan(rules_[rule], rules_[rule + 1] - rules_[rule]);
  }
  const ByteSet& bytes(Symbol symbol) const { return sets_[set_index(symbol)]; }

  // Bytes of the same class are in the same of the grammar's sets. \n and \r are alone in theirs.
  uint8_t byte_class(uint8_t byte) const { return classes_[byte]; }
  size_t class_count() const { return representatives_.size(); }
  uint8_t representative(size_t byte_class) const { return representatives_[byte_class]; }

  // The large sets of which one character stands somewhere in a text, the largest first.
  static constexpr size_t kMaxCharSets = 4;
  static constexpr uint8_t kNoCharSet = UINT8_MAX;
  std::span<const CharSet> char_sets() const { return char_sets_; }
  // The set of which a character begins at the position, kNoCharSet where none of these does.
  uint8_t char_set_at(uint32_t position) const { return char_set_at_[position]; }
  // Where that character ends. A set of one-byte characters is a byte set, any other one a rule.
  uint32_t char_end(uint32_t position) const {
    if (char_sets_[char_set_at_[position]].ranges().back().last < 0x80) return position + 1;
    while (symbols_[position] != kEndOfSequence) position++;
    return position;
  }

 private:
  friend class GrammarCompiler;

  std::vector<Symbol> symbols_;
  std::vector<uint32_t> starts_;
  std::vector<uint32_t> rules_;  // first of each rule's in starts_, and the end
  std::vector<ByteSet> sets_;
  std::array<uint8_t, 256> classes_{};
  std::vector<uint8_t> representatives_;
  std::vector<CharSet> char_sets_;
  std::vector<uint8_t> char_set_at_;  // by position
};

}  // namespace reckon::constrain
