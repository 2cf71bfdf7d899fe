// The tokens that are made of the characters of one set.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "constrain/char_set.hpp"
#include "constrain/token_table.hpp"

namespace reckon::constrain {

// Where a form takes characters of a set one after the other (letters, the inside of a string), all these
// tokens are allowed as far as their length goes: no need to put them through the matcher one by one.
// Immutable.
class TokenRun {
 public:
  static constexpr size_t kLongest = 16;  // characters

  TokenRun(const TokenTable& table, const CharSet& set);

  // The tokens of at most `characters` characters, up to kLongest, all of them of the set: a bit each.
  std::span<const uint64_t> tokens(size_t characters) const { return tokens_[characters]; }
  // The other tokens; and those among them that could follow where nothing but the set can: longer ones, and
  // ones that end within a character.
  const TokenTrie& others() const { return others_; }
  const TokenTrie& undecided() const { return undecided_; }

 private:
  using Bits = std::vector<uint64_t>;
  struct Beginning {
    size_t characters;  // of the set, at most kLongest
    bool whole;         // there is nothing else
    bool cut;           // what follows is no character
  };
  Beginning beginning_of(std::string_view bytes, const CharSet& set) const;

  std::array<bool, 128> ascii_{};  // the set's
  std::array<Bits, kLongest + 1> tokens_;
  TokenTrie others_, undecided_;
};

}  // namespace reckon::constrain
