// Writes keys and values into cache blocks. What lies beyond the largest finite f16 becomes that (an outlier
// must not turn scores into NaN); NaN stays NaN.
//   f16    to nearest, ties to even
//   q8_0   per 32 elements: d = max|x| / 127 as f16, q = x / d to nearest, ties to even, at most 127 in
//          magnitude; 0 where d is 0. An element is q * d.
#pragma once

#include "kernels/generic/vocabulary.hpp"
#include "kernels/kernels.hpp"

namespace reckon::kernels {

template <Vocabulary V>
V saturate_f16(V x) {
  return lesser(V::all(65504.0f), greater(V::all(-65504.0f), x));
}

template <Vocabulary V>
void kv_store_f16(const float* key, const float* value, size_t head_dim, size_t slot, std::byte* block) {
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

// A block's keys or values as q8_0: int8 and, behind them, scales.
struct KvCodes {
  int8_t* codes;
  uint16_t* scales;
};
inline KvCodes kv_codes(std::byte* half_block, size_t head_dim) {
  std::byte* behind = half_block + kKvBlockPositions * head_dim;
  return {reinterpret_cast<int8_t*>(half_block), reinterpret_cast<uint16_t*>(behind)};
}

// Scale (an f16) of n = 16 or 32 elements, and their codes.
template <Vocabulary V>
uint16_t quantise_kv(const float* x, size_t n, int8_t* codes) {
  V top = V::zero();
  for (size_t i = 0; i < n; i += kLanes) {
    const V v = saturate_f16(V::load(x + i));
    top = max_or_nan(top, max_or_nan(v, V::zero() - v));
  }
  const float max = max_lanes(top);
  uint16_t scale[kLanes];
  (V::all(max) / V::all(127.0f)).store_f16(scale);
  const V d = V::load_f16(scale);
  const bool usable = d.lane0() > 0.0f;
  for (size_t i = 0; i < n; i += kLanes) {
    float rounded[kLanes];
    const V shift = V::all(12582912.0f);  // 1.5 * 2^23: the sum's last bit is worth 1
    const V q = (saturate_f16(V::load(x + i)) / d + shift) - shift;
    lesser(V::all(127.0f), greater(V::all(-127.0f), q)).store(rounded);
    for (size_t k = 0; k < kLanes; k++) codes[i + k] = usable ? static_cast<int8_t>(rounded[k]) : int8_t{0};
  }
  return scale[0];
}

template <Vocabulary V>
void kv_store_q8(const float* key, const float* value, size_t head_dim, size_t slot, std::byte* block) {
  const size_t n_scales = kv_scales(head_dim), group = slot / kLanes, lane = slot % kLanes;
  const KvCodes keys = kv_codes(block, head_dim);
  const KvCodes values = kv_codes(block + kv_block_bytes(KvType::q8_0, head_dim) / 2, head_dim);
  for (size_t d = 0, s = 0; d < head_dim; d += kKvScaled, s++) {
    const size_t n = head_dim - d < kKvScaled ? head_dim - d : kKvScaled;
    int8_t codes[kKvScaled];
    keys.scales[(group * n_scales + s) * kLanes + lane] = quantise_kv<V>(key + d, n, codes);
    for (size_t i = 0; i < n; i++) keys.codes[(group * head_dim + d + i) * kLanes + lane] = codes[i];
    values.scales[s * kKvBlockPositions + slot] =
        quantise_kv<V>(value + d, n, values.codes + slot * head_dim + d);
  }
}

template <Vocabulary V>
void kv_store(KvType type, const float* key, const float* value, size_t head_dim, size_t slot,
              std::byte* block) {
  const auto store = type == KvType::f16 ? kv_store_f16<V> : kv_store_q8<V>;
  store(key, value, head_dim, slot, block);
}

}  // namespace reckon::kernels
