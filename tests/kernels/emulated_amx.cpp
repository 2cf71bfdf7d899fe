// The products for AMX over emulated tiles; for every token count, so that the thinnest tiles are tested too.
#include "kernels/emulated_amx.hpp"

#include "kernels/amx/tile_matmul.hpp"
#include "kernels/emulated_tiles.hpp"

namespace reckon::kernels::emulated_amx {
namespace {

void matmul(const PackedMatrix& w, const std::byte* activations, size_t n_tokens, size_t first, size_t last,
            float* y, size_t y_stride) {
  const bool plain = activation_type(w.type) == ActivationType::f32;
  const auto multiply = plain ? avx512vnni::kMatmulKernels.matmul : matmul_tiles<EmulatedTiles>;
  multiply(w, activations, n_tokens, first, last, y, y_stride);
}

}  // namespace

MatmulKernels matmul_kernels() {
  MatmulKernels kernels = amx::kMatmulKernels;
  kernels.matmul = matmul;
  return kernels;
}

}  // namespace reckon::kernels::emulated_amx
