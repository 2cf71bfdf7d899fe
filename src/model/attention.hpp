// Attention of a batch's queries over the cache, one layer at a time.
//
// Positions are summed in chunks of kernels::kAttentionChunk, whose partial softmaxes are merged in order (as
// in Dao et al., 2022, "FlashAttention"), so a row's result does not depend on what else is in the batch. A
// tile is a few rows of one sequence and one KV head: all query heads of the group share every key and value
// read.
#pragma once

#include <vector>

#include "model/batch.hpp"
#include "model/kv_layout.hpp"
#include "model/network.hpp"

namespace reckon::model {

class Attention {
 public:
  Attention(const Network& network, const KvLayout& layout);

  // Divides the batch into tiles; once per step.
  void plan(const Batch& batch);
  // q (n_rows, n_heads, head_dim), rotated. The rows' own keys and values are in the cache already.
  void run(size_t layer, const float* q);
  // out (n_heads, head_dim) of a row of the last run(). Thread-safe on different rows.
  void finish_row(size_t row, float* out) const;

 private:
  static constexpr size_t kTileTokens = 8;

  struct Tile {
    Segment segment;
    size_t first_row;  // in the batch
    size_t n_tokens;   // 1..kTileTokens
    size_t kv_head;
    size_t n_chunks;  // that the last token sees
    size_t n_states;  // 1: the chunks are merged as they are summed; n_chunks: each has its own, merged at
                      // the end
    size_t offset;    // of the first state in states_, in floats
  };
  struct Unit {
    size_t tile;
    size_t first_chunk, last_chunk;
  };

  void plan_tiles(const Batch& batch);
  void sum_unit(const Unit& unit, size_t layer, const float* q, int thread) const;
  void sum_chunk(const Tile& tile, size_t chunk, size_t layer, const float* q,
                 const kernels::AttentionPartial& result) const;
  const float* gather(const Tile& tile, const float* q, float* rows) const;
  kernels::AttentionPartial state(const Tile& tile, size_t index) const;
  size_t n_rows(const Tile& tile) const { return tile.n_tokens * c_.group(); }
  size_t state_floats(size_t rows) const { return rows * (c_.head_dim + 2); }
  kernels::AttentionPartial partial_at(float* base, size_t rows) const {
    return {base, base + rows, base + 2 * rows};
  }

  const Network& net_;
  const Config& c_;
  KvLayout layout_;
  std::vector<Tile> tiles_;  // by segment, then rows, then KV head
  std::vector<Unit> units_;
  std::vector<size_t> row_tile_;  // (n_rows): the row's tile of KV head 0
  support::AlignedBuffer states_;
  support::AlignedBuffer scratch_;  // (threads): gathered queries and one partial of a full tile
};

}  // namespace reckon::model
