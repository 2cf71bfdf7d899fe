#include "kernels/generic/table.hpp"

#include "kernels/cpu_features.hpp"
#include "kernels/generic/peak.hpp"

namespace reckon::kernels::neon {

const KernelTable& table() {
  static const KernelTable table = make_table(
      "neon", "Arm NEON with dot products", [] { return cpu_features().neon_dot; }, kMatmulKernels, peak_loop,
      kFloatKernels);
  return table;
}

}  // namespace reckon::kernels::neon
