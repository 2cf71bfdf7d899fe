// The peak of sets that multiply bytes into 16-bit pairs: eight products summed in 16 bits, as codes of up to
// four bits allow, then widened into sums of 32 bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reckon::kernels {
namespace {

// V: an int_vec.hpp; kChains independent sums keep both multipliers busy. Returns operations.
template <class V, int kChains>
double pairs_peak_loop(size_t iterations) {
  constexpr int kRun = 8, kMaxCode = 15;
  constexpr int8_t kCodes[4] = {1, 2, 3, 4};
  typename V::I32 w = V::broadcast(kCodes), x = w, sums[kChains];
  for (auto& sum : sums) sum = V::zero();
  for (size_t i = 0; i < iterations; i += kRun) {
    typename V::I32 parts[kChains];
#pragma GCC unroll 8
    for (int k = 0; k < kRun; k++) {
#pragma GCC unroll 16
      for (int c = 0; c < kChains; c++) {
        parts[c] = k == 0 ? V::template first<kMaxCode>(w, x) : V::template next<kMaxCode>(parts[c], w, x);
        __asm__ volatile("" : "+v"(w), "+v"(parts[c]));  // each is computed anew
      }
    }
#pragma GCC unroll 16
    for (int c = 0; c < kChains; c++) sums[c] = V::add_part(sums[c], parts[c]);
  }
  for (auto& sum : sums) __asm__ volatile("" : "+v"(sum));
  constexpr double kOperations = 2.0 * 4 * V::kLanes;
  const auto runs = (iterations + kRun - 1) / kRun;
  return static_cast<double>(runs * kRun) * kChains * kOperations;
}

}  // namespace
}  // namespace reckon::kernels
