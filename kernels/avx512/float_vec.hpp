// The 16-lane f32 vocabulary of generic/vocabulary.hpp in one AVX-512 register (F, BW, DQ, VL).
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace reckon::kernels::avx512 {

struct F32x16 {
  // Attention's register blocks: 8 rows x 2 vectors of sums, 2 loaded vectors, broadcasts from memory.
  static constexpr size_t kRowBlock = 8;
  static constexpr size_t kColumnBlock = 2;

  __m512 lanes;

  static F32x16 zero() { return {_mm512_setzero_ps()}; }
  static F32x16 all(float x) { return {_mm512_set1_ps(x)}; }
  static F32x16 load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static F32x16 load_first(const float* p, size_t n) { return {_mm512_maskz_loadu_ps(first(n), p)}; }
  static F32x16 load_f16(const uint16_t* p) {
    return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
  }
  static F32x16 load_i8(const int8_t* p) {
    return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))))};
  }
  void store(float* p) const { _mm512_storeu_ps(p, lanes); }
  void store_first(float* p, size_t n) const { _mm512_mask_storeu_ps(p, first(n), lanes); }
  void store_f16(uint16_t* p) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtps_ph(lanes, _MM_FROUND_TO_NEAREST_INT));
  }
  float lane0() const { return _mm512_cvtss_f32(lanes); }

  static __mmask16 first(size_t n) { return static_cast<__mmask16>((1u << n) - 1); }
};

inline F32x16 operator+(F32x16 a, F32x16 b) { return {_mm512_add_ps(a.lanes, b.lanes)}; }
inline F32x16 operator-(F32x16 a, F32x16 b) { return {_mm512_sub_ps(a.lanes, b.lanes)}; }
inline F32x16 operator*(F32x16 a, F32x16 b) { return {_mm512_mul_ps(a.lanes, b.lanes)}; }
inline F32x16 operator/(F32x16 a, F32x16 b) { return {_mm512_div_ps(a.lanes, b.lanes)}; }
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return {_mm512_fmadd_ps(a.lanes, b.lanes, c.lanes)}; }
inline F32x16 fnma(F32x16 a, F32x16 b, F32x16 c) { return {_mm512_fnmadd_ps(a.lanes, b.lanes, c.lanes)}; }
inline F32x16 greater(F32x16 a, F32x16 b) { return {_mm512_max_ps(a.lanes, b.lanes)}; }
inline F32x16 lesser(F32x16 a, F32x16 b) { return {_mm512_min_ps(a.lanes, b.lanes)}; }

inline F32x16 max_or_nan(F32x16 a, F32x16 b) {
  __mmask16 nan = _mm512_cmp_ps_mask(a.lanes, a.lanes, _CMP_UNORD_Q);
  return {_mm512_mask_blend_ps(nan, _mm512_max_ps(a.lanes, b.lanes), a.lanes)};
}

inline F32x16 select_first(size_t n, F32x16 a, F32x16 b) {
  return {_mm512_mask_blend_ps(F32x16::first(n), b.lanes, a.lanes)};
}

inline F32x16 scale_by_power(F32x16 x, F32x16 n) { return {_mm512_scalef_ps(x.lanes, n.lanes)}; }

template <int kDistance>
F32x16 swap_lanes(F32x16 x) {
  if constexpr (kDistance == 8) return {_mm512_shuffle_f32x4(x.lanes, x.lanes, 0x4E)};
  if constexpr (kDistance == 4) return {_mm512_shuffle_f32x4(x.lanes, x.lanes, 0xB1)};
  if constexpr (kDistance == 2) return {_mm512_permute_ps(x.lanes, 0x4E)};
  if constexpr (kDistance == 1) return {_mm512_permute_ps(x.lanes, 0xB1)};
}

inline void load_pairs(const float* p, F32x16& even, F32x16& odd) {
  __m512 a = _mm512_loadu_ps(p), b = _mm512_loadu_ps(p + 16);
  const __m512i evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  even.lanes = _mm512_permutex2var_ps(a, evens, b);
  odd.lanes = _mm512_permutex2var_ps(a, _mm512_add_epi32(evens, _mm512_set1_epi32(1)), b);
}

inline void store_pairs(float* p, F32x16 even, F32x16 odd) {
  const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  _mm512_storeu_ps(p, _mm512_permutex2var_ps(even.lanes, low, odd.lanes));
  const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
  _mm512_storeu_ps(p + 16, _mm512_permutex2var_ps(even.lanes, high, odd.lanes));
}

}  // namespace reckon::kernels::avx512
