// Random rows of any weight type, in the file's form.
#pragma once

#include <cstring>
#include <random>
#include <vector>

#include "kernels/formats/weight_type.hpp"

namespace reckon::test {

// Where a block keeps its f16 scales.
inline std::vector<size_t> scale_offsets(WeightType type) {
  switch (type) {
    case WeightType::Q4_1:
    case WeightType::Q5_1:
    case WeightType::Q4_K:
    case WeightType::Q5_K: return {0, 2};
    case WeightType::Q2_K: return {80, 82};
    case WeightType::Q3_K: return {108};
    case WeightType::Q6_K: return {208};
    default: return {0};
  }
}

inline bool is_plain_type(WeightType type) { return info(type).block_size == 1; }

inline void put16(std::byte* at, uint16_t v) { std::memcpy(at, &v, 2); }

// n weights (whole blocks): random bytes, scales finite, of both signs and of different exponents.
inline std::vector<std::byte> random_weights(WeightType type, size_t n, std::mt19937& random) {
  const WeightTypeInfo& t = info(type);
  std::vector<std::byte> out(n / t.block_size * t.block_bytes);
  for (auto& b : out) b = static_cast<std::byte>(random());
  for (size_t at = 0; at < out.size(); at += t.block_bytes) {
    const auto r = static_cast<uint32_t>(random());
    if (type == WeightType::F32) {
      const float v = static_cast<float>(static_cast<int32_t>(r)) * 0x1p-31f;
      std::memcpy(&out[at], &v, 4);
    } else if (type == WeightType::F16) {
      put16(&out[at], static_cast<uint16_t>((r & 0x83ff) | (8 + (r >> 16) % 8) << 10));
    } else if (type == WeightType::BF16) {
      put16(&out[at], static_cast<uint16_t>((r & 0x807f) | (120 + (r >> 16) % 8) << 7));
    } else {
      for (size_t o : scale_offsets(type)) {
        const auto s = static_cast<uint32_t>(random());
        put16(&out[at + o], static_cast<uint16_t>((s & 0x83ff) | (5 + (s >> 16) % 4) << 10));
      }
    }
  }
  return out;
}

inline std::vector<float> random_floats(size_t n, std::mt19937& random) {
  std::vector<float> out(n);
  for (auto& v : out) v = static_cast<float>(static_cast<int32_t>(random())) * 0x1p-31f;
  return out;
}

}  // namespace reckon::test
