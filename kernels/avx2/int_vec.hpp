// The vocabulary of the products on AVX2 (+ FMA, F16C): eight lanes. See scalar/int_vec.hpp for what each
// function means.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/generic/pair_run.hpp"

namespace reckon::kernels {
namespace {

struct Vec {
  static constexpr int kLanes = 8;
  static constexpr int kTile = 4;
  static constexpr int kDirect = 2;
  static constexpr int kPanels = 1;
  static constexpr int kRowVectors = 1;
  static constexpr bool kSignedBias = false;
  static constexpr bool kByValue = false;
  static constexpr int kShortRun = 2;
  static constexpr bool kKeepsOrder = true;
  using U8 = __m256i;
  using I32 = __m256i;
  using F32 = __m256;
  using Scale = __m256i;

  static U8 load_u8(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void store_u8(void* p, U8 v) {
    _mm256_storeu_si256(static_cast<__m256i*>(static_cast<void*>(p)), v);
  }
  // Shifts of 16-bit units; what crosses bytes is masked off.
  template <int kShift, int kMask>
  static U8 bits(U8 v) {
    const U8 mask = _mm256_set1_epi8(kMask);
    if constexpr (kShift > 0) return _mm256_and_si256(_mm256_srli_epi16(v, kShift), mask);
    if constexpr (kShift < 0) return _mm256_and_si256(_mm256_slli_epi16(v, -kShift), mask);
    return _mm256_and_si256(v, mask);
  }
  static U8 or_(U8 a, U8 b) { return _mm256_or_si256(a, b); }
  static U8 lookup(U8 v, const int8_t* table) {
    return _mm256_shuffle_epi8(
        _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table))), v);
  }

  static I32 zero() { return _mm256_setzero_si256(); }
  static I32 broadcast(const void* p) {
    int v;
    std::memcpy(&v, p, 4);
    return _mm256_set1_epi32(v);
  }
  static I32 sub(I32 a, I32 b) { return _mm256_sub_epi32(a, b); }
  template <int kShift>
  static I32 shift_left(I32 a) {
    return _mm256_slli_epi32(a, kShift);
  }
  static I32 load_i32(const int32_t* p) { return load_u8(p); }
  static void store_i32(int32_t* p, I32 v) { store_u8(p, v); }
  static I32 pairs_u8(const uint8_t* p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static I32 pairs_s8(const int8_t* p) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static I32 low_nibbles(I32 pairs) { return _mm256_and_si256(pairs, _mm256_set1_epi16(15)); }
  static I32 high_nibbles(I32 pairs) { return _mm256_srli_epi16(pairs, 4); }
  static I32 dot2(I32 acc, I32 a, I32 b) { return _mm256_add_epi32(acc, _mm256_madd_epi16(a, b)); }
  static Scale load_scale(const int32_t* p) { return load_u8(p); }
  static void store_scale(int32_t* p, Scale v) { store_u8(p, v); }

  // Scales twice per lane: both halves of a 16-bit pair get it.
  template <int kMaxCode, int kCols>
  static Scale even(I32 pairs) {
    return _mm256_or_si256(_mm256_and_si256(pairs, _mm256_set1_epi32(0xffff)), _mm256_slli_epi32(pairs, 16));
  }
  template <int kMaxCode, int kCols>
  static Scale odd(I32 pairs) {
    return _mm256_or_si256(_mm256_srli_epi32(pairs, 16), _mm256_and_si256(pairs, _mm256_set1_epi32(-65536)));
  }

  // Two products of neighbouring bytes, exact in 16 bits: at most 2 * 128 * 127 = 32512. int8 codes go by
  // magnitude, with the sign given to x.
  template <int kMaxCode>
  static I32 products(U8 u, I32 x) {
    if constexpr (kMaxCode == 128) {
      x = _mm256_sign_epi8(x, u);
      u = _mm256_abs_epi8(u);
    }
    return _mm256_maddubs_epi16(u, x);
  }
  // Such sums add up in 16 bits as long as they fit: parts are pairs of int16.
  template <int kMaxCode, int kCols, bool kScaled>
  static constexpr int kRun = pair_run(kMaxCode, kCols);
  template <int kMaxCode>
  static I32 first(U8 u, I32 x) {
    return products<kMaxCode>(u, x);
  }
  template <int kMaxCode>
  static I32 next(I32 part, U8 u, I32 x) {
    return _mm256_add_epi16(part, products<kMaxCode>(u, x));
  }
  template <int kMaxCode, int kCols>
  static I32 add_scaled(I32 sum, I32 part, Scale scale) {
    static_assert(kMaxCode * 2 * 127 * kRun<kMaxCode, kCols, true> <= 32767);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(part, scale));
  }
  static I32 add_part(I32 sum, I32 part) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(part, _mm256_set1_epi16(1)));
  }

  static F32 zero_f32() { return _mm256_setzero_ps(); }
  static F32 set1(float v) { return _mm256_set1_ps(v); }
  static F32 load_f32(const float* p) { return _mm256_loadu_ps(p); }
  static void store_f32(float* p, F32 v) { _mm256_storeu_ps(p, v); }
  static F32 load_f16(const uint16_t* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static F32 load_bf16(const uint16_t* p) {
    const I32 wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
  }
  static F32 to_f32(I32 v) { return _mm256_cvtepi32_ps(v); }
  static F32 add(F32 a, F32 b) { return _mm256_add_ps(a, b); }
  static F32 mul(F32 a, F32 b) { return _mm256_mul_ps(a, b); }
  static F32 fma(F32 a, F32 b, F32 c) { return _mm256_fmadd_ps(a, b, c); }
  static F32 fnma(F32 a, F32 b, F32 c) { return _mm256_fnmadd_ps(a, b, c); }
  static inline __attribute__((always_inline)) void prefetch(const void* p) {
    _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0);
  }
};

}  // namespace
}  // namespace reckon::kernels
