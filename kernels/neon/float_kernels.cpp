#include "kernels/generic/float_kernels.hpp"

#include "kernels/generic/float_set.hpp"
#include "kernels/neon/float_vec.hpp"

namespace reckon::kernels::neon {

constinit const FloatKernels kFloatKernels = float_kernels<F32x16>();

}  // namespace reckon::kernels::neon
