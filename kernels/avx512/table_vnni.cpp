#include "kernels/generic/table.hpp"

#include "kernels/cpu_features.hpp"
#include "kernels/generic/peak.hpp"

namespace reckon::kernels::avx512vnni {

const KernelTable& table() {
  static const KernelTable table = make_table(
      "avx512vnni", "AVX-512 with VNNI", [] { return cpu_features().avx512vnni; }, kMatmulKernels, peak_loop,
      avx512::kFloatKernels);
  return table;
}

}  // namespace reckon::kernels::avx512vnni
