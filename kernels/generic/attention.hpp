// Attention of a chunk's rows, and the merge of chunks (running maximum and sum, as in Dao et al., 2022,
// "FlashAttention"). Per row, over its first n_visible positions (others are never used, whatever their
// bytes):
//   score[j] = scale * dot, dot = fma(q[d], key[j][d], dot) in order of d
//   max = the greatest score; p[j] = exp(score[j] - max); sum: p[j] goes to lane j mod 16, then sum_lanes
//   out[d] = fma(p[j], value[j][d], out[d]) in order of j
// That is for f16. q8_0 keeps the scales of its integers apart from the long sums (f[j][s]: of 32 elements):
//   dot = fma(f[j][s], dot_s, dot) in order of s, dot_s = fma(q[d], key[j][d], dot_s) over their d, from 0
//   out[d] = fma(p[j] * f[j][d / 32], value[j][d], out[d])
// All scores -inf is the same as nothing visible. A NaN score makes max, sum and out NaN.
#pragma once

#include "kernels/generic/attention_tiles.hpp"
#include "kernels/generic/exp.hpp"
#include "kernels/generic/kv.hpp"

namespace reckon::kernels {

// Rows whose scores are held at a time.
inline constexpr size_t kRowTile = 128;
// From this many row blocks on, f16 is converted to f32 once instead of per row block. For int8 that gains
// too little (5 %) to be worth blocks of their own.
inline constexpr size_t kConvertFromBlocks = 3;

// Up to kRowTile rows of a chunk.
template <Vocabulary V>
class AttentionTile {
 public:
  AttentionTile(const AttentionChunk& chunk, const AttentionPartial& result, size_t first, size_t n_rows)
      : c_(chunk),
        hd_(chunk.head_dim),
        n_rows_(n_rows),
        q_(chunk.q + first * chunk.q_stride),
        n_visible_(chunk.n_visible + first),
        result_{result.max + first, result.sum + first, result.out + first * chunk.head_dim} {
    for (size_t r = 0; r < n_rows_; r++) visible_ = n_visible_[r] > visible_ ? n_visible_[r] : visible_;
    // Equal blocks, so that no single row is left over.
    size_t blocks = (n_rows_ + V::kRowBlock - 1) / V::kRowBlock;
    row_block_ = (n_rows_ + blocks - 1) / blocks;
    convert_ = c_.kv_type == KvType::f16 && blocks >= kConvertFromBlocks;
  }

  void run() { c_.kv_type == KvType::f16 ? run_over<uint16_t>() : run_over<int8_t>(); }

 private:
  static size_t least(size_t a, size_t b) { return a < b ? a : b; }

  // How many of the first `visible` positions are in block b.
  static size_t positions_in(size_t b, size_t visible) {
    size_t start = b * kKvBlockPositions;
    return visible <= start ? 0 : least(visible - start, kKvBlockPositions);
  }

  // Element: of the cache.
  template <class Element>
  void run_over() {
    size_t n_blocks = (visible_ + kKvBlockPositions - 1) / kKvBlockPositions;
    for (size_t b = 0; b < n_blocks; b++) {
      const Element* next = b + 1 < n_blocks ? keys<Element>(b + 1) : values<Element>(0);
      score_keys(b, Stream<Element>{keys<Element>(b), next});
    }
    for (size_t r = 0; r < n_rows_; r++) softmax(r);
    for (size_t i = 0; i < n_rows_ * hd_; i += kLanes) V::zero().store(result_.out + i);
    for (size_t b = 0; b < n_blocks; b++) {
      const Element* next = b + 1 < n_blocks      ? values<Element>(b + 1)
                            : c_.ahead != nullptr ? reinterpret_cast<const Element*>(c_.ahead)
                                                  : values<Element>(b);
      weigh_values(b, Stream<Element>{values<Element>(b), next});
    }
  }

  template <class Element>
  const Element* keys(size_t b) const {
    return reinterpret_cast<const Element*>(c_.blocks[b]);
  }
  template <class Element>
  const Element* values(size_t b) const {
    return reinterpret_cast<const Element*>(c_.blocks[b] + kv_block_bytes(c_.kv_type, hd_) / 2);
  }

  // Of a block's keys or values as q8_0.
  const uint16_t* scales(const int8_t* codes) const {
    return reinterpret_cast<const uint16_t*>(codes + kKvBlockPositions * hd_);
  }

  // Whole groups of 16 positions, as keys need them; the last group's unused positions may be garbage.
  Stream<float> to_f32(size_t b, const uint16_t* halves) {
    size_t n = (positions_in(b, visible_) + kLanes - 1) / kLanes * kLanes * hd_;
    for (size_t i = 0; i < n; i += kLanes) V::load_f16(halves + i).store(converted_ + i);
    return {converted_, converted_};  // floats are not fetched ahead
  }

  struct Range {
    size_t least, most;
  };
  // Of block b's positions, those seen by all and by any of rows [first, first + n).
  Range seen(size_t b, size_t first, size_t n) const {
    Range r{kKvBlockPositions, 0};
    for (size_t i = first; i < first + n; i++) {
      size_t positions = positions_in(b, n_visible_[i]);
      r.least = positions < r.least ? positions : r.least;
      r.most = positions > r.most ? positions : r.most;
    }
    return r;
  }

  void score_keys(size_t b, Stream<uint16_t> keys) {
    convert_ ? score_all(b, to_f32(b, keys.data)) : score_all(b, keys);
  }
  void score_keys(size_t b, Stream<int8_t> keys) { score_all(b, ScaledStream{keys, scales(keys.data)}); }
  template <class Keys>
  void score_all(size_t b, Keys keys) {
    for (size_t r = 0; r < n_rows_; r += row_block_) {
      size_t n = least(row_block_, n_rows_ - r);
      size_t groups = (seen(b, r, n).most + kLanes - 1) / kLanes;
      score_rows<V>(n, groups, q_ + r * c_.q_stride, c_.q_stride, keys, hd_, c_.scale,
                    scores_ + r * kScoreStride + b * kKvBlockPositions);
    }
  }

  // Row r's scores become p.
  void softmax(size_t r) {
    float* row = scores_ + r * kScoreStride;
    const V lowest = V::all(-__builtin_inff());
    const size_t n = n_visible_[r], whole = n / kLanes * kLanes, rest = n - whole;
    V top = lowest, sum = V::zero();
    for (size_t i = 0; i < whole; i += kLanes) top = max_or_nan(top, V::load(row + i));
    if (rest > 0) top = max_or_nan(top, select_first(rest, V::load(row + whole), lowest));
    float max = max_lanes(top);
    const V base = V::all(max == -__builtin_inff() ? 0.0f : max);
    for (size_t i = 0; i < whole; i += kLanes) {
      const V p = exp(V::load(row + i) - base);
      p.store(row + i);
      sum = sum + p;
    }
    if (rest > 0) {
      const V p = select_first(rest, exp(V::load(row + whole) - base), V::zero());
      p.store(row + whole);
      sum = sum + p;
    }
    result_.max[r] = max;
    result_.sum[r] = sum_lanes(sum);
  }

  void weigh_values(size_t b, Stream<uint16_t> values) {
    convert_ ? weigh_all(b, to_f32(b, values.data)) : weigh_all(b, values);
  }
  void weigh_values(size_t b, Stream<int8_t> values) {
    for (size_t r = 0; r < n_rows_; r += row_block_) {
      for (size_t d = 0; d < hd_; d += kKvScaled) {
        scale_row_block(b, r, scales(values.data) + d / kKvScaled * kKvBlockPositions);
        weigh_columns(b, r, scaled_, values, {d, least(d + kKvScaled, hd_)});
      }
    }
  }
  template <class T>
  void weigh_all(size_t b, Stream<T> values) {
    for (size_t r = 0; r < n_rows_; r += row_block_) {
      const float* p = scores_ + r * kScoreStride + b * kKvBlockPositions;
      weigh_columns(b, r, p, values, {0, hd_});
    }
  }

  // scaled_ (row_block_, positions of block b) = p * scales
  void scale_row_block(size_t b, size_t r, const uint16_t* scales) {
    const size_t n = least(row_block_, n_rows_ - r), positions = seen(b, r, n).most;
    for (size_t j = 0; j < positions; j += kLanes) {
      const V factor = V::load_f16(scales + j);
      const float* p = scores_ + r * kScoreStride + b * kKvBlockPositions + j;
      for (size_t i = 0; i < n; i++) {
        (V::load(p + i * kScoreStride) * factor).store(scaled_ + i * kScoreStride + j);
      }
    }
  }

  // p: of the row block that begins with row r, row stride kScoreStride
  template <class T>
  void weigh_columns(size_t b, size_t r, const float* p, Stream<T> values, Columns columns) {
    const size_t n = least(row_block_, n_rows_ - r), common = seen(b, r, n).least;
    float* out = result_.out + r * hd_;
    if (common > 0) weigh_rows<V>(n, p, common, values, hd_, columns, out);
    for (size_t i = 0; i < n; i++) {
      size_t own = positions_in(b, n_visible_[r + i]);
      if (own <= common) continue;
      weigh_rows<V, T, 1>(1, p + i * kScoreStride + common, own - common,
                          {values.data + common * hd_, values.ahead}, hd_, columns, out + i * hd_);
    }
  }

  const AttentionChunk& c_;
  const size_t hd_;
  const size_t n_rows_;
  const float* q_;             // (n_rows, head_dim)
  const uint32_t* n_visible_;  // (n_rows)
  const AttentionPartial result_;
  size_t visible_ = 0;  // most of n_visible
  size_t row_block_ = 0;
  bool convert_ = false;
  alignas(64) float scores_[kRowTile * kScoreStride];
  alignas(64) float scaled_[V::kRowBlock * kScoreStride];
  alignas(64) float converted_[kKvBlockPositions * kMaxHeadDim];
};

template <Vocabulary V>
void attend_chunk(const AttentionChunk& chunk, const AttentionPartial& result) {
  for (size_t r = 0; r < chunk.n_rows; r += kRowTile) {
    size_t rest = chunk.n_rows - r;
    AttentionTile<V>(chunk, result, r, rest < kRowTile ? rest : kRowTile).run();
  }
}

// With m the greater maximum and f = exp(max - m) of each side: sum = fma(next.sum, f_next, state.sum *
// f_state), out likewise. An empty side (max -inf) leaves the other one's bits as they are.
template <Vocabulary V>
void merge_row(float& max, float& sum, float* out, float next_max, float next_sum, const float* next_out,
               size_t head_dim) {
  V tops = max_or_nan(V::all(max), V::all(next_max));
  V factor = exp(V::all(max) - tops), next_factor = exp(V::all(next_max) - tops);
  max = tops.lane0();
  sum = fma(V::all(next_sum), next_factor, V::all(sum) * factor).lane0();
  for (size_t d = 0; d < head_dim; d += kLanes) {
    fma(V::load(next_out + d), next_factor, V::load(out + d) * factor).store(out + d);
  }
}

template <Vocabulary V>
void attend_merge(const AttentionPartial& state, const AttentionPartial& next, size_t n_rows,
                  size_t head_dim) {
  const float empty = -__builtin_inff();
  for (size_t r = 0; r < n_rows; r++) {
    float* out = state.out + r * head_dim;
    const float* next_out = next.out + r * head_dim;
    if (next.max[r] == empty) continue;
    if (state.max[r] == empty) {
      state.max[r] = next.max[r];
      state.sum[r] = next.sum[r];
      for (size_t d = 0; d < head_dim; d += kLanes) V::load(next_out + d).store(out + d);
    } else {
      merge_row<V>(state.max[r], state.sum[r], out, next.max[r], next.sum[r], next_out, head_dim);
    }
  }
}

// A row that saw nothing gives 0.
template <Vocabulary V>
void attend_finish(const AttentionPartial& state, size_t n_rows, size_t head_dim, float* out,
                   size_t out_stride) {
  for (size_t r = 0; r < n_rows; r++) {
    const V sum = V::all(state.sum[r] == 0.0f ? 1.0f : state.sum[r]);
    for (size_t d = 0; d < head_dim; d += kLanes) {
      (V::load(state.out + r * head_dim + d) / sum).store(out + r * out_stride + d);
    }
  }
}

}  // namespace reckon::kernels
