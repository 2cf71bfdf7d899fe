#include "kernels/generic/table.hpp"

#include "kernels/cpu_features.hpp"
#include "kernels/generic/peak.hpp"

namespace reckon::kernels::avx2 {

const KernelTable& table() {
  static const KernelTable table = make_table(
      "avx2", "AVX2 with FMA and F16C", [] { return cpu_features().avx2; }, kMatmulKernels, peak_loop,
      kFloatKernels);
  return table;
}

}  // namespace reckon::kernels::avx2
