#include "kernels/generic/peak.hpp"

#include <arm_neon.h>

namespace reckon::kernels::neon {

// sdot on 16 independent chains: 16 products each.
double peak_loop(size_t iterations) {
  constexpr int kChains = 16;
  int32x4_t acc[kChains];
  int8x16_t w = vdupq_n_s8(1), x = vdupq_n_s8(2);
  for (auto& a : acc) a = vdupq_n_s32(0);
  for (size_t i = 0; i < iterations; i++) {
#pragma GCC unroll 16
    for (int c = 0; c < kChains; c++) acc[c] = vdotq_s32(acc[c], w, x);
    __asm__ volatile("" : "+w"(w));
  }
  for (auto& a : acc) __asm__ volatile("" : "+w"(a));
  return static_cast<double>(iterations) * kChains * 16 * 2;
}

}  // namespace reckon::kernels::neon
