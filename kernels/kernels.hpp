// The whole contract between src/ and the kernels: one table of function pointers per instruction set.
//
// Every function has one numeric definition, written in kernels/generic and kept by every table: same
// operands, same bits, whatever the instruction set, row count or split of the work. Arithmetic is IEEE f32,
// round to nearest, subnormals kept, fused multiply-add exactly where the definition says so.
//
// Matrix product, y = x * W^T, W (rows, cols) of a WeightType, x (n_tokens, cols) f32:
//   quantised W: x becomes int8 per activation block (256 columns for *_K and IQ4_XS, 32 for the others)
//     of scale dx = max|x| / 127. Per W row and block the exact integers S = sum sc*q*x and, where the
//     format has mins, T = sum mn*x; then acc = fma(d*dx, S, acc), acc = fma(-dmin*dx, T, acc), blocks in
//     order along the columns.
//   F32, F16, BF16: four accumulators, column c goes to accumulator i = c mod 4, in order of c:
//     acc_i = fma(w, x, acc_i); y = (acc_0 + acc_1) + (acc_2 + acc_3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

// Weight rows of a panel: a vector lane per row. The packed weights of a matrix are ceil(rows / 16) panels;
// the rows missing in the last one are zero.
inline constexpr size_t kPanelRows = 16;

// A packed matrix: `data` is kPackedAlignment-aligned, panels follow each other at panel_bytes.
inline constexpr size_t kPackedAlignment = 64;
struct PackedMatrix {
  WeightType type = WeightType::F32;
  size_t rows = 0;
  size_t cols = 0;
  const std::byte* data = nullptr;
  size_t panel_bytes = 0;

  size_t panels() const { return (rows + kPanelRows - 1) / kPanelRows; }
};

// How the activations of a product are stored; follows from the weight type.
enum class ActivationType : uint8_t { f32, q8_block32, q8_block256 };
ActivationType activation_type(WeightType type);

// KV cache block: kKvBlockPositions positions of one layer and KV head, keys then values:
//   keys   (kKvBlockPositions / 16, head_dim, 16): a lane per position
//   values (kKvBlockPositions, head_dim)
// as f16, or as q8_0: int8, each 32 elements of a position's key or value with an f16 scale; these follow the
// int8 of the keys, (kKvBlockPositions / 16, kv_scales, 16), and of the values, (kv_scales,
// kKvBlockPositions).
enum class KvType : uint8_t { f16, q8_0 };
inline constexpr size_t kKvBlockPositions = 64;
inline constexpr size_t kKvScaled = 32;
// Of a head: what the attention kernels' buffers hold.
inline constexpr size_t kHeadDimStep = 16;
inline constexpr size_t kMaxHeadDim = 256;

constexpr size_t kv_scales(size_t head_dim) { return (head_dim + kKvScaled - 1) / kKvScaled; }
// Attention sums over chunks of this many positions and merges the chunks in order.
inline constexpr size_t kAttentionChunk = 256;
constexpr size_t kv_block_bytes(KvType type, size_t head_dim) {
  const size_t vector_bytes = type == KvType::f16 ? 2 * head_dim : head_dim + 2 * kv_scales(head_dim);
  return kKvBlockPositions * 2 * vector_bytes;
}

// Which elements of a head a rotation pairs: halves (NEOX: i with i + rope_dim/2), adjacent (i with i + 1,
// even i).
enum class RopePairing : uint8_t { halves, adjacent };

// Queries that attend to the same chunk of positions: all heads of a KV head's group, of one token or of
// several.
struct AttentionChunk {
  const float* q;  // (n_rows, head_dim), row stride q_stride floats
  size_t q_stride;
  const uint32_t* n_visible;  // (n_rows): positions of the chunk that a row may see, 0..kAttentionChunk
  size_t n_rows;
  size_t head_dim;  // a multiple of kHeadDimStep, at most kMaxHeadDim
  KvType kv_type;
  const std::byte* const* blocks;  // the chunk's KV blocks, ceil(max n_visible / kKvBlockPositions) of them
  float scale;                     // on scores: 1/sqrt(head_dim), with the model's factor
  const std::byte* ahead;          // the block that is read after these, to be fetched; null if none is known
};

// Running softmax state of the rows of a chunk: maximum, sum of exp(score - max), and the weighted sum of the
// values. A row with n_visible = 0 has max = -inf, sum = 0, out = 0.
struct AttentionPartial {
  float* max;  // (n_rows)
  float* sum;  // (n_rows)
  float* out;  // (n_rows, head_dim), contiguous
};

// What pack_panels found wrong in the file's bytes.
struct PackResult {
  bool finite = true;  // false: a scale is NaN or infinite
  size_t bad_row = 0;  // first row where
};

struct KernelTable {
  const char* name;  // "scalar", "avx2", "avx512", "avx512vnni", "amx", "neon": the values of RECKON_ISA
  const char* description;  // one line for people
  bool (*supported)();      // can this processor (and system) run it

  // --- weights ---
  // Bytes of one panel of `cols` columns, a multiple of kPackedAlignment. cols is a multiple of the type's
  // block size.
  size_t (*panel_bytes)(WeightType type, size_t cols);
  // Packs panels [first, last) of a matrix from the file's row-major bytes; src is the matrix's first byte,
  // dst the packed matrix's. Thread-safe on disjoint ranges.
  PackResult (*pack_panels)(WeightType type, const std::byte* src, size_t rows, size_t cols, size_t first,
                            size_t last, std::byte* dst);

  // --- activations ---
  // Bytes for the packed form of n_tokens rows of `cols` columns.
  size_t (*activation_bytes)(ActivationType type, size_t n_tokens, size_t cols);
  // Packs rows [first, last) of x (n_tokens, cols) with row stride x_stride floats into dst, which holds all
  // n_tokens. Thread-safe on disjoint ranges.
  void (*pack_activations)(ActivationType type, const float* x, size_t x_stride, size_t n_tokens, size_t cols,
                           size_t first, size_t last, std::byte* dst);

  // y (n_tokens, rows), row stride y_stride floats: columns of panels [first, last) are written, cut off at
  // w.rows. Thread-safe on disjoint ranges.
  void (*matmul)(const PackedMatrix& w, const std::byte* activations, size_t n_tokens, size_t first,
                 size_t last, float* y, size_t y_stride);

  // Runs `iterations` rounds of this set's densest int8 product on registers only and returns the operations
  // done, multiply and add counted as two: over the time taken, the peak that matmul is measured against.
  double (*peak_loop)(size_t iterations);

  // --- vectors; n any length ---
  void (*rms_norm)(const float* x, const float* weight, float eps, size_t n, float* y);  // y may be x
  void (*add)(const float* x, size_t n, float* y);                                       // y += x
  void (*swiglu)(const float* gate, const float* up, size_t n, float* y);  // y = gate*sigmoid(gate)*up
  // Rotates x (n_heads, head_dim) in place; cos, sin (rope_dim / 2) of the token's position.
  void (*rope)(float* x, size_t n_heads, size_t head_dim, size_t rope_dim, RopePairing pairing,
               const float* cos, const float* sin);
  // y = exp((x - max) / temperature) and the sum of y in the canonical order: the softmax of samplers. y may
  // be x.
  float (*exp_sum)(const float* x, float max, float temperature, size_t n, float* y);
  float (*max)(const float* x, size_t n);  // -inf for n = 0; NaN if any element is

  // --- attention ---
  // Writes one position's key and value (head_dim each) into slot `position % kKvBlockPositions` of a block.
  void (*kv_store)(KvType type, const float* key, const float* value, size_t head_dim, size_t slot,
                   std::byte* block);
  void (*attend_chunk)(const AttentionChunk& chunk, const AttentionPartial& result);
  // state := merge of state and next, rows (n_rows, head_dim); next covers later positions.
  void (*attend_merge)(const AttentionPartial& state, const AttentionPartial& next, size_t n_rows,
                       size_t head_dim);
  // out (n_rows, head_dim) with row stride out_stride := state.out / state.sum.
  void (*attend_finish)(const AttentionPartial& state, size_t n_rows, size_t head_dim, float* out,
                        size_t out_stride);
};

// Every table built into this library, best first; the ones this machine can't run included.
std::span<const KernelTable* const> all_tables();
// The best table this machine can run.
const KernelTable& best_table();
// By name; nullptr if there is no such table. The caller checks supported().
const KernelTable* find_table(std::string_view name);
// By name. Throws Error(invalid_argument) for an unknown one, Error(unsupported) for one this machine can't
// run; both say who asked (RECKON_ISA, isa).
const KernelTable& require_table(std::string_view name, std::string_view who_asked);
// The table RECKON_ISA asks for, else the best. Throws as require_table(): never a silent fallback.
const KernelTable& select_table();

// One row of a matrix in the file's own form, as f32: n weights (a whole number of blocks). Scalar, same on
// every ISA.
void decode_row(WeightType type, const std::byte* src, size_t n, float* dst);
// The reverse, for making test and benchmark files: rounds to the nearest value of the format's grid.
void encode_row(WeightType type, const float* src, size_t n, std::byte* dst);

}  // namespace reckon::kernels
