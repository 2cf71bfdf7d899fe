#include "kernels/generic/peak.hpp"

#include <immintrin.h>

namespace reckon::kernels::avx2 {

// Eight vpmaddubsw summed in 16 bits, as codes of up to four bits allow, then vpmaddwd and vpaddd, on 6
// independent chains: 32 products each.
double peak_loop(size_t iterations) {
  constexpr int kChains = 6, kRun = 8;
  __m256i acc[kChains], w = _mm256_set1_epi8(1), x = _mm256_set1_epi8(2);
  const __m256i ones = _mm256_set1_epi16(1);
  for (auto& a : acc) a = _mm256_setzero_si256();
  for (size_t i = 0; i < iterations; i += kRun) {
    __m256i parts[kChains];
#pragma GCC unroll 8
    for (int k = 0; k < kRun; k++) {
#pragma GCC unroll 6
      for (int c = 0; c < kChains; c++) {
        const __m256i products = _mm256_maddubs_epi16(w, x);
        parts[c] = k == 0 ? products : _mm256_add_epi16(parts[c], products);
        __asm__ volatile("" : "+x"(w), "+x"(parts[c]));
      }
    }
#pragma GCC unroll 6
    for (int c = 0; c < kChains; c++) acc[c] = _mm256_add_epi32(acc[c], _mm256_madd_epi16(parts[c], ones));
  }
  for (auto& a : acc) __asm__ volatile("" : "+x"(a));
  return static_cast<double>((iterations + kRun - 1) / kRun * kRun) * kChains * 32 * 2;
}

}  // namespace reckon::kernels::avx2
