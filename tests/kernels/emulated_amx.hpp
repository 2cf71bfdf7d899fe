#pragma once

#include "kernels/generic/matmul_kernels.hpp"

namespace reckon::kernels::emulated_amx {

// Needs AVX-512 with VNNI.
MatmulKernels matmul_kernels();

}  // namespace reckon::kernels::emulated_amx
