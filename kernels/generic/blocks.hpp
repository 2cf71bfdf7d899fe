// One block of weights times one block of activations, a lane per weight row: the inner loops of matmul.
//
// All integers are exact. Bounds for 256 columns: |sum of scale * code * x| <= 128 * 128 * 127 * 256 < 2^30
// (Q6_K without its offset 63 * 128 * 127 * 256 < 2^28), the correction for offsets as much again, so int32
// never wraps in a final value.
//
// A source hands out a block's codes and scales: FromPacked straight from memory, FromScratch from a copy
// that was unpacked once for many tokens.
#pragma once

#include <type_traits>

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

// Greatest magnitude of what a code stands for.
template <class F>
constexpr int max_value() {
  if constexpr (F::kTable || F::kMaxCode == 128)
    return 128;
  else
    return F::kOffset > F::kMaxCode - F::kOffset ? F::kOffset : F::kMaxCode - F::kOffset;
}

// How weights and activations meet in products of unsigned and signed bytes: codes as they are packed, with
// int8 activations. A format's offset is taken off afterwards, by the activations' sums.
template <class V, class F>
struct ByCode {
  static constexpr int kMax = F::kMaxCode;
  static constexpr int kRun = V::template kRun<kMax, F::kSub, F::kCols == 256>;
  // What has to be taken off: sum of scale * code * x counts codes with this offset.
  static constexpr int kBias = F::kMaxCode == 128 ? (V::kSignedBias ? 128 : 0) : F::kOffset;

  template <class Source>
  static inline __attribute__((always_inline)) typename V::I32 first(const Source&, size_t, typename V::U8 u,
                                                                     typename V::I32 x) {
    return V::template first<kMax>(u, x);
  }
  static inline __attribute__((always_inline)) typename V::I32 next(typename V::I32 part, typename V::U8 u,
                                                                    typename V::I32 x) {
    return V::template next<kMax>(part, u, x);
  }
};

// The other way about: the codes' values, signed, with activations that have 128 added. Each run begins at
// -128 times the sum of its values, so that nothing is to be taken off. The sums of a run are smaller so, and
// more of them fit 16 bits; but the beginnings have to be made, which pays where many tokens share them.
template <class V, class F>
struct ByValue {
  static constexpr int kMax = max_value<F>();
  static constexpr int kRun = V::template kRun<kMax, F::kSub, F::kCols == 256>;
  static constexpr int kBias = 0;

  template <class Source>
  static inline __attribute__((always_inline)) typename V::I32 first(const Source& from, size_t run,
                                                                     typename V::U8 w, typename V::I32 x) {
    return next(from.start(run), w, x);
  }
  static inline __attribute__((always_inline)) typename V::I32 next(typename V::I32 part, typename V::U8 w,
                                                                    typename V::I32 x) {
    return V::add_signed(part, w, x);
  }
};

// Of codes that many tokens share.
template <class V, class F>
using SharedRule = std::conditional_t<V::kByValue, ByValue<V, F>, ByCode<V, F>>;

template <class V, class F>
inline typename V::U8 values_of(typename V::U8 codes) {
  if constexpr (F::kMaxCode == 128 || F::kOffset == 0)
    return codes;
  else
    return V::template subtract<F::kOffset>(codes);
}

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
  using Rule = ByCode<V, F>;
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
    return scale_for<Rule::kMax, kOdd>(pair);
  }
  // In the form that goes with products of at most kMax.
  template <int kMax, int kOdd>
  typename V::Scale scale_for(size_t pair) const {
    const auto both = F::template scale_pair<V>(p, pair, lane);
    if constexpr (kOdd) return V::template odd<kMax, F::kSub>(both);
    return V::template even<kMax, F::kSub>(both);
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
  int32_t start[32][16];       // of each run, ByValue
  int32_t scale[16][16];       // V::Scale
  int32_t sum_factors[8][16];  // pairs of int16
  float d[16], dmin[16];
};

template <class V, class F>
struct FromScratch256 {
  using Rule = SharedRule<V, F>;
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
  typename V::I32 start(size_t run) const { return V::load_i32(p.start[run] + lane); }
  typename V::I32 sum_factors(size_t pair) const { return V::load_i32(p.sum_factors[pair] + lane); }
  typename V::F32 d() const { return V::load_f32(p.d + lane); }
  typename V::F32 dmin() const { return V::load_f32(p.dmin + lane); }
};

// What a block's or chunk's codes are in scratch, from `lane` on: codes or values, and the beginnings of
// runs. code (columns / 4, 64), start (runs, 16)
template <class V, class F>
struct CodeWriter {
  using Rule = SharedRule<V, F>;
  uint8_t* code;
  int32_t* start;

  void put(size_t vector, typename V::U8 u) const {
    if constexpr (V::kByValue) u = values_of<V, F>(u);
    V::store_u8(code + 64 * vector, u);
  }
  void put_starts(size_t first_run, size_t n_runs) const {
    if constexpr (V::kByValue) {
      for (size_t run = first_run; run < first_run + n_runs; run++) {
        auto sum = V::zero();
        for (size_t k = 0; k < Rule::kRun; k++) {
          sum = V::add_signed(sum, V::load_u8(code + 64 * (run * Rule::kRun + k)), V::all_bytes(128));
        }
        V::store_i32(start + 16 * run, V::sub(V::zero(), sum));
      }
    }
  }
};

template <class V, class F, int kPart>
void unpack_part(const FromPacked256<V, F>& from, size_t pair, const CodeWriter<V, F>& to) {
  typename V::U8 u[4];
  from.template codes<kPart>(pair, u);
  for (size_t k = 0; k < 4; k++) to.put(pair * (F::kSub / 2) + 4 * kPart + k, u[k]);
}

template <class V, class F>
void unpack_256(const typename F::Packed& p, Scratch256& out) {
  using Rule = SharedRule<V, F>;
  for (size_t lane = 0; lane < kPanelRows; lane += V::kLanes) {
    const FromPacked256<V, F> from{p, lane, false};
    const CodeWriter<V, F> to{out.code[0] + 4 * lane, out.start[0] + lane};
    for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
      unpack_part<V, F, 0>(from, pair, to);
      unpack_part<V, F, 1>(from, pair, to);
      if constexpr (F::kSub == 32) {
        unpack_part<V, F, 2>(from, pair, to);
        unpack_part<V, F, 3>(from, pair, to);
      }
      V::store_scale(out.scale[2 * pair] + lane, from.template scale_for<Rule::kMax, 0>(pair));
      V::store_scale(out.scale[2 * pair + 1] + lane, from.template scale_for<Rule::kMax, 1>(pair));
      V::store_i32(out.sum_factors[pair] + lane, from.sum_factors(pair));
    }
    to.put_starts(0, 64 / Rule::kRun);
    V::store_f32(out.d + lane, from.d());
    if constexpr (F::kMins) V::store_f32(out.dmin + lane, from.dmin());
  }
}

// Adds the products of 16 columns, number kPart of their group of kSub, of R vectors of rows and N tokens to
// parts[r][n], and hands over each run that is complete as add_run(r, n, part). u: 16 columns of each vector
// of rows; x (N, stride) from the first of these columns on
//
// Long runs take the tokens innermost: their sums are independent of each other, which hides the latency of
// the additions. Short ones take a token after the other where registers are few. An activation that was
// loaded meets all R vectors: with one, every product would cost a load.
template <class V, int kPart, int R, int N, class Source, class AddRun>
inline __attribute__((always_inline)) void add_products(const Source (&from)[R], size_t first_run,
                                                        const typename V::U8 (&u)[R][4], const int8_t* x,
                                                        size_t stride, typename V::I32 (&parts)[R][N],
                                                        AddRun&& add_run) {
  using Rule = typename Source::Rule;
  constexpr int kRun = Rule::kRun;
  const auto four_columns = [&](int k, int n) __attribute__((always_inline)) {
    return V::broadcast(x + static_cast<size_t>(n) * stride + 4 * k);
  };
  const auto multiply = [&](int k, int r, int n, typename V::I32 four) __attribute__((always_inline)) {
    constexpr int kVector = 4 * kPart;  // + k: of the group
    parts[r][n] =
        (kVector + k) % kRun == 0
            ? Rule::first(from[r], first_run + static_cast<size_t>((kVector + k) / kRun), u[r][k], four)
            : Rule::next(parts[r][n], u[r][k], four);
  };
  if constexpr (kRun <= V::kShortRun) {
#pragma GCC unroll 16
    for (int n = 0; n < N; n++) {
#pragma GCC unroll 4
      for (int k = 0; k < 4; k++) {
        const auto four = four_columns(k, n);
#pragma GCC unroll 2
        for (int r = 0; r < R; r++) {
          multiply(k, r, n, four);
          if (k % kRun == kRun - 1) add_run(r, n, parts[r][n]);
        }
      }
    }
  } else {
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
#pragma GCC unroll 16
      for (int n = 0; n < N; n++) {
        const auto four = four_columns(k, n);
#pragma GCC unroll 2
        for (int r = 0; r < R; r++) {
          multiply(k, r, n, four);
          if constexpr (V::kKeepsOrder) keep_order(parts[r][n]);
        }
      }
      if ((4 * kPart + k) % kRun != kRun - 1) continue;
#pragma GCC unroll 2
      for (int r = 0; r < R; r++) {
#pragma GCC unroll 16
        for (int n = 0; n < N; n++) add_run(r, n, parts[r][n]);
      }
    }
  }
}

template <class V, int R, int N>
inline __attribute__((always_inline)) void set_zero(typename V::I32 (&sums)[R][N]) {
#pragma GCC unroll 2
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 16
    for (int n = 0; n < N; n++) sums[r][n] = V::zero();
  }
}

// 16 columns, number kPart of those that `group` counts, of R sources.
template <class V, int kPart, int R, class Source>
inline __attribute__((always_inline)) void load_codes(const Source (&from)[R], size_t group,
                                                      typename V::U8 (&u)[R][4]) {
#pragma GCC unroll 2
  for (int r = 0; r < R; r++) from[r].template codes<kPart>(group, u[r]);
}

// sums[r][n] += scale * dot of the columns of scale 2 * pair + kOdd
template <class V, class F, int kOdd, int R, int N, class Source>
inline __attribute__((always_inline)) void add_scaled_group(const Source (&from)[R], size_t pair,
                                                            const int8_t* x, typename V::I32 (&sums)[R][N]) {
  typename V::I32 parts[R][N];
  typename V::U8 u[R][4];
  typename V::Scale scale[R];
#pragma GCC unroll 2
  for (int r = 0; r < R; r++) scale[r] = from[r].template scale<kOdd>(pair);
  const auto add_run = [&](int r, int n, typename V::I32 part) __attribute__((always_inline)) {
    sums[r][n] = V::template add_scaled<Source::Rule::kMax, F::kSub>(sums[r][n], part, scale[r]);
  };
  const size_t group = 2 * pair + kOdd, first_run = group * (F::kSub / 4 / Source::Rule::kRun);
  const int8_t* at = x + group * F::kSub;
  constexpr int kFirst = kOdd * F::kSub / 16;
  load_codes<V, kFirst>(from, pair, u);
  add_products<V, 0>(from, first_run, u, at, 256, parts, add_run);
  if constexpr (F::kSub == 32) {
    load_codes<V, kFirst + 1>(from, pair, u);
    add_products<V, 1>(from, first_run, u, at + 16, 256, parts, add_run);
  }
}

// sums[r][n] = the sum of factors times the activations' sums: T of the definition, or the offset's part of
// S.
template <class V, class F, int R, int N, class Source>
inline __attribute__((always_inline)) void sum_products(const Source (&from)[R], const Scale256* s,
                                                        typename V::I32 (&sums)[R][N]) {
  set_zero<V>(sums);
#pragma GCC unroll 8
  for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
#pragma GCC unroll 2
    for (int r = 0; r < R; r++) {
      const auto factors = from[r].sum_factors(pair);
#pragma GCC unroll 16
      for (int n = 0; n < N; n++) {
        const auto x = V::broadcast((F::kSub == 32 ? s[n].sum32 : s[n].sum16) + 2 * pair);
        sums[r][n] = V::dot2(sums[r][n], factors, x);
      }
    }
  }
}

// Adds a block's products to the accumulators of R vectors of rows and N tokens.
// x (N, 256), s (N), acc[r] (N, 16) from the source's lane on
template <class V, class F, int N, int R, class Source>
inline __attribute__((always_inline)) void multiply_256(const Source (&from)[R], const int8_t* x,
                                                        const Scale256* s, float* const (&acc)[R]) {
  typename V::I32 sums[R][N], corrections[R][N];
  set_zero<V>(sums);
#pragma GCC unroll 1
  for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
    from[0].fetch(pair);
    add_scaled_group<V, F, 0>(from, pair, x, sums);
    add_scaled_group<V, F, 1>(from, pair, x, sums);
  }
  constexpr int bias = Source::Rule::kBias;
  if constexpr (bias != 0 || F::kMins) sum_products<V, F>(from, s, corrections);
#pragma GCC unroll 2
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 16
    for (int n = 0; n < N; n++) {
      const auto dx = V::set1(s[n].scale);
      auto sum = sums[r][n];
      if constexpr (bias != 0) sum = V::sub(sum, V::template shift_left<log2_of(bias)>(corrections[r][n]));
      auto y = V::load_f32(acc[r] + n * kRowFloats);
      y = V::fma(V::mul(from[r].d(), dx), V::to_f32(sum), y);
      if constexpr (F::kMins) y = V::fnma(V::mul(from[r].dmin(), dx), V::to_f32(corrections[r][n]), y);
      V::store_f32(acc[r] + n * kRowFloats, y);
    }
  }
}

// --- formats of 32 columns ---

template <class V, class F>
struct FromPacked32 {
  using Rule = ByCode<V, F>;
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
  int32_t start[64][16];  // of each run, ByValue
  float d[8][16], m[8][16];
};

template <class V, class F>
struct FromScratch32 {
  using Rule = SharedRule<V, F>;
  const Scratch32& p;
  size_t lane;

  void fetch(size_t) const {}

  template <int kPart>
  void codes(size_t block, typename V::U8 (&u)[4]) const {
    for (int k = 0; k < 4; k++) u[k] = V::load_u8(p.code[block][4 * kPart + k] + 4 * lane);
  }
  typename V::I32 start(size_t run) const { return V::load_i32(p.start[run] + lane); }
  typename V::F32 d(size_t block) const { return V::load_f32(p.d[block] + lane); }
  typename V::F32 m(size_t block) const { return V::load_f32(p.m[block] + lane); }
};

// Blocks [first, first + count) of the panel.
template <class V, class F>
void unpack_32(const std::byte* panel, size_t first, size_t count, Scratch32& out) {
  for (size_t lane = 0; lane < kPanelRows; lane += V::kLanes) {
    const FromPacked32<V, F> from{panel, lane, false};
    const CodeWriter<V, F> to{out.code[0][0] + 4 * lane, out.start[0] + lane};
    for (size_t b = 0; b < count; b++) {
      typename V::U8 u[4], v[4];
      from.template codes<0>(first + b, u);
      from.template codes<1>(first + b, v);
      for (size_t k = 0; k < 4; k++) to.put(8 * b + k, u[k]);
      for (size_t k = 0; k < 4; k++) to.put(8 * b + 4 + k, v[k]);
      V::store_f32(out.d[b] + lane, from.d(first + b));
      if constexpr (F::kMins) V::store_f32(out.m[b] + lane, from.m(first + b));
    }
    to.put_starts(0, count * (8 / SharedRule<V, F>::kRun));
  }
}

// Adds a block's products to the accumulators of R vectors of rows and N tokens.
// x (N, 32), s (N), acc[r] (N, 16) from the source's lane on; `block` as the source counts
template <class V, class F, int N, int R, class Source>
inline __attribute__((always_inline)) void multiply_32(const Source (&from)[R], size_t block, const int8_t* x,
                                                       const Scale32* s, float* const (&acc)[R]) {
  typename V::I32 sums[R][N], parts[R][N];
  typename V::U8 u[R][4];
  set_zero<V>(sums);
  const auto add_run = [&](int r, int n, typename V::I32 part) __attribute__((always_inline)) {
    sums[r][n] = V::add_part(sums[r][n], part);
  };
  const size_t first_run = block * (8 / Source::Rule::kRun);
  load_codes<V, 0>(from, block, u);
  add_products<V, 0>(from, first_run, u, x, 32, parts, add_run);
  load_codes<V, 1>(from, block, u);
  add_products<V, 1>(from, first_run, u, x + 16, 32, parts, add_run);
  constexpr int bias = Source::Rule::kBias;
#pragma GCC unroll 16
  for (int n = 0; n < N; n++) {
    const auto dx = V::set1(s[n].scale);
    const auto x_sum = V::broadcast(&s[n].sum);
#pragma GCC unroll 2
    for (int r = 0; r < R; r++) {
      auto sum = sums[r][n];
      if constexpr (bias != 0) sum = V::sub(sum, V::template shift_left<log2_of(bias)>(x_sum));
      auto y = V::load_f32(acc[r] + n * kRowFloats);
      y = V::fma(V::mul(from[r].d(block), dx), V::to_f32(sum), y);
      if constexpr (F::kMins) y = V::fma(V::mul(from[r].m(block), dx), V::to_f32(x_sum), y);
      V::store_f32(acc[r] + n * kRowFloats, y);
    }
  }
}

}  // namespace
}  // namespace reckon::kernels
