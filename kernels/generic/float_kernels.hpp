// The float side of a kernel table: the same names, signatures and meaning as in KernelTable, one set per
// vocabulary (kernels/<isa>/float_vec.hpp). Every set gives the same bits; the definitions are in the headers
// of this folder.
#pragma once

#include <cstddef>

#include "kernels/kernels.hpp"

namespace reckon::kernels {

struct FloatKernels {
  void (*rms_norm)(const float* x, const float* weight, float eps, size_t n, float* y);
  void (*add)(const float* x, size_t n, float* y);
  void (*swiglu)(const float* gate, const float* up, size_t n, float* y);
  void (*rope)(float* x, size_t n_heads, size_t head_dim, size_t rope_dim, RopePairing pairing,
               const float* cos, const float* sin);
  float (*exp_sum)(const float* x, float max, float temperature, size_t n, float* y);
  float (*max)(const float* x, size_t n);
  void (*kv_store)(KvType type, const float* key, const float* value, size_t head_dim, size_t slot,
                   std::byte* block);
  void (*attend_chunk)(const AttentionChunk& chunk, const AttentionPartial& result);
  void (*attend_merge)(const AttentionPartial& state, const AttentionPartial& next, size_t n_rows,
                       size_t head_dim);
  void (*attend_finish)(const AttentionPartial& state, size_t n_rows, size_t head_dim, float* out,
                        size_t out_stride);
};

namespace scalar {
extern const FloatKernels kFloatKernels;
}
namespace avx2 {
extern const FloatKernels kFloatKernels;  // needs AVX2, FMA, F16C
}
namespace avx512 {
extern const FloatKernels kFloatKernels;  // needs AVX-512 F, BW, DQ, VL
}
namespace neon {
extern const FloatKernels kFloatKernels;
}

}  // namespace reckon::kernels
