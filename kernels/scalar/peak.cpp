#include "kernels/generic/peak.hpp"

#include <cstdint>

namespace reckon::kernels::scalar {

// Eight independent chains of one multiply and one add.
double peak_loop(size_t iterations) {
  int32_t acc[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  int32_t w = 3;
  for (size_t i = 0; i < iterations; i++) {
    for (int32_t& a : acc) a = static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(w * 5));
    __asm__ volatile("" : "+r"(w), "+m"(acc));
  }
  return static_cast<double>(iterations) * 8 * 2;
}

}  // namespace reckon::kernels::scalar
