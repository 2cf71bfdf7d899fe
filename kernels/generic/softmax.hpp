// Exponentials at a temperature with their sum, and the maximum: element i goes to lane i mod 16, then
// sum_lanes or max_lanes.
#pragma once

#include "kernels/generic/exp.hpp"

namespace reckon::kernels {

template <Vocabulary V>
float exp_sum(const float* x, float max, float temperature, size_t n, float* y) {
  const V top = V::all(max), divisor = V::all(temperature);
  V sum = V::zero();
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    V e = exp((V::load(x + i) - top) / divisor);
    e.store(y + i);
    sum = sum + e;
  }
  if (i < n) {
    V e = select_first(n - i, exp((V::load_first(x + i, n - i) - top) / divisor), V::zero());
    e.store_first(y + i, n - i);
    sum = sum + e;
  }
  return sum_lanes(sum);
}

template <Vocabulary V>
float max(const float* x, size_t n) {
  const V lowest = V::all(-__builtin_inff());
  V top = lowest;
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) top = max_or_nan(top, V::load(x + i));
  if (i < n) top = max_or_nan(top, select_first(n - i, V::load_first(x + i, n - i), lowest));
  return max_lanes(top);
}

}  // namespace reckon::kernels
