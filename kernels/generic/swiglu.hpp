// y = (gate / (1 + e^-gate)) * up
#pragma once

#include "kernels/generic/exp.hpp"

namespace reckon::kernels {

template <Vocabulary V>
V silu_product(V gate, V up) {
  return gate / (V::all(1.0f) + exp(V::zero() - gate)) * up;
}

template <Vocabulary V>
void swiglu(const float* gate, const float* up, size_t n, float* y) {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) silu_product(V::load(gate + i), V::load(up + i)).store(y + i);
  if (i < n) {
    silu_product(V::load_first(gate + i, n - i), V::load_first(up + i, n - i)).store_first(y + i, n - i);
  }
}

}  // namespace reckon::kernels
