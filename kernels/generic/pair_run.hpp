// How many products of neighbouring bytes add up in 16 bits.
#pragma once

namespace reckon::kernels {
namespace {

// Of codes up to max_code with int8 activations, for a sub-block of so many columns, four of which are one
// vector's lane: all of it if that fits, else a part that divides it.
constexpr int pair_run(int max_code, int columns) {
  constexpr int kMost = 32767, kMostActivation = 127;
  const int most = kMost / (2 * max_code * kMostActivation);
  return columns / 4 <= most ? columns / 4 : most >= 4 ? 4 : most >= 2 ? 2 : 1;
}

}  // namespace
}  // namespace reckon::kernels
