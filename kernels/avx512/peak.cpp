#include "kernels/generic/peak.hpp"

#include <immintrin.h>

namespace reckon::kernels::avx512 {

// Eight vpmaddubsw summed in 16 bits, as codes of up to four bits allow, then vpmaddwd and vpaddd, on 12
// independent chains: 64 products each.
double peak_loop(size_t iterations) {
  constexpr int kChains = 12, kRun = 8;
  __m512i acc[kChains], w = _mm512_set1_epi8(1), x = _mm512_set1_epi8(2);
  const __m512i ones = _mm512_set1_epi16(1);
  for (auto& a : acc) a = _mm512_setzero_si512();
  for (size_t i = 0; i < iterations; i += kRun) {
    __m512i parts[kChains];
#pragma GCC unroll 8
    for (int k = 0; k < kRun; k++) {
#pragma GCC unroll 12
      for (int c = 0; c < kChains; c++) {
        const __m512i products = _mm512_maddubs_epi16(w, x);
        parts[c] = k == 0 ? products : _mm512_add_epi16(parts[c], products);
        __asm__ volatile("" : "+v"(w), "+v"(parts[c]));
      }
    }
#pragma GCC unroll 12
    for (int c = 0; c < kChains; c++) acc[c] = _mm512_add_epi32(acc[c], _mm512_madd_epi16(parts[c], ones));
  }
  for (auto& a : acc) __asm__ volatile("" : "+v"(a));
  return static_cast<double>((iterations + kRun - 1) / kRun * kRun) * kChains * 64 * 2;
}

}  // namespace reckon::kernels::avx512
