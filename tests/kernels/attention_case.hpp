// A random attention chunk with its cache blocks, and what every kernel set makes of it.
#pragma once

#include <algorithm>
#include <span>

#include "kernels/float_sets.hpp"

namespace reckon::kernels::test {

// f16 to f32 by arithmetic, apart from the kernels' own conversions.
inline float half_value(uint16_t h) {
  int exponent = (h >> 10) & 31, mantissa = h & 0x3ff;
  float magnitude = exponent == 31  ? (mantissa ? NAN : kInf)
                    : exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24)
                                    : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return h & 0x8000 ? -magnitude : magnitude;
}

struct Partial {
  std::vector<float> max, sum, out;
  explicit Partial(size_t rows, size_t head_dim)
      : max(rows, 7.0f), sum(rows, 7.0f), out(rows * head_dim, 7.0f) {}
  AttentionPartial view() { return {max.data(), sum.data(), out.data()}; }
};

inline void expect_same(const Partial& a, const Partial& b, const std::string& what) {
  expect_same(a.max, b.max, what + ", max");
  expect_same(a.sum, b.sum, what + ", sum");
  expect_same(a.out, b.out, what + ", out");
}

// An element of the cache, times a scale that it has in common with others; of f16 that is 1.
struct Element {
  float value, scale;
};

class Case {
 public:
  // Positions from n_positions on hold garbage: NaN, infinities, anything.
  Case(size_t rows, size_t hd, size_t n_positions, uint32_t seed, KvType kv_type = KvType::f16)
      : n_rows(rows), head_dim(hd), type(kv_type) {
    Random random(seed);
    stride = hd + 5;
    q = random.vector(rows * stride, 2);
    size_t n_blocks = (n_positions + kKvBlockPositions - 1) / kKvBlockPositions;
    memory.resize(n_blocks * kv_block_bytes(type, hd) / 2);
    for (uint16_t& h : memory)
      h = static_cast<uint16_t>(0x7c00 + random.below(0x400) + 0x8000 * random.below(2));
    for (size_t b = 0; b < n_blocks; b++) {
      blocks.push_back(reinterpret_cast<std::byte*>(memory.data()) + b * kv_block_bytes(type, hd));
    }
    for (size_t j = 0; j < n_positions; j++) {
      auto key = random.vector(hd, 2), value = random.vector(hd);
      scalar::kFloatKernels.kv_store(type, key.data(), value.data(), hd, j % kKvBlockPositions,
                                     blocks[j / kKvBlockPositions]);
    }
    visible.assign(rows, static_cast<uint32_t>(n_positions));
    scale = 1 / std::sqrt(static_cast<float>(hd));
  }

  AttentionChunk chunk(size_t first, size_t n) const {
    return {.q = q.data() + first * stride,
            .q_stride = stride,
            .n_visible = visible.data() + first,
            .n_rows = n,
            .head_dim = head_dim,
            .kv_type = type,
            .blocks = const_blocks(),
            .scale = scale,
            .ahead = nullptr};
  }
  Partial attend(const FloatKernels& k) const { return attend(k, 0, n_rows); }
  Partial attend(const FloatKernels& k, size_t first, size_t n) const {
    Partial p(n, head_dim);
    k.attend_chunk(chunk(first, n), p.view());
    return p;
  }

  // How many elements of a key or a value have a scale in common.
  size_t scaled() const { return type == KvType::q8_0 ? kKvScaled : head_dim; }

  Element key_element(size_t j, size_t d) const {
    size_t slot = j % kKvBlockPositions;
    const std::byte* keys = blocks[j / kKvBlockPositions];
    const size_t at = (slot / 16 * head_dim + d) * 16 + slot % 16;
    const size_t scale_at = (slot / 16 * kv_scales(head_dim) + d / kKvScaled) * 16 + slot % 16;
    return element(keys, at, scale_at);
  }
  Element value_element(size_t j, size_t d) const {
    const size_t slot = j % kKvBlockPositions;
    const std::byte* values = blocks[j / kKvBlockPositions] + kv_block_bytes(type, head_dim) / 2;
    return element(values, slot * head_dim + d, d / kKvScaled * kKvBlockPositions + slot);
  }
  float key(size_t j, size_t d) const { return key_element(j, d).value * key_element(j, d).scale; }
  float value(size_t j, size_t d) const { return value_element(j, d).value * value_element(j, d).scale; }

  size_t n_rows, head_dim, stride = 0;
  KvType type;
  float scale;
  std::vector<float> q;
  std::vector<uint32_t> visible;
  std::vector<std::byte*> blocks;

 private:
  // Number `at` of half a block, with scale number `scale_at`.
  Element element(const std::byte* half_block, size_t at, size_t scale_at) const {
    if (type == KvType::f16) return {half_value(reinterpret_cast<const uint16_t*>(half_block)[at]), 1};
    const auto* codes = reinterpret_cast<const int8_t*>(half_block);
    const auto* scales = reinterpret_cast<const uint16_t*>(half_block + kKvBlockPositions * head_dim);
    return {static_cast<float>(codes[at]), half_value(scales[scale_at])};
  }
  const std::byte* const* const_blocks() const { return blocks.data(); }
  std::vector<uint16_t> memory;
};

}  // namespace reckon::kernels::test
