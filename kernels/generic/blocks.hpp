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

// Distance of a token's accumulators from the next one's, in an (n, 16) array.
constexpr int kRowFloats = kPanelRows;

// Holds the compiler to the order written: left to itself it loads far ahead, runs out of registers and goes
// through memory with all sums. For vocabularies where that was measured to be so (kKeepsOrder).
template <class Register>
inline __attribute__((always_inline)) void keep_order([[maybe_unused]] Register& value) {
#if defined(__x86_64__)
  if constexpr (sizeof(Register) >= 32) __asm__ volatile("" : "+v"(value));
#endif
}

constexpr int log2_of(int v) { return v <= 1 ? 0 : 1 + log2_of(v / 2); }

// What has to be taken off: sum of scale * code * x counts codes with this offset.
template <class V, class F>
constexpr int kBias = F::kMaxCode == 128 ? (V::kSignedBias ? 128 : 0) : F::kOffset;

// Weights that stream from memory are asked for this far ahead, share by share between the products: all at
// once they would fill the queue of misses and stall it. Whatever only fetches is always_inline: GCC takes
// such a function for one without effects and drops the calls.
constexpr size_t kFetchAhead = 6 * 1024;

// Fetches part `index` of `count` of what follows kFetchAhead bytes after `packed`.
template <class V, size_t kCount, class Packed>
inline __attribute__((always_inline)) void fetch_share(const Packed& packed, size_t index) {
  constexpr size_t kLines = sizeof(Packed) / 64, kShare = (kLines + kCount - 1) / kCount;
  const auto* at = reinterpret_cast<const std::byte*>(&packed) + kFetchAhead + index * kShare * 64;
#pragma GCC unroll 16
  for (size_t i = 0; i < kShare; i++) V::prefetch(at + 64 * i);
}

// --- formats of 256 columns ---

template <class V, class F>
struct FromPacked256 {
  const typename F::Packed& p;
  size_t lane;
  bool fetches;  // what comes later: once per chunk is enough

  inline __attribute__((always_inline)) void fetch(size_t pair) const {
    if (fetches) fetch_share<V, 128 / F::kSub>(p, pair);
  }

  template <int kPart>
  void codes(size_t pair, typename V::U8 (&u)[4]) const {
    F::template codes<V, kPart>(p, pair, lane, u);
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

  void fetch(size_t) const {}

  template <int kPart>
  void codes(size_t pair, typename V::U8 (&u)[4]) const {
    const uint8_t* at = p.code[pair * (F::kSub / 2) + 4 * kPart] + 4 * lane;
    for (int k = 0; k < 4; k++) u[k] = V::load_u8(at + 64 * k);
  }
  template <int kOdd>
  typename V::Scale scale(size_t pair) const {
    return V::load_scale(p.scale[2 * pair + kOdd] + lane);
  }
  typename V::I32 sum_factors(size_t pair) const { return V::load_i32(p.sum_factors[pair] + lane); }
  typename V::F32 d() const { return V::load_f32(p.d + lane); }
  typename V::F32 dmin() const { return V::load_f32(p.dmin + lane); }
};

template <class V, class F, int kPart>
void unpack_part(const FromPacked256<V, F>& from, size_t pair, Scratch256& out) {
  typename V::U8 u[4];
  from.template codes<kPart>(pair, u);
  uint8_t* at = out.code[pair * (F::kSub / 2) + 4 * kPart] + 4 * from.lane;
  for (int k = 0; k < 4; k++) V::store_u8(at + 64 * k, u[k]);
}

template <class V, class F>
void unpack_256(const typename F::Packed& p, Scratch256& out) {
  for (size_t lane = 0; lane < kPanelRows; lane += V::kLanes) {
    const FromPacked256<V, F> from{p, lane, false};
    for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
      unpack_part<V, F, 0>(from, pair, out);
      unpack_part<V, F, 1>(from, pair, out);
      if constexpr (F::kSub == 32) {
        unpack_part<V, F, 2>(from, pair, out);
        unpack_part<V, F, 3>(from, pair, out);
      }
      V::store_scale(out.scale[2 * pair] + lane, from.template scale<0>(pair));
      V::store_scale(out.scale[2 * pair + 1] + lane, from.template scale<1>(pair));
      V::store_i32(out.sum_factors[pair] + lane, from.sum_factors(pair));
    }
    V::store_f32(out.d + lane, from.d());
    if constexpr (F::kMins) V::store_f32(out.dmin + lane, from.dmin());
  }
}

// Adds the products of 16 columns, number kPart of their group of kSub, to parts[n], and hands over each run
// that is complete as add_run(n, part). u: 16 columns; x (N, stride) from the first of these columns on
//
// Long runs take the tokens innermost: their sums are independent of each other, which hides the latency of
// the additions. Short ones take a token after the other where registers are few.
template <class V, class F, int kPart, int N, class AddRun>
inline __attribute__((always_inline)) void add_products(const typename V::U8 (&u)[4], const int8_t* x,
                                                        size_t stride, typename V::I32 (&parts)[N],
                                                        AddRun&& add_run) {
  constexpr int kRun = V::template kRun<F::kMaxCode, F::kSub>;
  const auto multiply = [&](int k, int n, typename V::I32 part) __attribute__((always_inline)) {
    const auto four = V::broadcast(x + static_cast<size_t>(n) * stride + 4 * k);
    return (4 * kPart + k) % kRun == 0 ? V::template first<F::kMaxCode>(u[k], four)
                                       : V::template next<F::kMaxCode>(part, u[k], four);
  };
  if constexpr (kRun <= V::kShortRun) {
#pragma GCC unroll 16
    for (int n = 0; n < N; n++) {
#pragma GCC unroll 4
      for (int k = 0; k < 4; k++) {
        parts[n] = multiply(k, n, parts[n]);
        if (k % kRun == kRun - 1) add_run(n, parts[n]);
      }
    }
  } else {
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
#pragma GCC unroll 16
      for (int n = 0; n < N; n++) {
        parts[n] = multiply(k, n, parts[n]);
        if constexpr (V::kKeepsOrder) keep_order(parts[n]);
      }
      if ((4 * kPart + k) % kRun != kRun - 1) continue;
#pragma GCC unroll 16
      for (int n = 0; n < N; n++) add_run(n, parts[n]);
    }
  }
}

// sums[n] += scale * dot of the columns of scale 2 * pair + kOdd
template <class V, class F, int kOdd, int N, class Source>
inline __attribute__((always_inline)) void add_scaled_group(const Source& from, size_t pair, const int8_t* x,
                                                            typename V::I32 (&sums)[N]) {
  typename V::I32 parts[N];
  typename V::U8 u[4];
  const auto scale = from.template scale<kOdd>(pair);
  const auto add_run = [&](int n, typename V::I32 part) __attribute__((always_inline)) {
    sums[n] = V::template add_scaled<F::kMaxCode, F::kSub>(sums[n], part, scale);
  };
  const int8_t* at = x + (2 * pair + kOdd) * F::kSub;
  constexpr int kFirst = kOdd * F::kSub / 16;
  from.template codes<kFirst>(pair, u);
  add_products<V, F, 0>(u, at, 256, parts, add_run);
  if constexpr (F::kSub == 32) {
    from.template codes<kFirst + 1>(pair, u);
    add_products<V, F, 1>(u, at + 16, 256, parts, add_run);
  }
}

// sums[n] = the sum of factors times the activations' sums: T of the definition, or the offset's part of S.
template <class V, class F, int N, class Source>
inline __attribute__((always_inline)) void sum_products(const Source& from, const Scale256* s,
                                                        typename V::I32 (&sums)[N]) {
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) sums[n] = V::zero();
#pragma GCC unroll 8
  for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
    const auto factors = from.sum_factors(pair);
#pragma GCC unroll 16
    for (int n = 0; n < N; n++) {
      sums[n] = V::dot2(sums[n], factors, V::broadcast((F::kSub == 32 ? s[n].sum32 : s[n].sum16) + 2 * pair));
    }
  }
}

// Adds a block's products to the accumulators of N tokens.
// x (N, 256), s (N), acc (N, 16) from the source's lane on
template <class V, class F, int N, class Source>
inline __attribute__((always_inline)) void multiply_256(const Source& from, const int8_t* x,
                                                        const Scale256* s, float* acc) {
  typename V::I32 sums[N], corrections[N];
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) sums[n] = V::zero();
#pragma GCC unroll 1
  for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
    from.fetch(pair);
    add_scaled_group<V, F, 0, N>(from, pair, x, sums);
    add_scaled_group<V, F, 1, N>(from, pair, x, sums);
  }
  constexpr int bias = kBias<V, F>;
  if constexpr (bias != 0 || F::kMins) sum_products<V, F, N>(from, s, corrections);
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) {
    const auto dx = V::set1(s[n].scale);
    if constexpr (bias != 0) sums[n] = V::sub(sums[n], V::template shift_left<log2_of(bias)>(corrections[n]));
    auto y = V::load_f32(acc + n * kRowFloats);
    y = V::fma(V::mul(from.d(), dx), V::to_f32(sums[n]), y);
    if constexpr (F::kMins) y = V::fnma(V::mul(from.dmin(), dx), V::to_f32(corrections[n]), y);
    V::store_f32(acc + n * kRowFloats, y);
  }
}

// --- formats of 32 columns ---

template <class V, class F>
struct FromPacked32 {
  const std::byte* panel;
  size_t lane;
  bool fetches;

  inline __attribute__((always_inline)) void fetch(size_t block) const {
    if (fetches) fetch_share<V, F::kGroup>(at(block), block % F::kGroup);
  }

  const typename F::Packed& at(size_t block) const {
    return reinterpret_cast<const typename F::Packed*>(panel)[block / F::kGroup];
  }
  template <int kPart>
  void codes(size_t block, typename V::U8 (&u)[4]) const {
    F::template codes<V, kPart>(at(block), block % F::kGroup, lane, u);
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

  void fetch(size_t) const {}

  template <int kPart>
  void codes(size_t block, typename V::U8 (&u)[4]) const {
    for (int k = 0; k < 4; k++) u[k] = V::load_u8(p.code[block][4 * kPart + k] + 4 * lane);
  }
  typename V::F32 d(size_t block) const { return V::load_f32(p.d[block] + lane); }
  typename V::F32 m(size_t block) const { return V::load_f32(p.m[block] + lane); }
};

// Blocks [first, first + count) of the panel.
template <class V, class F>
void unpack_32(const std::byte* panel, size_t first, size_t count, Scratch32& out) {
  for (size_t lane = 0; lane < kPanelRows; lane += V::kLanes) {
    const FromPacked32<V, F> from{panel, lane, false};
    for (size_t b = 0; b < count; b++) {
      typename V::U8 u[4], v[4];
      from.template codes<0>(first + b, u);
      from.template codes<1>(first + b, v);
      for (int k = 0; k < 4; k++) V::store_u8(out.code[b][k] + 4 * lane, u[k]);
      for (int k = 0; k < 4; k++) V::store_u8(out.code[b][4 + k] + 4 * lane, v[k]);
      V::store_f32(out.d[b] + lane, from.d(first + b));
      if constexpr (F::kMins) V::store_f32(out.m[b] + lane, from.m(first + b));
    }
  }
}

// Adds a block's products to the accumulators of N tokens.
// x (N, 32), s (N), acc (N, 16) from the source's lane on; `block` as the source counts
template <class V, class F, int N, class Source>
inline __attribute__((always_inline)) void multiply_32(const Source& from, size_t block, const int8_t* x,
                                                       const Scale32* s, float* acc) {
  typename V::I32 sums[N], parts[N];
  typename V::U8 u[4];
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) sums[n] = V::zero();
  const auto add_run = [&](int n, typename V::I32 part) __attribute__((always_inline)) {
    sums[n] = V::add_part(sums[n], part);
  };
  from.template codes<0>(block, u);
  add_products<V, F, 0>(u, x, 32, parts, add_run);
  from.template codes<1>(block, u);
  add_products<V, F, 1>(u, x + 16, 32, parts, add_run);
  constexpr int bias = kBias<V, F>;
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) {
    const auto dx = V::set1(s[n].scale);
    if constexpr (bias != 0) {
      sums[n] = V::sub(sums[n], V::template shift_left<log2_of(bias)>(V::broadcast(&s[n].sum)));
    }
    auto y = V::load_f32(acc + n * kRowFloats);
    y = V::fma(V::mul(from.d(block), dx), V::to_f32(sums[n]), y);
    if constexpr (F::kMins) y = V::fma(V::mul(from.m(block), dx), V::to_f32(V::broadcast(&s[n].sum)), y);
    V::store_f32(acc + n * kRowFloats, y);
  }
}

}  // namespace
}  // namespace reckon::kernels
