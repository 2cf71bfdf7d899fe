#include "load/checked.hpp"

#include <gtest/gtest.h>

namespace reckon::load {
namespace {

constexpr uint64_t kMax = ~uint64_t{0};

TEST(Checked, AddsUpToTheLimitOnly) {
  EXPECT_EQ(checked_add(kMax - 1, 1), kMax);
  EXPECT_EQ(checked_add(kMax, 1), std::nullopt);
  EXPECT_EQ(checked_add(kMax, kMax), std::nullopt);
}

TEST(Checked, MultipliesUpToTheLimitOnly) {
  EXPECT_EQ(checked_mul(kMax / 3, 3), kMax);
  EXPECT_EQ(checked_mul(kMax / 3 + 1, 3), std::nullopt);
  EXPECT_EQ(checked_mul(uint64_t{1} << 32, uint64_t{1} << 32), std::nullopt);
  EXPECT_EQ(checked_mul(kMax, 0), 0U);
}

TEST(Checked, AlignsUpUnlessThatWraps) {
  EXPECT_EQ(checked_align_up(0, 32), 0U);
  EXPECT_EQ(checked_align_up(1, 32), 32U);
  EXPECT_EQ(checked_align_up(32, 32), 32U);
  EXPECT_EQ(checked_align_up(kMax - 31, 32), kMax - 31);
  EXPECT_EQ(checked_align_up(kMax - 30, 32), std::nullopt);
  EXPECT_EQ(checked_align_up(kMax, 1), kMax);
}

}  // namespace
}  // namespace reckon::load
