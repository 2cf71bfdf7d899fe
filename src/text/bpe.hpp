// Byte-pair encoding: a word's bytes become one symbol each, then the adjacent pair of the lowest rank (the
// leftmost of equals) is merged into one symbol until no pair has a rank.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "text/flat_map.hpp"
#include "text/vocabulary.hpp"

namespace reckon::text {

struct Merge {
  TokenId left, right, merged;
};

// The merges, by rank and by pair.
class MergeTable {
 public:
  static constexpr uint32_t kNone = FlatMap::kNone;

  explicit MergeTable(size_t n_merges);
  // The next rank's. False if the pair has a rank already. At most the n_merges of the constructor.
  bool append(const Merge& merge);

  uint32_t find(TokenId left, TokenId right) const { return ranks_.find(pair_key(left, right)); }
  const Merge& operator[](uint32_t rank) const { return merges_[rank]; }
  size_t size() const { return merges_.size(); }

 private:
  static uint64_t pair_key(TokenId left, TokenId right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }

  std::vector<Merge> merges_;
  FlatMap ranks_;
};

// What encoding needs: shared between threads, never changed.
struct BpeTables {
  MergeTable merges;
  std::array<TokenId, 256> byte_tokens;
  std::vector<uint32_t> lengths;  // of each token in bytes; at least of all that merges make
};

// Words up to here are merged by looking at all pairs each time, which is quadratic, but quickest on short
// ones.
inline constexpr size_t kShortWordBytes = 48;

void merge_short_word(const BpeTables& tables, std::string_view word, std::vector<TokenId>& out);

// n log n at worst for any word and any merges. Pairs wait in one bucket per rank; the buckets are emptied in
// the order of their ranks, each from left to right. One object serves many words, keeping its memory.
class LongWordMerger {
 public:
  explicit LongWordMerger(const BpeTables& tables) : tables_(tables) {}
  // word.size() < 2^32
  void merge(std::string_view word, std::vector<TokenId>& out);

 private:
  // Positions of pairs of one rank. Those that come while the bucket is being emptied are kept in a heap
  // beside the sorted ones, so that none of them costs more than a logarithm.
  struct Bucket {
    std::vector<uint32_t> sorted;
    std::vector<uint32_t> late;
    size_t next = 0;  // of `sorted`
    bool open = false;
    bool is_empty() const { return next == sorted.size() && late.empty(); }
    void push(uint32_t position);
    uint32_t pop_leftmost();
    void reset();
  };
  static constexpr uint32_t kNoBucket = std::numeric_limits<uint32_t>::max();

  void start(std::string_view word);
  void push_pair(uint32_t left_start, uint32_t right_start);
  void apply(const Merge& merge, uint32_t position);
  void close_bucket(uint32_t rank);

  const BpeTables& tables_;
  std::vector<TokenId> symbols_;  // a symbol's token at its first and at its last byte; between: kInside
  std::vector<uint32_t> bucket_of_rank_;  // kNoBucket: no pair of this rank waits
  std::vector<Bucket> buckets_;
  std::vector<uint32_t> free_buckets_;
  std::vector<uint32_t> ranks_;  // a min-heap of the ranks that have a bucket
};

}  // namespace reckon::text
