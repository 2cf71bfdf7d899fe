// What a stored cache says besides the cache's own bytes, as bytes and back. Reading trusts nothing: it gives
// a record that is consistent in itself, or an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <reckon/model.hpp>
#include <reckon/saved_session.hpp>
#include <reckon/thinking.hpp>

#include "store/binary.hpp"

namespace reckon::store {

// What the bytes of a cache depend on: they are of use where all of this is the same.
struct CacheKind {
  // Changes with the layout of a page and with the arithmetic that fills it.
  static constexpr uint32_t kLayoutVersion = 1;

  std::string model_identity;  // Model::identity()
  CacheType cache_type = CacheType::f16;
  uint32_t layout_version = kLayoutVersion;
  uint64_t page_positions = 0;
  uint64_t page_bytes = 0;

  // In words, how `found` differs from this; empty if it does not.
  std::string difference(const CacheKind& found) const;
};

// A generation that has not come to its end: all of its state follows from its tokens and this.
struct OpenTurn {
  uint64_t prompt_tokens = 0;  // of the tokens: what follows them was generated
  bool starts_in_thought = false;
  uint64_t seed = 0;
  uint64_t draws = 0;         // random numbers used
  uint64_t added_budget = 0;  // tokens by which the thought's budget was raised
  // Generated tokens that were put in to close the thought: from the first of them on, so many. Why.
  uint64_t inserted_begin = 0;
  uint64_t inserted = 0;
  ThoughtEnd thought_end = ThoughtEnd::none;
};

struct CacheState {
  CacheKind kind;
  std::vector<TokenId> tokens;           // of the sequence; of an open turn, those not yet computed too
  uint64_t positions = 0;                // tokens the cache holds: the first ones
  std::optional<OpenTurn> open_turn;     // sessions only
  std::vector<uint64_t> page_checksums;  // (ceil(positions / kind.page_positions))

  uint64_t page_count() const { return page_checksums.size(); }
};

BinaryWriter encode(const SavedText& text);
BinaryWriter encode(const CacheState& state);

// Throw Error(malformed_file) naming `file`.
SavedText decode_text(std::span<const std::byte> bytes, const std::string& file);
CacheState decode_state(std::span<const std::byte> bytes, const std::string& file);

}  // namespace reckon::store
