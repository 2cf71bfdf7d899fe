#include "kernels/generic/matmul_kernels.hpp"

#include "kernels/avx512/int_vec_vnni.hpp"
#include "kernels/generic/matmul.hpp"

namespace reckon::kernels::avx512vnni {

extern const MatmulKernels kMatmulKernels = {
    .activation_bytes = activation_bytes,
    .pack_activations = pack_activations<Vec>,
    .matmul = matmul<Vec>,
};

}  // namespace reckon::kernels::avx512vnni
