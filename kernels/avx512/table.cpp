#include "kernels/generic/table.hpp"

#include "kernels/cpu_features.hpp"
#include "kernels/generic/peak.hpp"

namespace reckon::kernels::avx512 {

const KernelTable& table() {
  static const KernelTable table = make_table(
      "avx512", "AVX-512 (F, BW, DQ, VL)", [] { return cpu_features().avx512; }, kMatmulKernels, peak_loop,
      kFloatKernels);
  return table;
}

}  // namespace reckon::kernels::avx512
