#include "kernels/generic/matmul_kernels.hpp"

#include "kernels/generic/matmul.hpp"
#include "kernels/scalar/int_vec.hpp"

namespace reckon::kernels::scalar {

extern const MatmulKernels kMatmulKernels = {
    .activation_bytes = activation_bytes,
    .pack_activations = pack_activations<Vec>,
    .matmul = matmul<Vec>,
};

}  // namespace reckon::kernels::scalar
