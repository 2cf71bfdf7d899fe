// The matrix part of a KernelTable, as each instruction set provides it.
#pragma once

#include "kernels/kernels.hpp"

namespace reckon::kernels {

struct MatmulKernels {
  size_t (*activation_bytes)(ActivationType type, size_t n_tokens, size_t cols);
  void (*pack_activations)(ActivationType type, const float* x, size_t x_stride, size_t n_tokens, size_t cols,
                           size_t first, size_t last, std::byte* dst);
  void (*matmul)(const PackedMatrix& w, const std::byte* activations, size_t n_tokens, size_t first,
                 size_t last, float* y, size_t y_stride);
};

namespace scalar {
extern const MatmulKernels kMatmulKernels;
}
namespace avx2 {
extern const MatmulKernels kMatmulKernels;
}
namespace avx512 {
extern const MatmulKernels kMatmulKernels;
}
namespace avx512vnni {
extern const MatmulKernels kMatmulKernels;
}
namespace amx {
extern const MatmulKernels kMatmulKernels;
}
namespace neon {
extern const MatmulKernels kMatmulKernels;
}

}  // namespace reckon::kernels
