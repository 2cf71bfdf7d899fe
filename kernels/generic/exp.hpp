// e^x, within 1 ulp. -inf and everything below ln(2^-150) give 0, results below 2^-126 are rounded
// subnormals, everything from ln(2^128) on gives +inf, NaN stays NaN.
//
// x = n ln 2 + r, |r| <= ln(2)/2, ln 2 in two parts (Cody and Waite): n * kLn2High has at most 32 bits, so
// that the first step is exact. e^r = 1 + r + r^2 P(r), P of degree 4, minimax for the relative error
// (2^-28.2).
//
// Always inlined: a call passes vectors of several registers through memory, which costs as much again.
#pragma once

#include "kernels/generic/vocabulary.hpp"

namespace reckon::kernels {

template <Vocabulary V>
inline __attribute__((always_inline)) V exp(V x) {
  constexpr float kLog2E = 0x1.715476p+0f;
  constexpr float kLn2High = 0x1.62e43p-1f, kLn2Low = -0x1.05c61p-29f;
  // Added and subtracted, rounds to whole numbers: ulp is 1 there.
  const V round = V::all(0x1.8p+23f);
  // Both ends are past the last x that gives neither 0 nor +inf; the order of operands keeps NaN.
  x = lesser(V::all(89.0f), greater(V::all(-105.0f), x));
  V n = fma(x, V::all(kLog2E), round) - round;
  V r = fnma(n, V::all(kLn2High), x);
  r = fnma(n, V::all(kLn2Low), r);
  V p = fma(V::all(0x1.6ac37p-10f), r, V::all(0x1.123da6p-7f));
  p = fma(p, r, V::all(0x1.555858p-5f));
  p = fma(p, r, V::all(0x1.55548cp-3f));
  p = fma(p, r, V::all(0x1.fffffcp-2f));
  p = fma(p * r, r, r);
  return scale_by_power(p + V::all(1.0f), n);
}

}  // namespace reckon::kernels
