#include "kernels/generic/peak.hpp"

#include <immintrin.h>

namespace reckon::kernels::avx2 {

// vpmaddubsw, vpmaddwd, vpaddd on ten independent chains: 32 products each.
double peak_loop(size_t iterations) {
  constexpr int kChains = 10;
  __m256i acc[kChains], w = _mm256_set1_epi8(1), x = _mm256_set1_epi8(2);
  const __m256i ones = _mm256_set1_epi16(1);
  for (auto& a : acc) a = _mm256_setzero_si256();
  for (size_t i = 0; i < iterations; i++) {
#pragma GCC unroll 10
    for (int c = 0; c < kChains; c++) {
      __asm__ volatile("" : "+x"(w));
      acc[c] = _mm256_add_epi32(acc[c], _mm256_madd_epi16(_mm256_maddubs_epi16(w, x), ones));
    }
  }
  for (auto& a : acc) __asm__ volatile("" : "+x"(a));
  return static_cast<double>(iterations) * kChains * 32 * 2;
}

}  // namespace reckon::kernels::avx2
