// Writes keys and values into cache blocks as f16: to nearest, ties to even; what lies beyond the largest
// finite f16 becomes that (an outlier must not turn scores into NaN); NaN stays NaN.
#pragma once

#include "kernels/generic/vocabulary.hpp"
#include "kernels/kernels.hpp"

namespace reckon::kernels {

template <Vocabulary V>
V saturate_f16(V x) {
  return lesser(V::all(65504.0f), greater(V::all(-65504.0f), x));
}

template <Vocabulary V>
void kv_store(const float* key, const float* value, size_t head_dim, size_t slot, std::byte* block) {
  auto* keys = reinterpret_cast<uint16_t*>(block);
  uint16_t* lane = keys + slot / kLanes * head_dim * kLanes + slot % kLanes;
  uint16_t* row = keys + (kKvBlockPositions + slot) * head_dim;
  for (size_t d = 0; d < head_dim; d += kLanes) {
    uint16_t converted[kLanes];
    saturate_f16(V::load(key + d)).store_f16(converted);
    for (size_t i = 0; i < kLanes; i++) lane[(d + i) * kLanes] = converted[i];
    saturate_f16(V::load(value + d)).store_f16(row + d);
  }
}

}  // namespace reckon::kernels
