// Where a sequence said the same before, and what came next: an index over token histories (prompt lookup;
// Yang et al., 2023, "Inference with reference: lossless acceleration of large language models").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <reckon/model.hpp>

namespace reckon::run {

// The samples of one prompt share an index, so that each finds what the others said; a lone sequence has one
// to itself. Appending a token and looking one up cost the same however long the histories are. The table
// grows with them up to a bound, past which old runs of tokens give way to new ones.
class DraftIndex {
 public:
  static constexpr size_t kShortestMatch = 2;  // tokens
  static constexpr size_t kLongestMatch = 5;
  static constexpr size_t kMostBuckets = size_t{1} << 17;  // 6 MiB
  // Tokens of all histories; past these nothing is found any more.
  static constexpr size_t kMostTokens = size_t{1} << 23;  // 32 MiB

  // An earlier place where a history's last tokens stand.
  struct Match {
    size_t length;   // of the run of tokens that is the same, kShortestMatch to kLongestMatch
    size_t history;  // where it stands
    size_t end;      // tokens of that history up to its end; at least one more follows
  };

  // Histories are numbered from 0 on.
  explicit DraftIndex(size_t n_histories);

  void append(size_t history, TokenId token);
  void append(size_t history, std::span<const TokenId> tokens);
  size_t length(size_t history) const { return histories_[history].size(); }

  // The longest match of the history's end, up to kLongestMatch; of equally long ones its own before the
  // other histories', and of these the last one made. None where no token could follow.
  std::optional<Match> find(size_t history) const;
  // Up to `most` tokens that followed a match for `history`. Where they run into the end of that history
  // itself, what lies between is a period, which goes on.
  std::vector<TokenId> following(size_t history, const Match& match, size_t most) const;

  size_t bytes() const;  // of table and histories

 private:
  static constexpr size_t kWays = 4;
  struct Slot {
    uint32_t hash = 0;  // low bits
    uint32_t history = 0;
    uint32_t end = 0;  // 0: empty
  };
  struct Bucket {
    Slot slots[kWays];
  };
  // Hashes of a history's last kShortestMatch, ... kLongestMatch tokens; for the runs that exist.
  struct Hashes {
    uint64_t of[kLongestMatch + 1];  // by length
    size_t longest;
  };

  Hashes hash_end(const std::vector<TokenId>& tokens) const;
  void insert(uint64_t hash, size_t history, size_t end);
  void grow();
  const Slot* look_up(uint64_t hash, const std::vector<TokenId>& tokens, size_t length) const;

  std::vector<std::vector<TokenId>> histories_;
  std::vector<Bucket> buckets_;  // a power of two
  size_t n_tokens_ = 0;
  size_t n_slots_used_ = 0;
  size_t next_victim_ = 0;
};

}  // namespace reckon::run
