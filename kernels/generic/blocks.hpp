// One block of weights times one block of activations, a lane per weight row: the inner loops of matmul.
//
// All integers are exact. Bounds for 256 columns: |sum of scale * code * x| <= 128 * 128 * 127 * 256 < 2^30
// (Q6_K without its offset 63 * 128 * 127 * 256 < 2^28), the correction for offsets as much again, so int32
// never wraps in a final value.
//
// A source hands out a block's codes and scales: FromPacked straight from memory, FromScratch from a copy
// that was unpacked once for many tokens.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/generic/activations.hpp"

namespace reckon::kernels {
namespace {

constexpr int log2_of(int v) { return v <= 1 ? 0 : 1 + log2_of(v / 2); }

// What has to be taken off: sum of scale * code * x counts codes with this offset.
template <class V, class F>
constexpr int kBias = F::kMaxCode == 128 ? (V::kSignedBias ? 128 : 0) : F::kOffset;

// --- formats of 256 columns ---

template <class V, class F>
struct FromPacked256 {
  const typename F::Packed& p;
  size_t lane;

  template <int kOdd>
  void codes(size_t pair, typename V::U8 (&u)[F::kSub / 4]) const {
    F::template codes<V, kOdd>(p, pair, lane, u);
  }
  template <int kOdd>
  typename V::Scale scale(size_t pair) const {
    const auto both = F::template scale_pair<V>(p, pair, lane);
    if constexpr (kOdd) return V::template odd<F::kMaxCode, F::kSub>(both);
    return V::template even<F::kMaxCode, F::kSub>(both);
  }
  // The factors of the activations' sums: mins, or scales where codes have an offset.
  typename V::I32 sum_factors(size_t pair) const {
    if constexpr (F::kMins)
      return F::template min_pair<V>(p, pair, lane);
    else
      return F::template scale_pair<V>(p, pair, lane);
  }
  typename V::F32 d() const { return V::load_f16(p.d + lane); }
  typename V::F32 dmin() const { return V::load_f16(p.dmin + lane); }
};

// An unpacked block of a panel: 16 rows, 256 columns.
struct alignas(64) Scratch256 {
  uint8_t code[64][64];
  int32_t scale[16][16];       // V::Scale
  int32_t sum_factors[8][16];  // pairs of int16
  float d[16], dmin[16];
};

template <class V, class F>
struct FromScratch256 {
  const Scratch256& p;
  size_t lane;

  template <int kOdd>
  void codes(size_t pair, typename V::U8 (&u)[F::kSub / 4]) const {
#pragma GCC unroll 8
    for (int k = 0; k < F::kSub / 4; k++) {
      u[k] = V::load_u8(p.code[(2 * pair + kOdd) * (F::kSub / 4) + k] + 4 * lane);
    }
  }
  template <int kOdd>
  typename V::Scale scale(size_t pair) const {
    return V::load_scale(p.scale[2 * pair + kOdd] + lane);
  }
  typename V::I32 sum_factors(size_t pair) const { return V::load_i32(p.sum_factors[pair] + lane); }
  typename V::F32 d() const { return V::load_f32(p.d + lane); }
  typename V::F32 dmin() const { return V::load_f32(p.dmin + lane); }
};

template <class V, class F>
void unpack_256(const typename F::Packed& p, Scratch256& out) {
  constexpr int kVectors = F::kSub / 4;
  for (size_t lane = 0; lane < kPanelRows; lane += V::kLanes) {
    const FromPacked256<V, F> from{p, lane};
    for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
      typename V::U8 u[kVectors], v[kVectors];
      from.template codes<0>(pair, u);
      from.template codes<1>(pair, v);
#pragma GCC unroll 8
      for (int k = 0; k < kVectors; k++) {
        V::store_u8(out.code[2 * pair * kVectors + k] + 4 * lane, u[k]);
        V::store_u8(out.code[(2 * pair + 1) * kVectors + k] + 4 * lane, v[k]);
      }
      V::store_scale(out.scale[2 * pair] + lane, from.template scale<0>(pair));
      V::store_scale(out.scale[2 * pair + 1] + lane, from.template scale<1>(pair));
      V::store_i32(out.sum_factors[pair] + lane, from.sum_factors(pair));
    }
    V::store_f32(out.d + lane, from.d());
    if constexpr (F::kMins) V::store_f32(out.dmin + lane, from.dmin());
  }
}

// sums[n] += scale * dot of the columns of scale 2 * pair + kOdd
template <class V, class F, int kOdd, int N, class Source>
inline __attribute__((always_inline)) void add_scaled(const Source& from, size_t pair, const int8_t* x,
                                                      typename V::I32 (&sums)[N]) {
  typename V::U8 u[F::kSub / 4];
  from.template codes<kOdd>(pair, u);
  const auto scale = from.template scale<kOdd>(pair);
  const int8_t* at = x + (2 * pair + kOdd) * F::kSub;
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) {
    sums[n] = V::template scaled_dot<F::kMaxCode, F::kSub>(sums[n], u, at + 256 * n, scale);
  }
}

// The sum of factors times the activations' sums: T of the definition, or the offset's part of S.
template <class V, class F, class Source>
inline __attribute__((always_inline)) typename V::I32 sum_product(const Source& from, const Scale256& s) {
  const int16_t* sums = F::kSub == 32 ? s.sum32 : s.sum16;
  auto t = V::zero();
#pragma GCC unroll 8
  for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
    t = V::dot2(t, from.sum_factors(pair), V::broadcast(sums + 2 * pair));
  }
  return t;
}

// acc[n] of N tokens, x (N, 256), s (N)
template <class V, class F, int N, class Source>
inline __attribute__((always_inline)) void multiply_256(const Source& from, const int8_t* x,
                                                        const Scale256* s, typename V::F32 (&acc)[N]) {
  typename V::I32 sums[N];
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) sums[n] = V::zero();
#pragma GCC unroll 1
  for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
    add_scaled<V, F, 0, N>(from, pair, x, sums);
    add_scaled<V, F, 1, N>(from, pair, x, sums);
  }
  constexpr int bias = kBias<V, F>;
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) {
    const auto dx = V::set1(s[n].scale);
    if constexpr (bias != 0) {
      sums[n] = V::sub(sums[n], V::template shift_left<log2_of(bias)>(sum_product<V, F>(from, s[n])));
    }
    acc[n] = V::fma(V::mul(from.d(), dx), V::to_f32(sums[n]), acc[n]);
    if constexpr (F::kMins) {
      acc[n] = V::fnma(V::mul(from.dmin(), dx), V::to_f32(sum_product<V, F>(from, s[n])), acc[n]);
    }
  }
}

// --- formats of 32 columns ---

template <class V, class F>
struct FromPacked32 {
  const std::byte* panel;
  size_t lane;

  const typename F::Packed& at(size_t block) const {
    return reinterpret_cast<const typename F::Packed*>(panel)[block / F::kGroup];
  }
  void codes(size_t block, typename V::U8 (&u)[8]) const {
    F::template codes<V>(at(block), block % F::kGroup, lane, u);
  }
  typename V::F32 d(size_t block) const { return V::load_f16(at(block).d[block % F::kGroup] + lane); }
  typename V::F32 m(size_t block) const { return V::load_f16(at(block).m[block % F::kGroup] + lane); }
};

// Up to eight unpacked blocks of a panel: 16 rows, 256 columns.
struct alignas(64) Scratch32 {
  uint8_t code[8][8][64];
  float d[8][16], m[8][16];
};

template <class V, class F>
struct FromScratch32 {
  const Scratch32& p;
  size_t lane;

  void codes(size_t block, typename V::U8 (&u)[8]) const {
#pragma GCC unroll 8
    for (int k = 0; k < 8; k++) u[k] = V::load_u8(p.code[block][k] + 4 * lane);
  }
  typename V::F32 d(size_t block) const { return V::load_f32(p.d[block] + lane); }
  typename V::F32 m(size_t block) const { return V::load_f32(p.m[block] + lane); }
};

// Blocks [first, first + count) of the panel.
template <class V, class F>
void unpack_32(const std::byte* panel, size_t first, size_t count, Scratch32& out) {
  for (size_t lane = 0; lane < kPanelRows; lane += V::kLanes) {
    const FromPacked32<V, F> from{panel, lane};
    for (size_t b = 0; b < count; b++) {
      typename V::U8 u[8];
      from.codes(first + b, u);
      for (int k = 0; k < 8; k++) V::store_u8(out.code[b][k] + 4 * lane, u[k]);
      V::store_f32(out.d[b] + lane, from.d(first + b));
      if constexpr (F::kMins) V::store_f32(out.m[b] + lane, from.m(first + b));
    }
  }
}

// acc[n] of N tokens, x (N, 32), s (N); `block` as the source counts
template <class V, class F, int N, class Source>
inline __attribute__((always_inline)) void multiply_32(const Source& from, size_t block, const int8_t* x,
                                                       const Scale32* s, typename V::F32 (&acc)[N]) {
  typename V::U8 u[8];
  from.codes(block, u);
  constexpr int bias = kBias<V, F>;
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) {
    const auto dx = V::set1(s[n].scale);
    auto sum = V::template dot<F::kMaxCode, 32>(u, x + 32 * n);
    if constexpr (bias != 0) {
      sum = V::sub(sum, V::template shift_left<log2_of(bias)>(V::broadcast(&s[n].sum)));
    }
    acc[n] = V::fma(V::mul(from.d(block), dx), V::to_f32(sum), acc[n]);
    if constexpr (F::kMins) {
      acc[n] = V::fma(V::mul(from.m(block), dx), V::to_f32(V::broadcast(&s[n].sum)), acc[n]);
    }
  }
}

}  // namespace
}  // namespace reckon::kernels
