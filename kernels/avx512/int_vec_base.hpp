// What the two AVX-512 vocabularies of the products share: 16 lanes, loads, bits, floats. See
// scalar/int_vec.hpp for what each function means.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace reckon::kernels {
namespace {

struct VecBase {
  static constexpr int kLanes = 16;
  using U8 = __m512i;
  using I32 = __m512i;
  using F32 = __m512;
  using Scale = __m512i;

  static U8 load_u8(const void* p) { return _mm512_loadu_si512(p); }
  static void store_u8(void* p, U8 v) { _mm512_storeu_si512(p, v); }
  // Shifts of 16-bit units; what crosses bytes is masked off.
  template <int kShift, int kMask>
  static U8 bits(U8 v) {
    const U8 mask = _mm512_set1_epi8(kMask);
    if constexpr (kShift > 0) return _mm512_and_si512(_mm512_srli_epi16(v, kShift), mask);
    if constexpr (kShift < 0) return _mm512_and_si512(_mm512_slli_epi16(v, -kShift), mask);
    return _mm512_and_si512(v, mask);
  }
  static U8 or_(U8 a, U8 b) { return _mm512_or_si512(a, b); }
  static U8 lookup(U8 v, const int8_t* table) {
    return _mm512_shuffle_epi8(
        _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table))), v);
  }

  static I32 zero() { return _mm512_setzero_si512(); }
  static I32 broadcast(const void* p) {
    int v;
    std::memcpy(&v, p, 4);
    return _mm512_set1_epi32(v);
  }
  static I32 sub(I32 a, I32 b) { return _mm512_sub_epi32(a, b); }
  template <int kShift>
  static I32 shift_left(I32 a) {
    return _mm512_slli_epi32(a, kShift);
  }
  static I32 load_i32(const int32_t* p) { return load_u8(p); }
  static void store_i32(int32_t* p, I32 v) { store_u8(p, v); }
  static I32 pairs_u8(const uint8_t* p) {
    return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static I32 pairs_s8(const int8_t* p) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static I32 low_nibbles(I32 pairs) { return _mm512_and_si512(pairs, _mm512_set1_epi16(15)); }
  static I32 high_nibbles(I32 pairs) { return _mm512_srli_epi16(pairs, 4); }
  static Scale load_scale(const int32_t* p) { return load_u8(p); }
  static void store_scale(int32_t* p, Scale v) { store_u8(p, v); }

  static F32 zero_f32() { return _mm512_setzero_ps(); }
  static F32 set1(float v) { return _mm512_set1_ps(v); }
  static F32 load_f32(const float* p) { return _mm512_loadu_ps(p); }
  static void store_f32(float* p, F32 v) { _mm512_storeu_ps(p, v); }
  static F32 load_f16(const uint16_t* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static F32 load_bf16(const uint16_t* p) {
    const I32 wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
  }
  static F32 to_f32(I32 v) { return _mm512_cvtepi32_ps(v); }
  static F32 add(F32 a, F32 b) { return _mm512_add_ps(a, b); }
  static F32 mul(F32 a, F32 b) { return _mm512_mul_ps(a, b); }
  static F32 fma(F32 a, F32 b, F32 c) { return _mm512_fmadd_ps(a, b, c); }
  static F32 fnma(F32 a, F32 b, F32 c) { return _mm512_fnmadd_ps(a, b, c); }
  // To the second-level cache: the first has 10 to 16 entries for misses, which streaming to it would hold
  // for as long as memory takes (15 % slower where that was measured).
  static inline __attribute__((always_inline)) void prefetch(const void* p) {
    _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1);
  }
};

}  // namespace
}  // namespace reckon::kernels
