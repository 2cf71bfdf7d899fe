#include "kernels/generic/matmul_kernels.hpp"

#include "kernels/amx/tile_matmul.hpp"

namespace reckon::kernels::amx {
namespace {

size_t activation_bytes(ActivationType type, size_t n_tokens, size_t cols) {
  return avx512vnni::kMatmulKernels.activation_bytes(type, n_tokens, cols) + kActivationSlack;
}

// Tiles take the activations signed.
void pack_activations(ActivationType type, const float* x, size_t x_stride, size_t n_tokens, size_t cols,
                      size_t first, size_t last, std::byte* dst) {
  kernels::pack_activations(type, x, x_stride, n_tokens, cols, first, last, false, dst);
}

void matmul(const PackedMatrix& w, const std::byte* activations, size_t n_tokens, size_t first, size_t last,
            float* y, size_t y_stride) {
  const bool tiles = n_tokens >= kTilesFrom && activation_type(w.type) != ActivationType::f32;
  const auto multiply = tiles ? matmul_tiles<Tiles> : avx512vnni::kMatmulKernels.matmul;
  multiply(w, activations, n_tokens, first, last, y, y_stride);
}

}  // namespace

extern const MatmulKernels kMatmulKernels = {
    .activation_bytes = activation_bytes,
    .pack_activations = pack_activations,
    .matmul = matmul,
};

}  // namespace reckon::kernels::amx
