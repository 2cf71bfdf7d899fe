// Attention of a batch's queries over the cache, one layer at a time.
//
// Positions are summed in chunks of kernels::kAttentionChunk, whose partial softmaxes are merged in order (as
// in Dao et al., 2022, "FlashAttention"), so a row's result does not depend on what else is in the batch. All
// query heads of a group, of a few rows of one sequence or of the same prefix of several, share every key and
// value read; which do is the plan's business.
#pragma once

#include "model/attention_plan.hpp"
#include "model/kv_layout.hpp"
#include "model/network.hpp"

namespace reckon::model {

class Attention {
 public:
  Attention(const Network& network, const KvLayout& layout);
  // Of the threads; partial states, which grow with the positions read, are small beside the cache.
  static uint64_t scratch_bytes(const Config& config, size_t n_threads);

  // Divides the batch into tiles; once per step.
  void plan(const Batch& batch);
  // q (n_rows, n_heads, head_dim), rotated. The rows' own keys and values are in the cache already.
  void run(size_t layer, const float* q);
  // out (n_heads, head_dim) of a row of the last run(), once. Thread-safe on different rows.
  void finish_row(size_t row, float* out) const;

 private:
  using Tile = AttentionTile;

  void sum_unit(const AttentionPlan::Unit& unit, size_t layer, const float* q, int thread) const;
  // ahead: another chunk follows, whose first block is fetched.
  void sum_chunk(const Tile& tile, size_t chunk, bool ahead, size_t layer, const float* q,
                 const kernels::AttentionPartial& result) const;
  const std::byte* block(const Tile& tile, size_t chunk, size_t index, size_t layer) const;
  void merge_row(const AttentionPlan::Part& part, size_t head, kernels::AttentionPartial& sum) const;
  const float* gather(const Tile& tile, const float* q, float* rows) const;
  // The tile's state number `index`.
  kernels::AttentionPartial state(const Tile& tile, size_t index) const;
  size_t n_rows(const Tile& tile) const { return tile.n_tokens * c_.group(); }
  size_t state_floats(size_t rows) const { return rows * (c_.head_dim + 2); }
  static size_t thread_floats(const Config& config);
  kernels::AttentionPartial partial_at(float* base, size_t rows) const {
    return {base, base + rows, base + 2 * rows};
  }

  const Network& net_;
  const Config& c_;
  KvLayout layout_;
  AttentionPlan plan_;
  support::AlignedBuffer states_;
  support::AlignedBuffer scratch_;  // (threads): gathered queries and one partial of the largest tile
};

}  // namespace reckon::model
