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

class Case {
 public:
  // Positions from n_positions on hold garbage: NaN, infinities, anything.
  Case(size_t rows, size_t hd, size_t n_positions, uint32_t seed) : n_rows(rows), head_dim(hd) {
    Random random(seed);
    stride = hd + 5;
    q = random.vector(rows * stride, 2);
    size_t n_blocks = (n_positions + kKvBlockPositions - 1) / kKvBlockPositions;
    memory.resize(n_blocks * kv_block_bytes(hd) / 2);
    for (uint16_t& h : memory)
      h = static_cast<uint16_t>(0x7c00 + random.below(0x400) + 0x8000 * random.below(2));
    for (size_t b = 0; b < n_blocks; b++) {
      blocks.push_back(reinterpret_cast<std::byte*>(memory.data()) + b * kv_block_bytes(hd));
    }
    for (size_t j = 0; j < n_positions; j++) {
      auto key = random.vector(hd, 2), value = random.vector(hd);
      scalar::kFloatKernels.kv_store(key.data(), value.data(), hd, j % kKvBlockPositions,
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
            .blocks = const_blocks(),
            .scale = scale};
  }
  Partial attend(const FloatKernels& k) const { return attend(k, 0, n_rows); }
  Partial attend(const FloatKernels& k, size_t first, size_t n) const {
    Partial p(n, head_dim);
    k.attend_chunk(chunk(first, n), p.view());
    return p;
  }

  float key(size_t j, size_t d) const {
    size_t slot = j % kKvBlockPositions;
    return half_value(half(j)[(slot / 16 * head_dim + d) * 16 + slot % 16]);
  }
  float value(size_t j, size_t d) const {
    return half_value(half(j)[(kKvBlockPositions + j % kKvBlockPositions) * head_dim + d]);
  }

  size_t n_rows, head_dim, stride;
  float scale;
  std::vector<float> q;
  std::vector<uint32_t> visible;
  std::vector<std::byte*> blocks;

 private:
  const std::byte* const* const_blocks() const { return blocks.data(); }
  const uint16_t* half(size_t j) const {
    return reinterpret_cast<const uint16_t*>(blocks[j / kKvBlockPositions]);
  }
  std::vector<uint16_t> memory;
};

}  // namespace reckon::kernels::test
