#include "support/exp_log.hpp"

#include <cmath>

namespace reckon::support {
namespace {

// ln 2 in two parts; the first has 21 zero bits at its end, so that its product with an exponent is exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kInvLn2 = 0x1.71547652b82fep+0;

}  // namespace

// x = k ln 2 + r with |r| <= ln(2) / 2, and the Taylor series of e^r.
double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709) return HUGE_VAL;
  if (x < -700) return 0;
  double k = std::floor(x * kInvLn2 + 0.5);
  double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1;
  for (int n = 15; n > 0; n--) sum = 1 + r / n * sum;
  return std::ldexp(sum, static_cast<int>(k));
}

// x = m 2^e with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh f = 2 (f + f^3/3 + ...), f = (m - 1) / (m + 1).
double log(double x) {
  int e = 0;
  double m = std::frexp(x, &e);
  if (m < 0x1.6a09e667f3bcdp-1) {
    m *= 2;
    e--;
  }
  double f = (m - 1) / (m + 1), square = f * f, sum = 0;
  for (int n = 23; n > 0; n -= 2) sum = sum * square + 1.0 / n;
  return e * kLn2High + (e * kLn2Low + 2 * f * sum);
}

double power(double base, double exponent) { return exp(exponent * log(base)); }

}  // namespace reckon::support
