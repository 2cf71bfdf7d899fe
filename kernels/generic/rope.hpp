// Rotary position: each pair (a, b) of a head becomes
//   a' = fnma(b, sin, a * cos) = a cos - b sin
//   b' = fma(a, sin, b * cos)  = b cos + a sin
#pragma once

#include "kernels/generic/vocabulary.hpp"
#include "kernels/kernels.hpp"

namespace reckon::kernels {

template <Vocabulary V>
void rotate(V& a, V& b, V cos, V sin) {
  V rotated = fnma(b, sin, a * cos);
  b = fma(a, sin, b * cos);
  a = rotated;
}

// a, b (half): the first and the second elements of the pairs
template <Vocabulary V>
void rotate_halves(float* a, float* b, size_t half, const float* cos, const float* sin) {
  size_t i = 0;
  for (; i + kLanes <= half; i += kLanes) {
    V va = V::load(a + i), vb = V::load(b + i);
    rotate(va, vb, V::load(cos + i), V::load(sin + i));
    va.store(a + i);
    vb.store(b + i);
  }
  if (i == half) return;
  size_t rest = half - i;
  V va = V::load_first(a + i, rest), vb = V::load_first(b + i, rest);
  rotate(va, vb, V::load_first(cos + i, rest), V::load_first(sin + i, rest));
  va.store_first(a + i, rest);
  vb.store_first(b + i, rest);
}

// x (half, 2)
template <Vocabulary V>
void rotate_adjacent(float* x, size_t half, const float* cos, const float* sin) {
  size_t i = 0;
  V a, b;
  for (; i + kLanes <= half; i += kLanes) {
    load_pairs(x + 2 * i, a, b);
    rotate(a, b, V::load(cos + i), V::load(sin + i));
    store_pairs(x + 2 * i, a, b);
  }
  if (i == half) return;
  size_t rest = half - i;
  float pairs[2 * kLanes] = {};
  for (size_t j = 0; j < 2 * rest; j++) pairs[j] = x[2 * i + j];
  load_pairs(pairs, a, b);
  rotate(a, b, V::load_first(cos + i, rest), V::load_first(sin + i, rest));
  store_pairs(pairs, a, b);
  for (size_t j = 0; j < 2 * rest; j++) x[2 * i + j] = pairs[j];
}

template <Vocabulary V>
void rope(float* x, size_t n_heads, size_t head_dim, size_t rope_dim, RopePairing pairing, const float* cos,
          const float* sin) {
  size_t half = rope_dim / 2;
  for (size_t h = 0; h < n_heads; h++, x += head_dim) {
    if (pairing == RopePairing::halves) {
      rotate_halves<V>(x, x + half, half, cos, sin);
    } else {
      rotate_adjacent<V>(x, half, cos, sin);
    }
  }
}

}  // namespace reckon::kernels
