// The 16-lane f32 vocabulary of generic/vocabulary.hpp in two AVX registers (AVX2, FMA, F16C).
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace reckon::kernels::avx2 {

// Eight lanes from kLaneMask + 8 - n: the first n are set.
alignas(64) constexpr int32_t kLaneMask[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

struct F32x16 {
  // Attention's register blocks: 6 rows x 1 vector of sums (12 registers), 2 loaded, 1 broadcast.
  static constexpr size_t kRowBlock = 6;
  static constexpr size_t kColumnBlock = 1;

  __m256 low, high;  // lanes 0..7, 8..15

  static F32x16 zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
  static F32x16 all(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
  static F32x16 load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
  static F32x16 load_first(const float* p, size_t n) {
    return {_mm256_maskload_ps(p, first(n)),
            n > 8 ? _mm256_maskload_ps(p + 8, first(n - 8)) : _mm256_setzero_ps()};
  }
  static F32x16 load_f16(const uint16_t* p) {
    const auto* words = reinterpret_cast<const __m128i*>(p);
    return {_mm256_cvtph_ps(_mm_loadu_si128(words)), _mm256_cvtph_ps(_mm_loadu_si128(words + 1))};
  }
  static F32x16 load_i8(const int8_t* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)),
            _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_srli_si128(bytes, 8)))};
  }
  void store(float* p) const {
    _mm256_storeu_ps(p, low);
    _mm256_storeu_ps(p + 8, high);
  }
  void store_first(float* p, size_t n) const {
    _mm256_maskstore_ps(p, first(n), low);
    if (n > 8) _mm256_maskstore_ps(p + 8, first(n - 8), high);
  }
  void store_f16(uint16_t* p) const {
    auto* words = reinterpret_cast<__m128i*>(p);
    _mm_storeu_si128(words, _mm256_cvtps_ph(low, _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128(words + 1, _mm256_cvtps_ph(high, _MM_FROUND_TO_NEAREST_INT));
  }
  float lane0() const { return _mm256_cvtss_f32(low); }

  // Mask of the first min(n, 8) of eight lanes.
  static __m256i first(size_t n) {
    const int32_t* mask = kLaneMask + 8 - (n < 8 ? n : 8);
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(mask));
  }
};

inline F32x16 operator+(F32x16 a, F32x16 b) {
  return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}
inline F32x16 operator-(F32x16 a, F32x16 b) {
  return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}
inline F32x16 operator*(F32x16 a, F32x16 b) {
  return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
}
inline F32x16 operator/(F32x16 a, F32x16 b) {
  return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
}
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
inline F32x16 fnma(F32x16 a, F32x16 b, F32x16 c) {
  return {_mm256_fnmadd_ps(a.low, b.low, c.low), _mm256_fnmadd_ps(a.high, b.high, c.high)};
}
inline F32x16 greater(F32x16 a, F32x16 b) {
  return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
}
inline F32x16 lesser(F32x16 a, F32x16 b) {
  return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)};
}

inline __m256 max_or_nan(__m256 a, __m256 b) {
  return _mm256_blendv_ps(_mm256_max_ps(a, b), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}
inline F32x16 max_or_nan(F32x16 a, F32x16 b) {
  return {max_or_nan(a.low, b.low), max_or_nan(a.high, b.high)};
}

inline F32x16 select_first(size_t n, F32x16 a, F32x16 b) {
  __m256 low = _mm256_castsi256_ps(F32x16::first(n));
  __m256 high = _mm256_castsi256_ps(F32x16::first(n > 8 ? n - 8 : 0));
  return {_mm256_blendv_ps(b.low, a.low, low), _mm256_blendv_ps(b.high, a.high, high)};
}

// 2^n for n in [-126, 127].
inline __m256 power_of_two(__m256i n) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}
// In two steps: the first is exact, so the product rounds once, into subnormals and infinity too.
inline __m256 scale_by_power(__m256 x, __m256 n) {
  __m256i whole = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(whole, 1);
  return _mm256_mul_ps(_mm256_mul_ps(x, power_of_two(half)), power_of_two(_mm256_sub_epi32(whole, half)));
}
inline F32x16 scale_by_power(F32x16 x, F32x16 n) {
  return {scale_by_power(x.low, n.low), scale_by_power(x.high, n.high)};
}

template <int kDistance>
F32x16 swap_lanes(F32x16 x) {
  if constexpr (kDistance == 8) return {x.high, x.low};
  if constexpr (kDistance == 4) {
    return {_mm256_permute2f128_ps(x.low, x.low, 1), _mm256_permute2f128_ps(x.high, x.high, 1)};
  }
  if constexpr (kDistance == 2) return {_mm256_permute_ps(x.low, 0x4E), _mm256_permute_ps(x.high, 0x4E)};
  if constexpr (kDistance == 1) return {_mm256_permute_ps(x.low, 0xB1), _mm256_permute_ps(x.high, 0xB1)};
}

// Of 16 floats the 8 with even (shuffle 0x88) or odd (0xDD) index, in order.
template <int kShuffle>
__m256 every_second(__m256 a, __m256 b) {
  __m256d mixed = _mm256_castps_pd(_mm256_shuffle_ps(a, b, kShuffle));
  return _mm256_castpd_ps(_mm256_permute4x64_pd(mixed, 0xD8));
}
inline void load_pairs(const float* p, F32x16& even, F32x16& odd) {
  F32x16 a = F32x16::load(p), b = F32x16::load(p + 16);
  even = {every_second<0x88>(a.low, a.high), every_second<0x88>(b.low, b.high)};
  odd = {every_second<0xDD>(a.low, a.high), every_second<0xDD>(b.low, b.high)};
}

// Eight pairs, 16 floats.
inline void store_pairs(float* p, __m256 even, __m256 odd) {
  __m256 a = _mm256_unpacklo_ps(even, odd), b = _mm256_unpackhi_ps(even, odd);
  _mm256_storeu_ps(p, _mm256_permute2f128_ps(a, b, 0x20));
  _mm256_storeu_ps(p + 8, _mm256_permute2f128_ps(a, b, 0x31));
}
inline void store_pairs(float* p, F32x16 even, F32x16 odd) {
  store_pairs(p, even.low, odd.low);
  store_pairs(p + 16, even.high, odd.high);
}

}  // namespace reckon::kernels::avx2
