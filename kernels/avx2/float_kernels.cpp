#include "kernels/generic/float_kernels.hpp"

#include "kernels/avx2/float_vec.hpp"
#include "kernels/generic/float_set.hpp"

namespace reckon::kernels::avx2 {

constinit const FloatKernels kFloatKernels = float_kernels<F32x16>();

}  // namespace reckon::kernels::avx2
