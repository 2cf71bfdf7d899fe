// The vocabulary of the products on AVX-512 with VNNI: 16 lanes. See scalar/int_vec.hpp for what each
// function means.
#pragma once

#include "kernels/avx512/int_vec_base.hpp"

namespace reckon::kernels {
namespace {

struct Vec : VecBase {
  static constexpr int kTile = 6;
  static constexpr int kDirect = 8;
  static constexpr int kPanels = 2;
  static constexpr int kRowVectors = 2;
  static constexpr bool kSignedBias = true;
  static constexpr bool kByValue = true;
  static constexpr int kShortRun = 0;
  static constexpr bool kKeepsOrder = false;

  static I32 dot2(I32 acc, I32 a, I32 b) { return _mm512_dpwssd_epi32(acc, a, b); }

  // vpdpbusd adds four products of unsigned and signed bytes, none of which saturates. A dot that fits 16
  // bits is scaled and added in one instruction (its upper half meets a zero); two halves that fit cost two,
  // as a multiplication in 32 bits and an addition do at best.
  static constexpr bool fits_int16(int max, int cols) { return max * cols * 127 <= 32767; }
  template <int kMax, int kCols, bool kScaled>
  static constexpr int kRun =
      kScaled && !fits_int16(kMax, kCols) && fits_int16(kMax, kCols / 2) ? kCols / 8 : kCols / 4;
  template <int kMax, int kCols>
  static constexpr bool kDotIsInt16 = fits_int16(kMax, 4 * kRun<kMax, kCols, true>);
  template <int kMaxCode, int kCols>
  static Scale even(I32 pairs) {
    if constexpr (kDotIsInt16<kMaxCode, kCols>) return _mm512_and_si512(pairs, _mm512_set1_epi32(0xffff));
    return _mm512_srai_epi32(_mm512_slli_epi32(pairs, 16), 16);
  }
  template <int kMaxCode, int kCols>
  static Scale odd(I32 pairs) {
    if constexpr (kDotIsInt16<kMaxCode, kCols>) return _mm512_srli_epi32(pairs, 16);
    return _mm512_srai_epi32(pairs, 16);
  }

  // int8 codes become unsigned by adding 128.
  template <int kMaxCode>
  static I32 first(U8 u, I32 x) {
    return next<kMaxCode>(zero(), u, x);
  }
  template <int kMaxCode>
  static I32 next(I32 part, U8 u, I32 x) {
    if constexpr (kMaxCode == 128) u = _mm512_xor_si512(u, _mm512_set1_epi8(-128));
    return _mm512_dpbusd_epi32(part, u, x);
  }
  template <int kMaxCode, int kCols>
  static I32 add_scaled(I32 sum, I32 part, Scale scale) {
    if constexpr (kDotIsInt16<kMaxCode, kCols>) return _mm512_dpwssd_epi32(sum, part, scale);
    return _mm512_add_epi32(sum, _mm512_mullo_epi32(part, scale));
  }
  // w: int8; x: unsigned
  static I32 add_signed(I32 part, U8 w, I32 x) { return _mm512_dpbusd_epi32(part, x, w); }
  template <int kOffset>
  static U8 subtract(U8 codes) {
    return _mm512_sub_epi8(codes, _mm512_set1_epi8(kOffset));
  }
  static I32 all_bytes(int v) { return _mm512_set1_epi8(static_cast<char>(v)); }
  static I32 add_part(I32 sum, I32 part) { return _mm512_add_epi32(sum, part); }
};

}  // namespace
}  // namespace reckon::kernels
