#include "kernels/generic/table.hpp"

#include "kernels/cpu_features.hpp"
#include "kernels/generic/peak.hpp"

namespace reckon::kernels::amx {

const KernelTable& table() {
  static const KernelTable table = make_table(
      "amx", "AMX tiles of int8, AVX-512 with VNNI", [] { return cpu_features().amx; }, kMatmulKernels,
      peak_loop, avx512::kFloatKernels);
  return table;
}

}  // namespace reckon::kernels::amx
