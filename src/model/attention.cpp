#include "model/attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace reckon::model {
namespace {

using kernels::AttentionPartial;
using kernels::kAttentionChunk;
using kernels::kKvBlockPositions;

}  // namespace

Attention::Attention(const Network& network, const KvLayout& layout)
    : net_(network),
      c_(network.config),
      layout_(layout),
      plan_(c_.n_kv_heads, c_.group(), c_.head_dim + 2, static_cast<size_t>(net_.pool->size())) {
  scratch_ = support::AlignedBuffer(scratch_bytes(c_, static_cast<size_t>(net_.pool->size())),
                                    "the working memory of attention");
}

// Gathered queries and their partial state.
size_t Attention::thread_floats(const Config& c) {
  return AttentionPlan::max_rows(c.group()) * (2 * c.head_dim + 2);
}

uint64_t Attention::scratch_bytes(const Config& c, size_t n_threads) {
  return n_threads * thread_floats(c) * sizeof(float);
}

void Attention::plan(const Batch& batch) {
  plan_.make(batch);
  size_t bytes = plan_.state_floats() * sizeof(float);
  if (bytes > states_.size()) {
    states_ = support::AlignedBuffer(bytes * 3 / 2, "the working memory of attention");
  }
}

void Attention::run(size_t layer, const float* q) {
  net_.pool->run(plan_.units().size(),
                 [&](size_t unit, int thread) { sum_unit(plan_.units()[unit], layer, q, thread); });
}

AttentionPartial Attention::state(const Tile& tile, size_t index) const {
  size_t rows = n_rows(tile);
  return partial_at(states_.as<float>() + tile.offset + index * state_floats(rows), rows);
}

// The tile's queries as (n_tokens, group, head_dim); one token's lie together already.
const float* Attention::gather(const Tile& tile, const float* q, float* rows) const {
  const size_t token_floats = c_.group() * c_.head_dim;
  const uint32_t* tokens = plan_.tokens().data() + tile.first_token;
  const float* head = q + tile.kv_head * token_floats;
  if (tile.n_tokens == 1) return head + tokens[0] * c_.q_dim();
  for (size_t t = 0; t < tile.n_tokens; t++) {
    std::memcpy(rows + t * token_floats, head + tokens[t] * c_.q_dim(), token_floats * sizeof(float));
  }
  return rows;
}

void Attention::sum_unit(const AttentionPlan::Unit& unit, size_t layer, const float* q, int thread) const {
  const Tile& tile = plan_.tiles()[unit.tile];
  const size_t rows = n_rows(tile);
  float* scratch = scratch_.as<float>() + static_cast<size_t>(thread) * thread_floats(c_);
  const float* queries = gather(tile, q, scratch);
  const AttentionPartial next = partial_at(scratch + rows * c_.head_dim, rows);
  for (size_t chunk = unit.first_chunk; chunk < unit.last_chunk; chunk++) {
    const size_t index = chunk - tile.first_chunk;
    const bool ahead = chunk + 1 < unit.last_chunk;
    if (index == 0 || tile.n_states > 1) {
      sum_chunk(tile, chunk, ahead, layer, queries, state(tile, index));
    } else {
      sum_chunk(tile, chunk, ahead, layer, queries, next);
      net_.kernels->attend_merge(state(tile, 0), next, rows, c_.head_dim);
    }
  }
}

const std::byte* Attention::block(const Tile& tile, size_t chunk, size_t index, size_t layer) const {
  const size_t page = chunk * (kAttentionChunk / kKvBlockPositions) + index;
  return tile.pages[page] + layout_.offset(layer, tile.kv_head);
}

void Attention::sum_chunk(const Tile& tile, size_t chunk, bool ahead, size_t layer, const float* q,
                          const AttentionPartial& result) const {
  uint32_t visible[AttentionPlan::kMaxRows];
  const std::byte* blocks[kAttentionChunk / kKvBlockPositions];
  const size_t start = chunk * kAttentionChunk, group = c_.group();
  size_t most = 0;
  for (size_t t = 0; t < tile.n_tokens; t++) {
    const size_t end = plan_.position(plan_.tokens()[tile.first_token + t]) + 1;
    const size_t n = end > start ? std::min(end - start, kAttentionChunk) : 0;
    std::fill_n(visible + t * group, group, static_cast<uint32_t>(n));
    most = std::max(most, n);
  }
  for (size_t b = 0; b * kKvBlockPositions < most; b++) blocks[b] = block(tile, chunk, b, layer);
  net_.kernels->attend_chunk({.q = q,
                              .q_stride = c_.head_dim,
                              .n_visible = visible,
                              .n_rows = n_rows(tile),
                              .head_dim = c_.head_dim,
                              .kv_type = layout_.type,
                              .blocks = blocks,
                              .scale = 1.0f / std::sqrt(static_cast<float>(c_.head_dim)),
                              .ahead = ahead ? block(tile, chunk + 1, 0, layer) : nullptr},
                             result);
}

void Attention::finish_row(size_t row, float* out) const {
  const size_t group = c_.group(), hd = c_.head_dim;
  for (size_t head = 0; head < c_.n_kv_heads; head++) {
    AttentionPartial sum{};
    for (const AttentionPlan::Part& part : plan_.parts(row)) merge_row(part, head, sum);
    net_.kernels->attend_finish(sum, group, hd, out + head * group * hd, hd);
  }
}

// Merges a part's states of a row, chunk after chunk, into `sum`, which the first of all becomes.
void Attention::merge_row(const AttentionPlan::Part& part, size_t head, AttentionPartial& sum) const {
  const Tile& tile = plan_.tiles()[part.tile + head];
  const size_t r = part.token * c_.group();
  for (size_t i = 0; i < tile.n_states; i++) {
    const AttentionPartial all = state(tile, i);
    const AttentionPartial rows{all.max + r, all.sum + r, all.out + r * c_.head_dim};
    if (sum.out == nullptr) {
      sum = rows;
    } else {
      net_.kernels->attend_merge(sum, rows, c_.group(), c_.head_dim);
    }
  }
}

}  // namespace reckon::model
