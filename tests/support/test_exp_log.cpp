#include "support/exp_log.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace reckon::support {
namespace {

TEST(ExpLog, AreExactToTheLastBitOrTwo) {
  for (double x = -699; x < 700; x += 0.0137) {
    EXPECT_NEAR(exp(x) / std::exp(x), 1, 5e-16) << x;
    double y = std::exp(x);
    EXPECT_NEAR(log(y), std::log(y), 5e-16 * std::max(1.0, std::abs(x))) << y;
  }
}

TEST(ExpLog, PowersAreThoseOfRotationFrequencies) {
  for (double theta : {1e4, 5e5, 1e6, 1e15}) {
    for (int i = 0; i < 128; i++) {
      double expected = std::pow(theta, -i / 128.0);
      EXPECT_NEAR(power(theta, -i / 128.0) / expected, 1, 5e-15) << theta << " " << i;
    }
  }
  EXPECT_EQ(power(1e6, 0), 1);
}

// The same bits on every machine.
TEST(ExpLog, BitsAreFixed) {
  EXPECT_EQ(log(2), 0x1.62e42fefa39efp-1);
  EXPECT_EQ(exp(1), 0x1.5bf0a8b14576ap+1);
  EXPECT_EQ(power(1e4, -0.5), 0x1.47ae147ae1478p-7);
  EXPECT_EQ(log(1), 0);
  EXPECT_EQ(exp(0), 1);
}

TEST(ExpLog, EndsOfTheRange) {
  EXPECT_EQ(exp(710), std::numeric_limits<double>::infinity());
  EXPECT_EQ(exp(-1e300), 0);
  EXPECT_TRUE(std::isnan(exp(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace reckon::support
