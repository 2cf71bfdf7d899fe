// matmul over a vocabulary V of vectors: which weights meet which tokens when. What is computed is in
// blocks.hpp; as each row and token has its own accumulator, taken through the blocks in order, every
// schedule gives the same bits.
//
//   up to V::kDirect tokens   the weights stream by once, unpacked in registers, all tokens at a time
//   more                      a block of 256 columns of V::kPanels panels is unpacked to scratch in L1 and
//                             meets all tokens, V::kTile at a time; accumulators wait in memory meanwhile
#pragma once

#include "kernels/formats/formats.hpp"
#include "kernels/generic/blocks.hpp"

namespace reckon::kernels {
namespace {

// Tokens that share an unpacked block.
constexpr size_t kTokenChunk = 128;

struct Job {
  const std::byte* panel;
  size_t panel_bytes;
  size_t cols;
  const std::byte* activations;
  size_t n_tokens;
  // Output of the panel's rows.
  float* y;
  size_t y_stride;
  size_t n_rows;
};

// Calls f.template operator()<N>() with N = n, 1..kMost.
template <int kMost, class Call>
inline void with_count(size_t n, Call&& f) {
  if constexpr (kMost == 1) {
    f.template operator()<1>();
  } else {
    if (n == kMost)
      f.template operator()<kMost>();
    else
      with_count<kMost - 1>(n, f);
  }
}

// Tokens of the next tile out of `left`: as equal as possible, as tiles of few tokens cost almost as much as
// full ones.
inline size_t tile_size(size_t left, size_t most) {
  const size_t tiles = (left + most - 1) / most;
  return (left + tiles - 1) / tiles;
}

// rows (n_tokens, 16) to the output's columns. A whole panel's size is known when compiled: a few vector
// moves instead of a call.
inline void write_out(const Job& job, const float* rows, size_t first_token, size_t n_tokens) {
  for (size_t t = 0; t < n_tokens; t++) {
    float* to = job.y + (first_token + t) * job.y_stride;
    if (job.n_rows == kPanelRows) {
      std::memcpy(to, rows + t * kPanelRows, kPanelRows * sizeof(float));
    } else {
      std::memcpy(to, rows + t * kPanelRows, job.n_rows * sizeof(float));
    }
  }
}

// The two families of formats behind one face: chunks of up to 256 columns, unpacked or straight from memory.
template <class V, class F, int kCols = F::kCols>
struct Family;

template <class V, class F>
struct Family<V, F, 256> {
  using Scratch = Scratch256;
  static size_t chunks(size_t cols) { return cols / 256; }
  static const typename F::Packed& packed(const Job& job, size_t chunk) {
    return reinterpret_cast<const typename F::Packed*>(job.panel)[chunk];
  }
  static void unpack(const Job& job, size_t chunk, Scratch& out) {
    unpack_256<V, F>(packed(job, chunk), out);
  }

  template <int N, int R, class Source>
  static inline __attribute__((always_inline)) void multiply(const Source (&from)[R], const Job& job,
                                                             size_t chunk, size_t token,
                                                             float* const (&acc)[R]) {
    const auto* x = reinterpret_cast<const int8_t*>(job.activations);
    const auto* s =
        reinterpret_cast<const Scale256*>(job.activations + Layout256::code_bytes(job.n_tokens, job.cols));
    const size_t at = chunk * job.n_tokens + token;
    multiply_256<V, F, N, R>(from, x + at * 256, s + at, acc);
  }
  template <int N>
  static inline __attribute__((always_inline)) void direct(const Job& job, size_t chunk, size_t lane,
                                                           float* acc) {
    const bool first_pass = lane == 0;
    const FromPacked256<V, F> from[1] = {{packed(job, chunk), lane, first_pass}};
    multiply<N>(from, job, chunk, 0, {acc});
  }
  using Unpacked = FromScratch256<V, F>;
  template <int N, int R>
  static inline __attribute__((always_inline)) void unpacked(const Unpacked (&from)[R], const Job& job,
                                                             size_t chunk, size_t token,
                                                             float* const (&acc)[R]) {
    multiply<N>(from, job, chunk, token, acc);
  }
};

template <class V, class F>
struct Family<V, F, 32> {
  using Scratch = Scratch32;
  static size_t chunks(size_t cols) { return (cols + 255) / 256; }
  static size_t blocks(const Job& job, size_t chunk) {
    const size_t left = job.cols / 32 - chunk * 8;
    return left < 8 ? left : 8;
  }
  static void unpack(const Job& job, size_t chunk, Scratch& out) {
    unpack_32<V, F>(job.panel, chunk * 8, blocks(job, chunk), out);
  }

  template <int N, int R, class Source>
  static inline __attribute__((always_inline)) void multiply(const Source (&from)[R], const Job& job,
                                                             size_t chunk, size_t first, size_t token,
                                                             float* const (&acc)[R]) {
    const auto* x = reinterpret_cast<const int8_t*>(job.activations);
    const auto* s =
        reinterpret_cast<const Scale32*>(job.activations + Layout32::code_bytes(job.n_tokens, job.cols));
    const size_t n = blocks(job, chunk);
    for (size_t b = 0; b < n; b++) {
      const size_t at = (chunk * 8 + b) * job.n_tokens + token;
      multiply_32<V, F, N, R>(from, first + b, x + at * 32, s + at, acc);
    }
  }
  template <int N>
  static inline __attribute__((always_inline)) void direct(const Job& job, size_t chunk, size_t lane,
                                                           float* acc) {
    const bool first_pass = lane == 0;
    const FromPacked32<V, F> from[1] = {{job.panel, lane, first_pass}};
    multiply<N>(from, job, chunk, chunk * 8, 0, {acc});
  }
  using Unpacked = FromScratch32<V, F>;
  template <int N, int R>
  static inline __attribute__((always_inline)) void unpacked(const Unpacked (&from)[R], const Job& job,
                                                             size_t chunk, size_t token,
                                                             float* const (&acc)[R]) {
    multiply<N>(from, job, chunk, 0, token, acc);
  }
};

// Asks for the panel's bytes two chunks on: share `index` of `count` of a chunk's worth, so that the queue of
// misses is never full. Beyond the panel that is the next one.
template <class V>
inline __attribute__((always_inline)) void prefetch_chunk(const Job& job, size_t chunk, size_t chunk_bytes,
                                                          size_t index, size_t count) {
  const std::byte* ahead = job.panel + (chunk + 2) * chunk_bytes;
  const size_t lines = (chunk_bytes + 63) / 64;
  for (size_t i = lines * index / count; i < lines * (index + 1) / count; i++) V::prefetch(ahead + 64 * i);
}

// A panel times N tokens, all of them: weights once through registers.
template <class V, class F, int N>
void direct_panel(const Job& job) {
  alignas(64) float rows[N * kPanelRows] = {};
  for (size_t c = 0; c < Family<V, F>::chunks(job.cols); c++) {
    for (size_t lane = 0; lane < kPanelRows; lane += V::kLanes) {
      Family<V, F>::template direct<N>(job, c, lane, rows + lane);
    }
  }
  write_out(job, rows, 0, N);
}

// Asks for the output's lines of tokens [first, last) to be written: rows of different tokens are far apart,
// and each is missed alone when they are written together at the end.
inline __attribute__((always_inline)) void prefetch_output(const Job& job, size_t first, size_t last) {
  for (size_t t = first; t < last; t++) __builtin_prefetch(job.y + t * job.y_stride, 1, 3);
}

// Unpacked chunks of P panels, and what their rows have come to: (P, tokens, 16).
template <class V, class F, int P>
struct Strip {
  typename Family<V, F>::Scratch scratch[P];
  alignas(64) float rows[P][kTokenChunk * kPanelRows];
};

// Tokens [token, token + N) times one unpacked chunk, V::kRowVectors vectors of rows at a time; `index` is
// the place of `token` in the strip.
template <class V, class F, int P, int N>
void tile(Strip<V, F, P>& strip, const Job& job, size_t chunk, size_t token, size_t index) {
  constexpr int kVectors = P * static_cast<int>(kPanelRows) / V::kLanes;
  constexpr int R = V::kRowVectors < kVectors ? V::kRowVectors : kVectors;
  using Unpacked = typename Family<V, F>::Unpacked;
  for (size_t v = 0; v < kVectors; v += R) {
    const auto panel = [&](size_t r) { return (v + r) * V::kLanes / kPanelRows; };
    const auto lane = [&](size_t r) { return (v + r) * V::kLanes % kPanelRows; };
    const auto acc = [&](size_t r) { return strip.rows[panel(r)] + index * kPanelRows + lane(r); };
    if constexpr (R == 1) {
      const Unpacked from[1] = {{strip.scratch[panel(0)], lane(0)}};
      Family<V, F>::template unpacked<N>(from, job, chunk, token, {acc(0)});
    } else {
      static_assert(R == 2);
      const Unpacked from[2] = {{strip.scratch[panel(0)], lane(0)}, {strip.scratch[panel(1)], lane(1)}};
      Family<V, F>::template unpacked<N>(from, job, chunk, token, {acc(0), acc(1)});
    }
  }
}

// P panels times tokens [first, last), at most kTokenChunk of them.
template <class V, class F, int P>
void sweep_panels(const Job (&jobs)[P], size_t first, size_t last) {
  Strip<V, F, P> strip;
  for (auto& rows : strip.rows) std::memset(rows, 0, (last - first) * kPanelRows * sizeof(float));
  const Job& job = jobs[0];  // activations and columns are the same for all
  const size_t chunks = Family<V, F>::chunks(job.cols);
  const size_t chunk_bytes = job.panel_bytes / chunks;
  const size_t tiles = (last - first + V::kTile - 1) / V::kTile;
  for (size_t c = 0; c < chunks; c++) {
    for (int p = 0; p < P; p++) Family<V, F>::unpack(jobs[p], c, strip.scratch[p]);
    for (size_t t = first, n, i = 0; t < last; t += n, i++) {
      n = tile_size(last - t, V::kTile);
      for (const Job& j : jobs) {
        prefetch_chunk<V>(j, c, chunk_bytes, i, tiles);
        if (c + 1 == chunks) prefetch_output(j, t, t + n);
      }
      with_count<V::kTile>(n, [&]<int N>() { tile<V, F, P, N>(strip, job, c, t, t - first); });
    }
  }
  for (int p = 0; p < P; p++) write_out(jobs[p], strip.rows[p], first, last - first);
}

// P panels times many tokens.
template <class V, class F, int P>
void multiply_strip(const Job (&jobs)[P]) {
  const size_t n_tokens = jobs[0].n_tokens;
  for (size_t t = 0; t < n_tokens; t += kTokenChunk) {
    const size_t left = n_tokens - t;
    sweep_panels<V, F, P>(jobs, t, t + (left < kTokenChunk ? left : kTokenChunk));
  }
}

// A panel of F32, F16 or BF16 times tokens [first, first + N): four accumulators, by column modulo 4.
template <class V, class F, int N>
void plain_panel(const Job& job, size_t first) {
  const auto* w = reinterpret_cast<const typename F::Word*>(job.panel);
  const auto* x = reinterpret_cast<const float*>(job.activations) + first * job.cols;
  alignas(64) float rows[N][kPanelRows];
  for (size_t lane = 0; lane < kPanelRows; lane += V::kLanes) {
    typename V::F32 acc[4][N];
    for (auto& part : acc) {
      for (auto& a : part) a = V::zero_f32();
    }
    size_t c = 0;
    const auto step = [&](int part) __attribute__((always_inline)) {
      const auto weights = F::template weights<V>(w + (c + static_cast<size_t>(part)) * kPanelRows + lane);
#pragma GCC unroll 16
      for (int n = 0; n < N; n++) {
        const float v = x[static_cast<size_t>(n) * job.cols + c + static_cast<size_t>(part)];
        acc[part][n] = V::fma(weights, V::set1(v), acc[part][n]);
      }
    };
    for (; c + 4 <= job.cols; c += 4) {
      V::prefetch(w + (c + 64) * kPanelRows);
#pragma GCC unroll 4
      for (int part = 0; part < 4; part++) step(part);
    }
    const int rest = static_cast<int>(job.cols - c);
    if (rest > 0) step(0);
    if (rest > 1) step(1);
    if (rest > 2) step(2);
    for (int n = 0; n < N; n++) {
      const auto y = V::add(V::add(acc[0][n], acc[1][n]), V::add(acc[2][n], acc[3][n]));
      V::store_f32(rows[n] + lane, y);
    }
  }
  write_out(job, rows[0], first, N);
}

// A panel times few tokens, or one of a type that has no blocks.
template <class V, class F>
void multiply_panel(const Job& job) {
  if constexpr (is_plain<F>) {
    constexpr size_t kTile = V::kLanes == 16 ? 6 : 2;
    for (size_t t = 0, n; t < job.n_tokens; t += n) {
      n = tile_size(job.n_tokens - t, kTile);
      with_count<kTile>(n, [&]<int N>() { plain_panel<V, F, N>(job, t); });
    }
  } else {
    with_count<V::kDirect>(job.n_tokens, [&]<int N>() { direct_panel<V, F, N>(job); });
  }
}

inline Job panel_job(const PackedMatrix& w, const std::byte* activations, size_t n_tokens, size_t panel,
                     float* y, size_t y_stride) {
  const size_t row = panel * kPanelRows, left = w.rows - row;
  return {.panel = w.data + panel * w.panel_bytes,
          .panel_bytes = w.panel_bytes,
          .cols = w.cols,
          .activations = activations,
          .n_tokens = n_tokens,
          .y = y + row,
          .y_stride = y_stride,
          .n_rows = left < kPanelRows ? left : kPanelRows};
}

template <class V>
void pack_activations(ActivationType type, const float* x, size_t x_stride, size_t n_tokens, size_t cols,
                      size_t first, size_t last, std::byte* dst) {
  const bool biased = V::kByValue && n_tokens > V::kDirect;
  pack_activations(type, x, x_stride, n_tokens, cols, first, last, biased, dst);
}

template <class V>
void matmul(const PackedMatrix& w, const std::byte* activations, size_t n_tokens, size_t first, size_t last,
            float* y, size_t y_stride) {
  if (n_tokens == 0) return;
  const auto job = [&](size_t panel) { return panel_job(w, activations, n_tokens, panel, y, y_stride); };
  visit_format(w.type, [&]<class F>() {
    size_t p = first;
    if constexpr (!is_plain<F>) {
      if (n_tokens > V::kDirect) {
        if constexpr (V::kPanels == 2) {
          for (; p + 2 <= last; p += 2) multiply_strip<V, F, 2>({job(p), job(p + 1)});
        }
        for (; p < last; p++) multiply_strip<V, F, 1>({job(p)});
        return;
      }
    }
    for (; p < last; p++) multiply_panel<V, F>(job(p));
  });
}

}  // namespace
}  // namespace reckon::kernels
