// How activations are stored for the products; see KernelTable::pack_activations.
//
//   f32          (n_tokens, cols)
//   q8_block32   int8 (cols / 32, n_tokens, 32), then Scale32 (cols / 32, n_tokens)
//   q8_block256  int8 (cols / 256, n_tokens, 256), then Scale256 (cols / 256, n_tokens)
//
// Tokens are inside blocks, so that a kernel reaches a tile of tokens at constant distances. A kernel set may
// have 128 added to each int8, which then is unsigned (`biased`).
//
// This header is compiled once per instruction set: what is in the anonymous namespace stays there.
#pragma once

#include <bit>
#include <cstring>

#include "kernels/kernels.hpp"

namespace reckon::kernels {

struct Scale32 {
  float scale;  // dx
  int32_t sum;  // of the 32 int8
};

struct alignas(64) Scale256 {
  int16_t sum16[16];  // per 16 columns: at most 16 * 127
  int16_t sum32[8];   // per 32 columns
  float scale;        // dx
};

namespace {

template <class Scale, int kBlock>
struct ActivationLayout {
  // Bytes of the int8 part, such that the scales are aligned.
  static inline size_t code_bytes(size_t n_tokens, size_t cols) { return (n_tokens * cols + 63) / 64 * 64; }
  static inline size_t bytes(size_t n_tokens, size_t cols) {
    return code_bytes(n_tokens, cols) + n_tokens * (cols / kBlock) * sizeof(Scale);
  }
};
using Layout32 = ActivationLayout<Scale32, 32>;
using Layout256 = ActivationLayout<Scale256, 256>;

inline size_t activation_bytes(ActivationType type, size_t n_tokens, size_t cols) {
  if (type == ActivationType::f32) return n_tokens * cols * sizeof(float);
  if (type == ActivationType::q8_block32) return Layout32::bytes(n_tokens, cols);
  return Layout256::bytes(n_tokens, cols);
}

// The canonical rounding of a block to int8: dx = max|x| / 127, q = x * (127 / max|x|) to nearest, ties to
// even; |q| <= 127. A block with max|x| < 2^-100 is zero with dx = 0. One with a NaN or infinity is zero with
// dx = NaN, so that every product of the token is NaN.
// x (kBlock), q (kBlock); returns dx
template <int kBlock>
inline float quantise(const float* x, int8_t* q) {
  int32_t top = 0;  // magnitudes compare as integers, NaN above infinity above the rest
  for (int i = 0; i < kBlock; i++) {
    const int32_t magnitude = std::bit_cast<int32_t>(x[i]) & 0x7fffffff;
    top = top > magnitude ? top : magnitude;
  }
  const float max = std::bit_cast<float>(top);
  const bool finite = top < 0x7f800000;
  if (!finite || max < 0x1p-100f) {
    std::memset(q, 0, kBlock);
    return finite ? 0.0f : std::bit_cast<float>(0x7fc00000);
  }
  const float inverse = 127.0f / max;
  for (int i = 0; i < kBlock; i++) {
    // 1.5 * 2^23: the sum's last bit is worth 1, so the addition rounds to nearest even.
    const float shifted = x[i] * inverse + 12582912.0f;
    q[i] = static_cast<int8_t>(std::bit_cast<int32_t>(shifted) - 0x4b400000);
  }
  return max / 127.0f;
}

template <int kCount>
inline int sum_of(const int8_t* q) {
  int sum = 0;
  for (int i = 0; i < kCount; i++) sum += q[i];
  return sum;
}

inline void quantise_block(const float* x, int8_t* q, Scale32& s) {
  s.scale = quantise<32>(x, q);
  s.sum = sum_of<32>(q);
}

inline void quantise_block(const float* x, int8_t* q, Scale256& s) {
  s.scale = quantise<256>(x, q);
  for (int j = 0; j < 16; j++) s.sum16[j] = static_cast<int16_t>(sum_of<16>(q + 16 * j));
  for (int j = 0; j < 8; j++) s.sum32[j] = static_cast<int16_t>(s.sum16[2 * j] + s.sum16[2 * j + 1]);
}

// q[i] + 128 as an unsigned byte
template <int kBlock>
inline void add_bias(int8_t* q) {
  for (int i = 0; i < kBlock; i++) q[i] = static_cast<int8_t>(q[i] ^ -128);
}

template <class Scale, int kBlock>
inline void pack_quantised(const float* x, size_t x_stride, size_t n_tokens, size_t cols, size_t first,
                           size_t last, bool biased, std::byte* dst) {
  auto* codes = reinterpret_cast<int8_t*>(dst);
  auto* scales = reinterpret_cast<Scale*>(dst + ActivationLayout<Scale, kBlock>::code_bytes(n_tokens, cols));
  for (size_t t = first; t < last; t++) {
    for (size_t b = 0; b < cols / kBlock; b++) {
      const size_t at = b * n_tokens + t;
      quantise_block(x + t * x_stride + b * kBlock, codes + at * kBlock, scales[at]);
      if (biased) add_bias<kBlock>(codes + at * kBlock);
    }
  }
}

inline void pack_activations(ActivationType type, const float* x, size_t x_stride, size_t n_tokens,
                             size_t cols, size_t first, size_t last, bool biased, std::byte* dst) {
  if (type == ActivationType::q8_block32) {
    pack_quantised<Scale32, 32>(x, x_stride, n_tokens, cols, first, last, biased, dst);
  } else if (type == ActivationType::q8_block256) {
    pack_quantised<Scale256, 256>(x, x_stride, n_tokens, cols, first, last, biased, dst);
  } else {
    for (size_t t = first; t < last; t++) {
      std::memcpy(dst + t * cols * sizeof(float), x + t * x_stride, cols * sizeof(float));
    }
  }
}

}  // namespace
}  // namespace reckon::kernels
