// Root-mean-square norm, and the residual's addition.
//
//   s = sum of x[i]^2: element i goes to lane i mod 16 by fma, then sum_lanes
//   y[i] = (x[i] * (1 / sqrt(s / n + eps))) * weight[i]
#pragma once

#include "kernels/generic/vocabulary.hpp"

namespace reckon::kernels {

template <Vocabulary V>
float sum_of_squares(const float* x, size_t n) {
  V sum = V::zero();
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    V v = V::load(x + i);
    sum = fma(v, v, sum);
  }
  if (i < n) {
    V v = V::load_first(x + i, n - i);
    sum = fma(v, v, sum);
  }
  return sum_lanes(sum);
}

template <Vocabulary V>
void rms_norm(const float* x, const float* weight, float eps, size_t n, float* y) {
  if (n == 0) return;
  float mean = sum_of_squares<V>(x, n) / static_cast<float>(n);
  V factor = V::all(1.0f / __builtin_sqrtf(mean + eps));
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) (V::load(x + i) * factor * V::load(weight + i)).store(y + i);
  if (i < n) {
    (V::load_first(x + i, n - i) * factor * V::load_first(weight + i, n - i)).store_first(y + i, n - i);
  }
}

template <Vocabulary V>
void add(const float* x, size_t n, float* y) {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) (V::load(y + i) + V::load(x + i)).store(y + i);
  if (i < n) (V::load_first(y + i, n - i) + V::load_first(x + i, n - i)).store_first(y + i, n - i);
}

}  // namespace reckon::kernels
