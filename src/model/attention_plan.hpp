// How a step's attention is divided into work: which rows read which chunks of positions together, and in
// which pieces the threads take it. Knows page tables and sizes, nothing of queries, keys and values.
//
// Positions come in chunks of kernels::kAttentionChunk. Where the page tables of several sequences begin with
// the same pages, as those of samples forked from one prompt do, all their rows are one tile over the chunks
// in common, so that each is read once; what is left of each sequence is covered by tiles of its own. Groups
// within groups (a preamble shared by all, a question by some) are found too. Only chunks that every row
// sees to their end are shared, and a row's chunks stay whole: sharing changes none of its bits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/batch.hpp"
#include "model/config.hpp"

namespace reckon::model {

// Rows of one KV head over a range of chunks.
struct AttentionTile {
  size_t first_token;       // in AttentionPlan::tokens()
  size_t n_tokens;          // batch rows, each with the query heads of the group
  std::byte* const* pages;  // page table; over these chunks the same pages for all tokens
  size_t kv_head;
  size_t first_chunk, last_chunk;
  size_t unit_chunks;  // chunks of a unit
  size_t n_states;     // 1: the chunks are merged as they are summed; else each chunk has its own
  size_t offset;       // of the first state, in floats

  size_t n_chunks() const { return last_chunk - first_chunk; }
};

class AttentionPlan {
  static constexpr size_t kOwnTokens = 16;    // of one sequence's tile
  static constexpr size_t kSharedRows = 384;  // queries of a tile of several sequences

 public:
  // Most queries of a tile, of any model.
  static constexpr size_t kMaxRows = std::max(kOwnTokens * kMaxHeads, kSharedRows);

  // A tile's place in a row's positions: the tile of KV head 0 (the other heads' follow it) and the row's
  // index among its tokens.
  struct Part {
    size_t tile, token;
  };
  // What a thread takes at a time: chunks of a tile.
  struct Unit {
    size_t tile, first_chunk, last_chunk;
  };

  // group: query heads per KV head; state_floats: size of the partial state of one query.
  AttentionPlan(size_t n_kv_heads, size_t group, size_t state_floats, size_t n_threads);

  // The batch's page tables must stay where they are until the next make().
  void make(const Batch& batch);

  const std::vector<AttentionTile>& tiles() const { return tiles_; }
  const std::vector<Unit>& units() const { return units_; }
  const std::vector<uint32_t>& tokens() const { return tokens_; }  // the tiles' batch rows
  // The tiles that cover a row's positions, first to last.
  const std::vector<Part>& parts(size_t row) const { return parts_[row]; }
  size_t position(size_t row) const { return positions_[row]; }
  size_t state_floats() const { return total_state_floats_; }  // of all tiles
  // Most queries (tokens x group) of a tile, of a model.
  static size_t max_rows(size_t group) { return std::max(kOwnTokens, shared_tokens(group)) * group; }

 private:
  // Tiles of more than this part of a thread's share of the step are split into units of that size: one chunk
  // after the other streams better.
  static constexpr size_t kUnitsPerThread = 8;

  using Segments = std::span<const Segment*>;

  // Most tokens of a tile of several sequences.
  static size_t shared_tokens(size_t group) { return std::max<size_t>(1, kSharedRows / group); }

  void cover(Segments segments, size_t chunk);
  void add_own_tiles(const Segment& segment, size_t chunk);
  void add_shared_tiles(Segments segments, size_t chunk, size_t last_chunk);
  // Of the tokens from first_token on.
  void add_tile(size_t first_token, const Segment& pages_of, size_t chunk, size_t last_chunk);
  void place_states();
  void cut_units();
  size_t work(const AttentionTile& t) const { return t.n_tokens * t.n_chunks(); }

  size_t n_kv_heads_, group_, row_state_floats_, n_threads_;
  size_t total_state_floats_ = 0;
  std::vector<AttentionTile> tiles_;
  std::vector<Unit> units_;
  std::vector<uint32_t> tokens_;
  std::vector<std::vector<Part>> parts_;  // (n_rows)
  std::vector<size_t> positions_;         // (n_rows)
  std::vector<const Segment*> segments_;
};

}  // namespace reckon::model
