#include "support/trig.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace reckon::support {
namespace {

void expect_close(double x) {
  auto [s, c] = sincos(x);
  long double truth_s = std::sin(static_cast<long double>(x)),
              truth_c = std::cos(static_cast<long double>(x));
  ASSERT_LT(std::fabs(static_cast<long double>(s) - truth_s), 4e-16L) << x;
  ASSERT_LT(std::fabs(static_cast<long double>(c) - truth_c), 4e-16L) << x;
}

TEST(SinCos, MatchesLongDouble) {
  static_assert(std::numeric_limits<long double>::digits > 53, "the reference must be finer than double");
  for (int i = -100'000; i <= 100'000; i++) expect_close(static_cast<double>(i) * 2.0000001);
  for (int i = 0; i < 100'000; i++) expect_close(static_cast<double>(i) * 1e-4);
  for (double x = 1e-320; x < 1e9; x *= 1.37) expect_close(x), expect_close(-x);
}

// Near multiples of pi/4 the reduction cancels most, and quadrants change.
TEST(SinCos, MatchesLongDoubleAroundQuadrants) {
  for (int n = 0; n < 200'000; n += 7) {
    double x = n * 0x1.921fb54442d18p-1;
    expect_close(x), expect_close(std::nextafter(x, 0.0)), expect_close(std::nextafter(x, 1e9));
  }
}

TEST(SinCos, IsExactAtZeroAndNanBeyondItsRange) {
  EXPECT_EQ(sincos(0).sin, 0);
  EXPECT_EQ(sincos(0).cos, 1);
  for (double x : {2e12, -2e12, 1e300, std::numeric_limits<double>::infinity(),
                   -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_TRUE(std::isnan(sincos(x).sin) && std::isnan(sincos(x).cos)) << x;
  }
}

// The same bits on every machine: this hash came from x86-64.
TEST(SinCos, HasTheBitsOfEveryOtherMachine) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (int i = 0; i < 50'000; i++) {
    auto [s, c] = sincos(static_cast<double>(i) * 3.7);
    for (double v : {s, c}) hash = (hash ^ std::bit_cast<uint64_t>(v)) * 0x100000001b3u;
  }
  EXPECT_EQ(hash, 12'558'285'388'888'223'910u);
}

}  // namespace
}  // namespace reckon::support
