// matmul for many rows on tile products: 16 tokens x 16 weight rows at a time, over a vocabulary T of tiles
// (hardware's, or the tests' emulation). What is computed is in generic/blocks.hpp, to the bit.
//
//   256-column formats   a block's planes (planes.hpp) meet all tokens, two panels together, so that the
//                        activations are loaded once for both; a block is summed in the tile and scaled once
//   32-column formats    a product per block, scaled into accumulators that stay in registers for 256 columns
//
// Tile unit and vector units work at the same time: what one tile of tokens needs of scaling is written
// between the products of the next. Per 16 tokens, 32 rows and 256 columns in two planes: 16 products (256
// cycles), 20 tile loads, four stores, and some 32 x 14 vector operations.
#pragma once

#include <utility>

#include "kernels/amx/planes.hpp"
#include "kernels/amx/tiles.hpp"
#include "kernels/generic/matmul.hpp"

namespace reckon::kernels {
namespace {

// Fewer rows than this are quicker a lane per row.
constexpr size_t kTilesFrom = 9;
constexpr size_t kTileTokens = 16;
// Tokens whose accumulators a thread keeps.
constexpr size_t kSweepTokens = 512;
// Activations that several panels meet while they are in the second-level cache.
constexpr size_t kCachedBytes = size_t{1} << 20;

// Tile loads read whole tiles: what they may read beyond the last token's activations and scales.
constexpr size_t kActivationSlack = kTileTokens * 256;

template <class Call, int... kStep>
inline __attribute__((always_inline)) void for_steps(std::integer_sequence<int, kStep...>, Call&& call) {
  (call.template operator()<kStep>(), ...);
}

// One group of panels' share of a call: P panels, tokens [first, last), blocks [first_block, last_block).
template <int P>
struct Sweep {
  Job jobs[P];
  size_t first, last, first_block, last_block;
};

template <int P>
using Accumulators = float[P][kSweepTokens * kPanelRows];

inline size_t tokens_in(size_t first, size_t last) {
  return last - first < kTileTokens ? last - first : kTileTokens;
}

// --- 256 columns ---

template <class T>
void configure_256() {
  constexpr TileShape whole{16, 64};
  T::configure({whole, whole, whole, whole, whole, whole, whole, whole});
}

// What tile products leave of 16 tokens and one block: (panel, plane, token, row)
template <int P, int kPlaneCount>
using Products256 = int32_t[P][kPlaneCount][kTileTokens][kPanelRows];

// products = 16 tokens (16, 256) times the planes; `between` is called after each product, with its number.
template <class T, class F, int P, class Between>
inline __attribute__((always_inline)) void multiply_tile(const Planes256 (&planes)[P], const int8_t* x,
                                                         Products256<P, kPlanes<F>>& products,
                                                         Between&& between) {
  constexpr int kSums = P * kPlanes<F>, kSteps = 4 * kSums;
  static_assert(kSums <= 4);
  for_steps(
      std::make_integer_sequence<int, kSums>(),
      []<int kSum>() __attribute__((always_inline)) { T::template zero<kSum>(); });
  for_steps(
      std::make_integer_sequence<int, kSteps>(), [&]<int kStep>() __attribute__((always_inline)) {
        constexpr int kPart = kStep / kSums, kSum = kStep % kSums, kA = 4 + kPart % 2, kB = 6 + kStep % 2;
        if constexpr (kSum == 0) T::template load<kA>(x + 64 * kPart, 256);
        T::template load<kB>(planes[kSum / kPlanes<F>].plane[kSum % kPlanes<F>][16 * kPart], 64);
        T::template dot<kSum, kA, kB, kSplitsScale<F>>();
        between(kStep);
      });
  for_steps(
      std::make_integer_sequence<int, kSums>(), [&]<int kSum>() __attribute__((always_inline)) {
        T::template store<kSum>(products[kSum / kPlanes<F>][kSum % kPlanes<F>], 64);
      });
}

// acc (16) += the scaled products of one token; products (plane, token, row)
template <class F>
inline __attribute__((always_inline)) void scale_token_256(
    const Planes256& planes, const int32_t (&products)[kPlanes<F>][kTileTokens][kPanelRows], size_t token,
    const Scale256& s, float* acc) {
  __m512i sum = _mm512_load_si512(products[0][token]);
  if constexpr (kPlanes<F> == 2) {
    const __m512i high = _mm512_load_si512(products[1][token]);
    sum = _mm512_add_epi32(sum, _mm512_slli_epi32(high, kPlaneShift<F>));
  }
  const __m512 dx = _mm512_set1_ps(s.scale);
  __m512 y = _mm512_load_ps(acc);
  y = _mm512_fmadd_ps(_mm512_mul_ps(_mm512_load_ps(planes.d), dx), _mm512_cvtepi32_ps(sum), y);
  if constexpr (F::kMins) {
    __m512i mins = _mm512_setzero_si512();
#pragma GCC unroll 8
    for (size_t pair = 0; pair < 128 / F::kSub; pair++) {
      const auto sums = Vec::broadcast((F::kSub == 32 ? s.sum32 : s.sum16) + 2 * pair);
      mins = _mm512_dpwssd_epi32(mins, Vec::load_i32(planes.mins[pair]), sums);
    }
    y = _mm512_fnmadd_ps(_mm512_mul_ps(_mm512_load_ps(planes.dmin), dx), _mm512_cvtepi32_ps(mins), y);
  }
  _mm512_store_ps(acc, y);
}

// One block of P panels times tokens [first, last).
template <class T, class F, int P>
void multiply_block(const Planes256 (&planes)[P], const Sweep<P>& sweep, size_t block, Accumulators<P>& acc) {
  alignas(64) Products256<P, kPlanes<F>> products[2];
  const Job& job = sweep.jobs[0];
  const auto* x = reinterpret_cast<const int8_t*>(job.activations) + block * job.n_tokens * 256;
  const auto* s =
      reinterpret_cast<const Scale256*>(job.activations + Layout256::code_bytes(job.n_tokens, job.cols)) +
      block * job.n_tokens;
  const auto scale_token = [&](size_t t, size_t n, const auto& made) __attribute__((always_inline)) {
    for (int p = 0; p < P; p++) {
      scale_token_256<F>(planes[p], made[p], n, s[t + n], acc[p] + (t + n - sweep.first) * kPanelRows);
    }
  };
  const auto multiply = [&](size_t t, auto&& between) __attribute__((always_inline)) {
    multiply_tile<T, F, P>(planes, x + t * 256, products[(t - sweep.first) / kTileTokens % 2], between);
  };
  constexpr size_t kTokensPerStep = kTileTokens / (4 * P * kPlanes<F>);
  multiply(sweep.first, [](int) {});
  size_t t = sweep.first;
  for (; t + kTileTokens < sweep.last; t += kTileTokens) {
    const auto& made = products[(t - sweep.first) / kTileTokens % 2];
    multiply(
        t + kTileTokens, [&](int step) __attribute__((always_inline)) {
          for (size_t i = 0; i < kTokensPerStep; i++) {
            scale_token(t, static_cast<size_t>(step) * kTokensPerStep + i, made);
          }
        });
  }
  const auto& made = products[(t - sweep.first) / kTileTokens % 2];
  for (size_t n = 0; n < sweep.last - t; n++) scale_token(t, n, made);
}

template <class T, class F, int P>
requires(F::kCols == 256) void multiply_sweep(const Sweep<P>& sweep, Accumulators<P>& acc) {
  Planes256 planes[P];
  for (size_t b = sweep.first_block; b < sweep.last_block; b++) {
    for (int p = 0; p < P; p++) {
      unpack_planes<F>(Family<Vec, F>::packed(sweep.jobs[p], b), planes[p]);
      prefetch_chunk<Vec>(sweep.jobs[p], b, sizeof(typename F::Packed), 0, 1);
    }
    multiply_block<T, F, P>(planes, sweep, b, acc);
  }
}

// --- 32 columns ---

template <class T>
void configure_32() {
  constexpr TileShape sums{16, 64}, x{16, 32}, w{8, 64};
  T::configure({sums, sums, x, x, w, w, {}, {}});
}

using Products32 = int32_t[kTileTokens][kPanelRows];

// products = 16 tokens (16, 32) times a block; kTurn says which of two sets of tiles.
template <class T, int kTurn>
inline __attribute__((always_inline)) void multiply_tile_32(const uint8_t (&w)[8][64], const int8_t* x,
                                                            Products32& products) {
  T::template zero<kTurn>();
  T::template load<2 + kTurn>(x, 32);
  T::template load<4 + kTurn>(w, 64);
  T::template dot<kTurn, 2 + kTurn, 4 + kTurn, false>();
  T::template store<kTurn>(products, 64);
}

// acc (16, 16) += the scaled products of a block; s (16)
template <class F>
inline __attribute__((always_inline)) void scale_tile_32(const Planes32& planes, size_t block,
                                                         const Products32& products, const Scale32* s,
                                                         __m512 (&acc)[kTileTokens]) {
  const __m512 d = _mm512_load_ps(planes.d[block]);
#pragma GCC unroll 16
  for (size_t n = 0; n < kTileTokens; n++) {
    const __m512 dx = _mm512_set1_ps(s[n].scale);
    const __m512 sum = _mm512_cvtepi32_ps(_mm512_load_si512(products[n]));
    acc[n] = _mm512_fmadd_ps(_mm512_mul_ps(d, dx), sum, acc[n]);
    if constexpr (F::kMins) {
      const __m512 m = _mm512_mul_ps(_mm512_load_ps(planes.m[block]), dx);
      acc[n] = _mm512_fmadd_ps(m, _mm512_cvtepi32_ps(_mm512_set1_epi32(s[n].sum)), acc[n]);
    }
  }
}

// Up to eight blocks of a panel times tokens [t, t + 16).
template <class T, class F>
void multiply_blocks_32(const Planes32& planes, size_t first, size_t count, const Job& job, size_t t,
                        float* rows) {
  alignas(64) Products32 products[2];
  const auto* x = reinterpret_cast<const int8_t*>(job.activations);
  const auto* s =
      reinterpret_cast<const Scale32*>(job.activations + Layout32::code_bytes(job.n_tokens, job.cols));
  __m512 acc[kTileTokens];
#pragma GCC unroll 16
  for (size_t n = 0; n < kTileTokens; n++) acc[n] = _mm512_load_ps(rows + n * kPanelRows);
  const auto at = [&](size_t b) { return (first + b) * job.n_tokens + t; };
  const auto multiply = [&]<int kTurn>(size_t b) __attribute__((always_inline)) {
    if (b < count) multiply_tile_32<T, kTurn>(planes.value[b], x + at(b) * 32, products[kTurn]);
  };
  const auto scale = [&]<int kTurn>(size_t b) __attribute__((always_inline)) {
    if (b < count) scale_tile_32<F>(planes, b, products[kTurn], s + at(b), acc);
  };
  multiply.template operator()<0>(0);
  for (size_t b = 0; b < count; b += 2) {
    multiply.template operator()<1>(b + 1);
    scale.template operator()<0>(b);
    multiply.template operator()<0>(b + 2);
    scale.template operator()<1>(b + 1);
  }
#pragma GCC unroll 16
  for (size_t n = 0; n < kTileTokens; n++) _mm512_store_ps(rows + n * kPanelRows, acc[n]);
}

template <class T, class F, int P>
requires(F::kCols == 32) void multiply_sweep(const Sweep<P>& sweep, Accumulators<P>& acc) {
  Planes32 planes;
  for (size_t b = sweep.first_block; b < sweep.last_block; b += 8) {
    const size_t count = sweep.last_block - b < 8 ? sweep.last_block - b : 8;
    for (int p = 0; p < P; p++) {
      unpack_planes<F>(sweep.jobs[p].panel, b, count, planes);
      for (size_t t = sweep.first; t < sweep.last; t += kTileTokens) {
        multiply_blocks_32<T, F>(planes, b, count, sweep.jobs[p], t, acc[p] + (t - sweep.first) * kPanelRows);
      }
    }
  }
}

// --- both ---

// rows (n_tokens, 16) from the output's columns
inline void read_back(const Job& job, float* rows, size_t first_token, size_t n_tokens) {
  for (size_t t = 0; t < n_tokens; t++) {
    std::memcpy(rows + t * kPanelRows, job.y + (first_token + t) * job.y_stride, job.n_rows * sizeof(float));
  }
}

// Blocks that were summed before are in the output.
template <class T, class F, int P>
void run_sweep(const Sweep<P>& sweep, Accumulators<P>& acc) {
  const size_t n = sweep.last - sweep.first;
  const size_t whole_tiles = (n + kTileTokens - 1) / kTileTokens * kTileTokens;
  for (int p = 0; p < P; p++) {
    std::memset(acc[p], 0, whole_tiles * kPanelRows * sizeof(float));
    if (sweep.first_block > 0) read_back(sweep.jobs[p], acc[p], sweep.first, n);
  }
  multiply_sweep<T, F, P>(sweep, acc);
  for (int p = 0; p < P; p++) write_out(sweep.jobs[p], acc[p], sweep.first, n);
}

// Blocks whose activations of all tokens fit the cache, in whole units of 256 columns.
template <class F>
size_t cached_blocks(size_t n_tokens) {
  const size_t fit = kCachedBytes / (256 * n_tokens);
  return (fit > 0 ? fit : 1) * (256 / F::kCols);
}

template <class T, class F>
void multiply_panels(const PackedMatrix& w, const std::byte* activations, size_t n_tokens, size_t first,
                     size_t last, float* y, size_t y_stride) {
  alignas(64) Accumulators<2> pair;
  auto& single = reinterpret_cast<Accumulators<1>&>(pair);
  const auto job = [&](size_t panel) { return panel_job(w, activations, n_tokens, panel, y, y_stride); };
  const size_t blocks = w.cols / F::kCols;
  for (size_t t = 0; t < n_tokens; t += kSweepTokens) {
    const size_t end = n_tokens - t < kSweepTokens ? n_tokens : t + kSweepTokens;
    const size_t step = cached_blocks<F>(end - t);
    for (size_t b = 0; b < blocks; b += step) {
      const size_t to = blocks - b < step ? blocks : b + step;
      size_t p = first;
      for (; p + 2 <= last; p += 2) run_sweep<T, F, 2>({{job(p), job(p + 1)}, t, end, b, to}, pair);
      if (p < last) run_sweep<T, F, 1>({{job(p)}, t, end, b, to}, single);
    }
  }
}

// As KernelTable::matmul, for quantised types and any number of tokens. The activations are followed by
// kActivationSlack bytes that may be read.
template <class T>
void matmul_tiles(const PackedMatrix& w, const std::byte* activations, size_t n_tokens, size_t first,
                  size_t last, float* y, size_t y_stride) {
  visit_format(w.type, [&]<class F>() {
    if constexpr (!is_plain<F>) {
      if constexpr (F::kCols == 256)
        configure_256<T>();
      else
        configure_32<T>();
      multiply_panels<T, F>(w, activations, n_tokens, first, last, y, y_stride);
      T::release();
    }
  });
}

}  // namespace
}  // namespace reckon::kernels
