#include "kernels/generic/float_kernels.hpp"

#include "kernels/generic/float_set.hpp"
#include "kernels/scalar/float_vec.hpp"

namespace reckon::kernels::scalar {

constinit const FloatKernels kFloatKernels = float_kernels<F32x16>();

}  // namespace reckon::kernels::scalar
