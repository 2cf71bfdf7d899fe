#include "kernels/generic/table.hpp"

#include "kernels/cpu_features.hpp"
#include "kernels/generic/peak.hpp"

namespace reckon::kernels::scalar {

const KernelTable& table() {
  static const KernelTable table = make_table(
      "scalar", "plain C++, the reference", [] { return true; }, kMatmulKernels, peak_loop, kFloatKernels);
  return table;
}

}  // namespace reckon::kernels::scalar
