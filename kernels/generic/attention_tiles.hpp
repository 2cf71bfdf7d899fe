// The two products of attention on register blocks. Each score and each output is one chain of fma in order,
// so its bits do not depend on which rows share a block. The blocks are functions of their own, so that the
// pointers of their rows stay in registers.
//
// What limits them: per loaded vector of keys or values R multiply-adds, R broadcasts from memory shared by G
// (D) vectors. From f16 or int8 (T = uint16_t, int8_t) one conversion per vector besides; with few rows that
// is hidden behind memory, with many the tile is converted to f32 once.
#pragma once

#include "kernels/generic/vocabulary.hpp"
#include "kernels/kernels.hpp"

namespace reckon::kernels {

// Row stride of scores and probabilities.
inline constexpr size_t kScoreStride = kAttentionChunk;

// A tile of keys or values, and the one read after it: while f16 or int8 comes from memory, each step fetches
// the next tile's share, since processors' own prefetchers do not follow the order of these reads. To the
// second cache: the first one tracks too few misses at a time to keep up with memory.
template <class T>
struct Stream {
  const T* data;
  const T* ahead;

  inline __attribute__((always_inline)) void fetch(size_t offset) const {
    if constexpr (sizeof(T) < sizeof(float)) __builtin_prefetch(ahead + offset, 0, 2);
  }
};

// Keys as q8_0: int8 and a factor per 32 elements and position, f16 (groups, kv_scales, 16).
struct ScaledStream {
  Stream<int8_t> codes;
  const uint16_t* scales;
};

template <Vocabulary V>
V load_any(const float* p) {
  return V::load(p);
}
template <Vocabulary V>
V load_any(const uint16_t* p) {
  return V::load_f16(p);
}
template <Vocabulary V>
V load_any(const int8_t* p) {
  return V::load_i8(p);
}

template <Vocabulary V, size_t R, size_t G>
struct Scores {
  V sum[R][G];

  inline __attribute__((always_inline)) Scores() {
#pragma GCC unroll 16
    for (size_t r = 0; r < R; r++) {
#pragma GCC unroll 16
      for (size_t g = 0; g < G; g++) sum[r][g] = V::zero();
    }
  }

  // += q . keys over elements [first, last); q (R, head_dim), keys (G, head_dim, 16)
  template <class T>
  inline __attribute__((always_inline)) void add(const float* q, size_t q_stride, Stream<T> keys,
                                                 size_t head_dim, size_t first, size_t last) {
    for (size_t d = first; d < last; d++) {
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
  }

  // += scale * x; scale (G)
  inline __attribute__((always_inline)) void add(const V* scale, const Scores& x) {
#pragma GCC unroll 16
    for (size_t r = 0; r < R; r++) {
#pragma GCC unroll 16
      for (size_t g = 0; g < G; g++) sum[r][g] = fma(scale[g], x.sum[r][g], sum[r][g]);
    }
  }

  inline __attribute__((always_inline)) void store(float scale, float* scores) const {
#pragma GCC unroll 16
    for (size_t r = 0; r < R; r++) {
#pragma GCC unroll 16
      for (size_t g = 0; g < G; g++) {
        (sum[r][g] * V::all(scale)).store(scores + r * kScoreStride + g * kLanes);
      }
    }
  }
};

// scores (R, G * 16) = scale * q . keys; q (R, head_dim), keys (G, head_dim, 16)
template <Vocabulary V, size_t R, size_t G, class T>
[[gnu::noinline]] void score_block(const float* q, size_t q_stride, Stream<T> keys, size_t head_dim,
                                   float scale, float* scores) {
  Scores<V, R, G> sum;
  sum.add(q, q_stride, keys, head_dim, 0, head_dim);
  sum.store(scale, scores);
}

// The same with a factor per 32 elements of a key: the sums live in registers, their total beside them.
template <Vocabulary V, size_t R, size_t G>
[[gnu::noinline]] void score_block(const float* q, size_t q_stride, ScaledStream keys, size_t head_dim,
                                   float scale, float* scores) {
  const size_t n_scales = kv_scales(head_dim);
  Scores<V, R, G> total;
  for (size_t s = 0; s < n_scales; s++) {
    const size_t first = s * kKvScaled, last = first + kKvScaled;
    Scores<V, R, G> sum;
    sum.add(q, q_stride, keys.codes, head_dim, first, last < head_dim ? last : head_dim);
    V factors[G];
    for (size_t g = 0; g < G; g++) factors[g] = V::load_f16(keys.scales + (g * n_scales + s) * kLanes);
    total.add(factors, sum);
  }
  total.store(scale, scores);
}

// out (R, D * 16), row stride head_dim, += p . values; p (R, n), values (n, D * 16) with row stride head_dim
template <Vocabulary V, size_t R, size_t D, class T>
[[gnu::noinline]] void weigh_block(const float* p, size_t n, Stream<T> values, size_t head_dim, float* out) {
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

template <Vocabulary V, class T>
Stream<T> from_group(Stream<T> keys, size_t group, size_t head_dim) {
  const size_t offset = group * head_dim * kLanes;
  return {keys.data + offset, keys.ahead + offset};
}
template <Vocabulary V>
ScaledStream from_group(ScaledStream keys, size_t group, size_t head_dim) {
  return {from_group<V>(keys.codes, group, head_dim), keys.scales + group * kv_scales(head_dim) * kLanes};
}

// score_block over `groups` groups; n_rows in 1..R.
template <Vocabulary V, class Keys, size_t R = V::kRowBlock>
void score_rows(size_t n_rows, size_t groups, const float* q, size_t q_stride, Keys keys, size_t head_dim,
                float scale, float* scores) {
  if constexpr (R > 1) {
    if (n_rows < R)
      return score_rows<V, Keys, R - 1>(n_rows, groups, q, q_stride, keys, head_dim, scale, scores);
  }
  constexpr size_t G = V::kColumnBlock;
  size_t g = 0;
  for (; g + G <= groups; g += G) {
    score_block<V, R, G>(q, q_stride, from_group<V>(keys, g, head_dim), head_dim, scale, scores + g * kLanes);
  }
  for (; g < groups; g++) {
    score_block<V, R, 1>(q, q_stride, from_group<V>(keys, g, head_dim), head_dim, scale, scores + g * kLanes);
  }
}

// Columns of a row that are weighed together.
struct Columns {
  size_t first, last;
};

// weigh_block over columns of head_dim; n_rows in 1..R.
template <Vocabulary V, class T, size_t R = V::kRowBlock>
void weigh_rows(size_t n_rows, const float* p, size_t n, Stream<T> values, size_t head_dim, Columns columns,
                float* out) {
  if constexpr (R > 1) {
    if (n_rows < R) return weigh_rows<V, T, R - 1>(n_rows, p, n, values, head_dim, columns, out);
  }
  constexpr size_t D = V::kColumnBlock * kLanes;
  size_t d = columns.first;
  auto from = [&](size_t column) {
    return Stream<T>{values.data + column, values.ahead + column * kKvBlockPositions};
  };
  for (; d + D <= columns.last; d += D) {
    weigh_block<V, R, V::kColumnBlock>(p, n, from(d), head_dim, out + d);
  }
  for (; d < columns.last; d += kLanes) weigh_block<V, R, 1>(p, n, from(d), head_dim, out + d);
}

}  // namespace reckon::kernels
