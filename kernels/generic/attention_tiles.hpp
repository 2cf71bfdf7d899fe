// The two products of attention on register blocks. Each score and each output is one chain of fma in order,
// so its bits do not depend on which rows share a block.
//
// What limits them: per loaded vector of keys or values R multiply-adds, R broadcasts from memory shared by G
// (D) vectors. From f16 (T = uint16_t) one conversion per vector besides; with few rows that is hidden behind
// memory, with many the tile is converted to f32 once.
#pragma once

#include "kernels/generic/vocabulary.hpp"
#include "kernels/kernels.hpp"

namespace reckon::kernels {

// Row stride of scores and probabilities.
inline constexpr size_t kScoreStride = kAttentionChunk;

// A tile of keys or values, and the one read after it: while f16 comes from memory, each step fetches the
// next tile's share, since processors' own prefetchers do not follow the order of these reads.
template <class T>
struct Stream {
  const T* data;
  const T* ahead;

  inline __attribute__((always_inline)) void fetch(size_t offset) const {
    if constexpr (sizeof(T) == sizeof(uint16_t)) __builtin_prefetch(ahead + offset, 0, 3);
  }
};

template <Vocabulary V>
V load_any(const float* p) {
  return V::load(p);
}
template <Vocabulary V>
V load_any(const uint16_t* p) {
  return V::load_f16(p);
}

// scores (R, G * 16) = scale * q . keys; q (R, head_dim), keys (G, head_dim, 16)
template <Vocabulary V, size_t R, size_t G, class T>
void score_block(const float* q, size_t q_stride, Stream<T> keys, size_t head_dim, float scale,
                 float* scores) {
  V sum[R][G];
#pragma GCC unroll 16
  for (size_t r = 0; r < R; r++) {
#pragma GCC unroll 16
    for (size_t g = 0; g < G; g++) sum[r][g] = V::zero();
  }
  for (size_t d = 0; d < head_dim; d++) {
    keys.fetch(d * G * kLanes);
    V key[G];
#pragma GCC unroll 16
    for (size_t g = 0; g < G; g++) key[g] = load_any<V>(keys.data + (g * head_dim + d) * kLanes);
#pragma GCC unroll 16
    for (size_t r = 0; r < R; r++) {
      V x = V::all(q[r * q_stride + d]);
#pragma GCC unroll 16
      for (size_t g = 0; g < G; g++) sum[r][g] = fma(x, key[g], sum[r][g]);
    }
  }
#pragma GCC unroll 16
  for (size_t r = 0; r < R; r++) {
#pragma GCC unroll 16
    for (size_t g = 0; g < G; g++) {
      (sum[r][g] * V::all(scale)).store(scores + r * kScoreStride + g * kLanes);
    }
  }
}

// out (R, D * 16), row stride head_dim, += p . values; p (R, n), values (n, D * 16) with row stride head_dim
template <Vocabulary V, size_t R, size_t D, class T>
void weigh_block(const float* p, size_t n, Stream<T> values, size_t head_dim, float* out) {
  V sum[R][D];
#pragma GCC unroll 16
  for (size_t r = 0; r < R; r++) {
#pragma GCC unroll 16
    for (size_t d = 0; d < D; d++) sum[r][d] = V::load(out + r * head_dim + d * kLanes);
  }
  for (size_t j = 0; j < n; j++) {
    values.fetch(j * D * kLanes);
    V value[D];
#pragma GCC unroll 16
    for (size_t d = 0; d < D; d++) value[d] = load_any<V>(values.data + j * head_dim + d * kLanes);
#pragma GCC unroll 16
    for (size_t r = 0; r < R; r++) {
      V x = V::all(p[r * kScoreStride + j]);
#pragma GCC unroll 16
      for (size_t d = 0; d < D; d++) sum[r][d] = fma(x, value[d], sum[r][d]);
    }
  }
#pragma GCC unroll 16
  for (size_t r = 0; r < R; r++) {
#pragma GCC unroll 16
    for (size_t d = 0; d < D; d++) sum[r][d].store(out + r * head_dim + d * kLanes);
  }
}

// score_block over `groups` groups; n_rows in 1..R.
template <Vocabulary V, class T, size_t R = V::kRowBlock>
void score_rows(size_t n_rows, size_t groups, const float* q, size_t q_stride, Stream<T> keys,
                size_t head_dim, float scale, float* scores) {
  if constexpr (R > 1) {
    if (n_rows < R)
      return score_rows<V, T, R - 1>(n_rows, groups, q, q_stride, keys, head_dim, scale, scores);
  }
  constexpr size_t G = V::kColumnBlock;
  size_t g = 0;
  auto from = [&](size_t group) {
    size_t offset = group * head_dim * kLanes;
    return Stream<T>{keys.data + offset, keys.ahead + offset};
  };
  for (; g + G <= groups; g += G) {
    score_block<V, R, G>(q, q_stride, from(g), head_dim, scale, scores + g * kLanes);
  }
  for (; g < groups; g++) {
    score_block<V, R, 1>(q, q_stride, from(g), head_dim, scale, scores + g * kLanes);
  }
}

// weigh_block over all of head_dim; n_rows in 1..R.
template <Vocabulary V, class T, size_t R = V::kRowBlock>
void weigh_rows(size_t n_rows, const float* p, size_t n, Stream<T> values, size_t head_dim, float* out) {
  if constexpr (R > 1) {
    if (n_rows < R) return weigh_rows<V, T, R - 1>(n_rows, p, n, values, head_dim, out);
  }
  constexpr size_t D = V::kColumnBlock * kLanes;
  size_t d = 0;
  auto from = [&](size_t column) {
    return Stream<T>{values.data + column, values.ahead + column * kKvBlockPositions};
  };
  for (; d + D <= head_dim; d += D) {
    weigh_block<V, R, V::kColumnBlock>(p, n, from(d), head_dim, out + d);
  }
  for (; d < head_dim; d += kLanes) weigh_block<V, R, 1>(p, n, from(d), head_dim, out + d);
}

}  // namespace reckon::kernels
