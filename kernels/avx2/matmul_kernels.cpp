#include "kernels/generic/matmul_kernels.hpp"

#include "kernels/avx2/int_vec.hpp"
#include "kernels/generic/matmul.hpp"

namespace reckon::kernels::avx2 {

extern const MatmulKernels kMatmulKernels = {
    .activation_bytes = activation_bytes,
    .pack_activations = pack_activations<Vec>,
    .matmul = matmul<Vec>,
};

}  // namespace reckon::kernels::avx2
