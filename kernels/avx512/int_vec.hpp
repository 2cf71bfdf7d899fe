// The vocabulary of the products on AVX-512 F, BW, DQ, VL: 16 lanes. See scalar/int_vec.hpp for what each
// function means.
#pragma once

#include "kernels/avx512/int_vec_base.hpp"
#include "kernels/generic/pair_run.hpp"

namespace reckon::kernels {
namespace {

struct Vec : VecBase {
  static constexpr int kTile = 8;
  static constexpr int kDirect = 4;
  static constexpr int kPanels = 1;
  static constexpr int kRowVectors = 1;
  static constexpr bool kSignedBias = false;
  static constexpr bool kByValue = false;
  static constexpr int kShortRun = 0;
  static constexpr bool kKeepsOrder = true;

  static I32 dot2(I32 acc, I32 a, I32 b) { return _mm512_add_epi32(acc, _mm512_madd_epi16(a, b)); }

  // Scales twice per lane: both halves of a 16-bit pair get it.
  template <int kMaxCode, int kCols>
  static Scale even(I32 pairs) {
    return _mm512_or_si512(_mm512_and_si512(pairs, _mm512_set1_epi32(0xffff)), _mm512_slli_epi32(pairs, 16));
  }
  template <int kMaxCode, int kCols>
  static Scale odd(I32 pairs) {
    return _mm512_or_si512(_mm512_srli_epi32(pairs, 16), _mm512_and_si512(pairs, _mm512_set1_epi32(-65536)));
  }

  // Two products of neighbouring bytes, exact in 16 bits: at most 2 * 128 * 127 = 32512. int8 codes go by
  // magnitude, with the sign given to x.
  template <int kMaxCode>
  static I32 products(U8 u, I32 x) {
    if constexpr (kMaxCode == 128) {
      // vpsignb is not there: negate where the code is negative.
      const auto negative = _mm512_movepi8_mask(u);
      x = _mm512_mask_sub_epi8(x, negative, _mm512_setzero_si512(), x);
      u = _mm512_abs_epi8(u);
    }
    return _mm512_maddubs_epi16(u, x);
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
    return _mm512_add_epi16(part, products<kMaxCode>(u, x));
  }
  template <int kMaxCode, int kCols>
  static I32 add_scaled(I32 sum, I32 part, Scale scale) {
    static_assert(kMaxCode * 2 * 127 * kRun<kMaxCode, kCols, true> <= 32767);
    return _mm512_add_epi32(sum, _mm512_madd_epi16(part, scale));
  }
  static I32 add_part(I32 sum, I32 part) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(part, _mm512_set1_epi16(1)));
  }
};

}  // namespace
}  // namespace reckon::kernels
