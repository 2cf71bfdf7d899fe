#include "support/trig.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

namespace reckon::support {
namespace {

// Minimax in t = x^2 for |x| <= pi/4: sin x = x + x t S(t), cos x = 1 - t/2 + t^2 C(t).
double sin_kernel(double x, double t) {
  double s = 0x1.5d9300ffc1dbfp-33;
  s = std::fma(s, t, -0x1.ae5e663a9d811p-26);
  s = std::fma(s, t, 0x1.71de3577b6ac9p-19);
  s = std::fma(s, t, -0x1.a01a019c11996p-13);
  s = std::fma(s, t, 0x1.111111110f87ap-7);
  s = std::fma(s, t, -0x1.5555555555549p-3);
  return std::fma(x * t, s, x);
}

double cos_kernel(double t) {
  double c = -0x1.8fae9c7bad01bp-37;
  c = std::fma(c, t, 0x1.1ee9ebe932e07p-29);
  c = std::fma(c, t, -0x1.27e4f809f0a0dp-22);
  c = std::fma(c, t, 0x1.a01a019cb1bdap-16);
  c = std::fma(c, t, -0x1.6c16c16c1517ep-10);
  c = std::fma(c, t, 0x1.555555555554cp-5);
  return std::fma(t * t, c, std::fma(t, -0.5, 1.0));
}

}  // namespace

SinCos sincos(double x) {
  constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
  constexpr double kHalfPiHigh = 0x1.921fb54442d18p+0, kHalfPiLow = 0x1.1a62633145c07p-54;
  if (!(std::fabs(x) <= 1e12))
    return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  // x = n pi/2 + r in two steps (Cody and Waite); the first is exact, since fma rounds only its small result.
  double n = std::floor(std::fma(x, kTwoOverPi, 0.5));
  double r = std::fma(-n, kHalfPiLow, std::fma(-n, kHalfPiHigh, x));
  double t = r * r, s = sin_kernel(r, t), c = cos_kernel(t);
  switch (static_cast<int64_t>(n) & 3) {
    case 0: return {s, c};
    case 1: return {c, -s};
    case 2: return {-s, -c};
    default: return {-c, s};
  }
}

}  // namespace reckon::support
