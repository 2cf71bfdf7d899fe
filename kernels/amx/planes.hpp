// Weights of a panel as operands of tile products: the scales of a block's columns are multiplied into its
// codes, scale * code = 2^kPlaneShift * high + low, two planes of bytes, so that 256 columns are summed
// before anything has to be scaled.
//
// Formats with mins have scales and codes without a sign. There the scale is split, scale = 8 * high + low,
// and each part times the code is a byte (at most 7 * 31 = 217): one 16-bit product for two codes, since
// nothing carries from one byte to the next. The others take 13-bit products (Q6_K: 128 * 32 = 4096) and
// split those, low = its seven last bits.
#pragma once

#include "kernels/avx512/int_vec_vnni.hpp"
#include "kernels/formats/formats.hpp"

namespace reckon::kernels {
namespace {

template <class F>
constexpr bool kSplitsScale = F::kMins;
// Q2_K: 15 * 3 fits one byte.
template <class F>
constexpr int kPlanes = kSplitsScale<F>&& F::kMaxCode * 15 <= 63 ? 1 : 2;
template <class F>
constexpr int kPlaneShift = kSplitsScale<F> ? 3 : 7;

// 16 rows, 256 columns.
struct alignas(64) Planes256 {
  uint8_t plane[2][64][64];  // (low or high, groups of four columns, 16 rows of four bytes)
  int32_t mins[8][16];       // pairs of int16, as factors of the activations' sums
  float d[16], dmin[16];
};

// Both 16-bit halves of a lane: the scale of the pair's first or second group.
template <int kOdd>
inline __m512i scale_of(__m512i pairs) {
  const __m512i low = _mm512_set1_epi32(0xffff);
  if constexpr (kOdd) return _mm512_or_si512(_mm512_srli_epi32(pairs, 16), _mm512_andnot_si512(low, pairs));
  return _mm512_or_si512(_mm512_and_si512(low, pairs), _mm512_slli_epi32(pairs, 16));
}

// codes: 64 unsigned bytes; scale: unsigned, at most 63
template <class F>
inline void put_split_scale(__m512i codes, __m512i scale, uint8_t* low, uint8_t* high) {
  if constexpr (kPlanes<F> == 1) {
    _mm512_store_si512(low, _mm512_mullo_epi16(codes, scale));
  } else {
    const __m512i seven = _mm512_set1_epi16(7);
    _mm512_store_si512(low, _mm512_mullo_epi16(codes, _mm512_and_si512(scale, seven)));
    _mm512_store_si512(high, _mm512_mullo_epi16(codes, _mm512_srli_epi16(scale, 3)));
  }
}

// values: 64 int8; |scale * value| <= 4096
inline void put_split_product(__m512i values, __m512i scale, uint8_t* low, uint8_t* high) {
  const __m512i first = _mm512_srai_epi16(_mm512_slli_epi16(values, 8), 8);
  const __m512i a = _mm512_mullo_epi16(first, scale);
  const __m512i b = _mm512_mullo_epi16(_mm512_srai_epi16(values, 8), scale);
  const __m512i low_byte = _mm512_set1_epi16(0xff), seven_bits = _mm512_set1_epi8(0x7f);
  constexpr int kSelect = 0xca;  // mask ? second : third
  const __m512i lows = _mm512_ternarylogic_epi64(low_byte, a, _mm512_slli_epi16(b, 8), kSelect);
  _mm512_store_si512(low, _mm512_and_si512(lows, seven_bits));
  const __m512i highs =
      _mm512_ternarylogic_epi64(low_byte, _mm512_srai_epi16(a, 7), _mm512_slli_epi16(b, 1), kSelect);
  _mm512_store_si512(high, highs);
}

// The codes as int8 values.
template <class F>
inline __m512i signed_values(__m512i codes) {
  if constexpr (F::kMaxCode == 128 || F::kOffset == 0) return codes;
  return _mm512_sub_epi8(codes, _mm512_set1_epi8(F::kOffset));
}

// Columns 16 * kPart.. of the two groups of `pair`.
template <class F, int kPart>
inline void put_part(const typename F::Packed& p, size_t pair, __m512i scale, Planes256& out) {
  __m512i u[4];
  F::template codes<Vec, kPart>(p, pair, 0, u);
  const size_t at = pair * (F::kSub / 2) + 4 * kPart;  // in groups of four columns
  for (size_t k = 0; k < 4; k++) {
    uint8_t *low = out.plane[0][at + k], *high = out.plane[1][at + k];
    if constexpr (kSplitsScale<F>)
      put_split_scale<F>(u[k], scale, low, high);
    else
      put_split_product(signed_values<F>(u[k]), scale, low, high);
  }
}

template <class F>
void unpack_planes(const typename F::Packed& p, Planes256& out) {
  for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
    const __m512i scales = F::template scale_pair<Vec>(p, pair, 0);
    const __m512i even = scale_of<0>(scales), odd = scale_of<1>(scales);
    put_part<F, 0>(p, pair, even, out);
    if constexpr (F::kSub == 32) {
      put_part<F, 1>(p, pair, even, out);
      put_part<F, 2>(p, pair, odd, out);
      put_part<F, 3>(p, pair, odd, out);
    } else {
      put_part<F, 1>(p, pair, odd, out);
    }
    if constexpr (F::kMins) Vec::store_i32(out.mins[pair], F::template min_pair<Vec>(p, pair, 0));
  }
  Vec::store_f32(out.d, Vec::load_f16(p.d));
  if constexpr (F::kMins) Vec::store_f32(out.dmin, Vec::load_f16(p.dmin));
}

// 16 rows, up to eight blocks of 32 columns: one plane each, their values.
struct alignas(64) Planes32 {
  uint8_t value[8][8][64];
  float d[8][16], m[8][16];
};

template <class F>
void unpack_planes(const std::byte* panel, size_t first, size_t count, Planes32& out) {
  for (size_t b = 0; b < count; b++) {
    const size_t block = first + b, in_group = block % F::kGroup;
    const auto& p = reinterpret_cast<const typename F::Packed*>(panel)[block / F::kGroup];
    __m512i u[8];
    F::template codes<Vec, 0>(p, in_group, 0, reinterpret_cast<__m512i(&)[4]>(u[0]));
    F::template codes<Vec, 1>(p, in_group, 0, reinterpret_cast<__m512i(&)[4]>(u[4]));
    for (int k = 0; k < 8; k++) _mm512_store_si512(out.value[b][k], signed_values<F>(u[k]));
    Vec::store_f32(out.d[b], Vec::load_f16(p.d[in_group]));
    if constexpr (F::kMins) Vec::store_f32(out.m[b], Vec::load_f16(p.m[in_group]));
  }
}

}  // namespace
}  // namespace reckon::kernels
