#include "kernels/generic/peak.hpp"

#include <immintrin.h>

namespace reckon::kernels::avx512vnni {

// vpdpbusd on 16 independent chains: 64 products each.
double peak_loop(size_t iterations) {
  constexpr int kChains = 16;
  __m512i acc[kChains], w = _mm512_set1_epi8(1);
  const __m512i x = _mm512_set1_epi8(2);
  for (auto& a : acc) a = _mm512_setzero_si512();
  for (size_t i = 0; i < iterations; i++) {
#pragma GCC unroll 16
    for (int c = 0; c < kChains; c++) acc[c] = _mm512_dpbusd_epi32(acc[c], w, x);
    __asm__ volatile("" : "+v"(w));
  }
  for (auto& a : acc) __asm__ volatile("" : "+v"(a));
  return static_cast<double>(iterations) * kChains * 64 * 2;
}

}  // namespace reckon::kernels::avx512vnni
