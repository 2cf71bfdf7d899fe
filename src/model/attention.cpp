#include "model/attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace reckon::model {
namespace {

using kernels::AttentionPartial;
using kernels::kAttentionChunk;
using kernels::kKvBlockPositions;

// Below this many tiles per thread, chunks become units of their own.
constexpr size_t kTilesPerThread = 8;

size_t chunks_for(size_t positions) { return (positions + kAttentionChunk - 1) / kAttentionChunk; }

}  // namespace

Attention::Attention(const Network& network, const KvLayout& layout)
    : net_(network), c_(network.config), layout_(layout) {
  size_t rows = kTileTokens * c_.group();
  size_t per_thread = rows * c_.head_dim + state_floats(rows);
  scratch_ = support::AlignedBuffer(static_cast<size_t>(net_.pool->size()) * per_thread * sizeof(float),
                                    "the working memory of attention");
}

void Attention::plan(const Batch& batch) {
  plan_tiles(batch);
  bool split = tiles_.size() < kTilesPerThread * static_cast<size_t>(net_.pool->size());
  size_t floats = 0;
  units_.clear();
  for (size_t i = 0; i < tiles_.size(); i++) {
    Tile& t = tiles_[i];
    t.n_states = split ? t.n_chunks : 1;
    t.offset = floats;
    floats += t.n_states * state_floats(n_rows(t));
    size_t step = split ? 1 : t.n_chunks;
    for (size_t chunk = 0; chunk < t.n_chunks; chunk += step) units_.push_back({i, chunk, chunk + step});
  }
  if (floats * sizeof(float) > states_.size()) {
    states_ = support::AlignedBuffer(floats * sizeof(float) * 3 / 2, "the working memory of attention");
  }
}

void Attention::plan_tiles(const Batch& batch) {
  tiles_.clear();
  row_tile_.resize(batch.tokens.size());
  for (const Segment& s : batch.segments) {
    for (size_t i = 0; i < s.n_rows; i += kTileTokens) {
      size_t n = std::min(kTileTokens, s.n_rows - i);
      for (size_t t = 0; t < n; t++) row_tile_[s.first_row + i + t] = tiles_.size();
      for (size_t head = 0; head < c_.n_kv_heads; head++) {
        tiles_.push_back({s, s.first_row + i, n, head, chunks_for(s.first_position + i + n), 0, 0});
      }
    }
  }
}

void Attention::run(size_t layer, const float* q) {
  net_.pool->run(units_.size(), [&](size_t unit, int thread) { sum_unit(units_[unit], layer, q, thread); });
}

AttentionPartial Attention::state(const Tile& tile, size_t index) const {
  size_t rows = n_rows(tile);
  return partial_at(states_.as<float>() + tile.offset + index * state_floats(rows), rows);
}

// The tile's queries as (n_tokens, group, head_dim); one token's lie together already.
const float* Attention::gather(const Tile& tile, const float* q, float* rows) const {
  size_t token_floats = c_.group() * c_.head_dim;
  const float* first = q + tile.first_row * c_.q_dim() + tile.kv_head * token_floats;
  if (tile.n_tokens == 1) return first;
  for (size_t t = 0; t < tile.n_tokens; t++) {
    std::memcpy(rows + t * token_floats, first + t * c_.q_dim(), token_floats * sizeof(float));
  }
  return rows;
}

void Attention::sum_unit(const Unit& unit, size_t layer, const float* q, int thread) const {
  const Tile& tile = tiles_[unit.tile];
  size_t rows = n_rows(tile), full = kTileTokens * c_.group();
  float* scratch =
      scratch_.as<float>() + static_cast<size_t>(thread) * (full * c_.head_dim + state_floats(full));
  const float* queries = gather(tile, q, scratch);
  AttentionPartial sum = state(tile, tile.n_states == 1 ? 0 : unit.first_chunk);
  AttentionPartial next = partial_at(scratch + full * c_.head_dim, rows);
  sum_chunk(tile, unit.first_chunk, layer, queries, sum);
  for (size_t chunk = unit.first_chunk + 1; chunk < unit.last_chunk; chunk++) {
    sum_chunk(tile, chunk, layer, queries, next);
    net_.kernels->attend_merge(sum, next, rows, c_.head_dim);
  }
}

void Attention::sum_chunk(const Tile& tile, size_t chunk, size_t layer, const float* q,
                          const AttentionPartial& result) const {
  uint32_t visible[kTileTokens * kMaxHeads];
  const std::byte* blocks[kAttentionChunk / kKvBlockPositions];
  size_t start = chunk * kAttentionChunk, group = c_.group(), most = 0;
  for (size_t t = 0; t < tile.n_tokens; t++) {
    size_t end = tile.segment.first_position + (tile.first_row - tile.segment.first_row) + t + 1;
    size_t n = end > start ? std::min(end - start, kAttentionChunk) : 0;
    std::fill_n(visible + t * group, group, static_cast<uint32_t>(n));
    most = std::max(most, n);
  }
  size_t first_page = start / kKvBlockPositions;
  for (size_t b = 0; b * kKvBlockPositions < most; b++) {
    blocks[b] = tile.segment.pages[first_page + b] + layout_.offset(layer, tile.kv_head);
  }
  net_.kernels->attend_chunk({.q = q,
                              .q_stride = c_.head_dim,
                              .n_visible = visible,
                              .n_rows = n_rows(tile),
                              .head_dim = c_.head_dim,
                              .kv_type = layout_.type,
                              .blocks = blocks,
                              .scale = 1.0f / std::sqrt(static_cast<float>(c_.head_dim))},
                             result);
}

void Attention::finish_row(size_t row, float* out) const {
  size_t group = c_.group(), hd = c_.head_dim;
  for (size_t head = 0; head < c_.n_kv_heads; head++) {
    const Tile& tile = tiles_[row_tile_[row] + head];
    size_t r = (row - tile.first_row) * group;
    auto rows_of = [&](size_t index) {
      AttentionPartial s = state(tile, index);
      return AttentionPartial{s.max + r, s.sum + r, s.out + r * hd};
    };
    AttentionPartial sum = rows_of(0);
    for (size_t i = 1; i < tile.n_states; i++) net_.kernels->attend_merge(sum, rows_of(i), group, hd);
    net_.kernels->attend_finish(sum, group, hd, out + head * group * hd, hd);
  }
}

}  // namespace reckon::model
