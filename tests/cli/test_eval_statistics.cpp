// The figures of an evaluation, against published values and counting.
#include <gtest/gtest.h>

#include <array>
#include <bit>

#include "tools/reckon/eval_statistics.hpp"

namespace reckon::cli {
namespace {

// Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
TEST(EvalStatistics, WilsonsIntervalHasThePublishedValues) {
  struct Case {
    int right, trials;
    double low, high;
  };
  for (const Case& c : {Case{81, 263, 0.2553, 0.3662}, Case{15, 148, 0.0624, 0.1605},
                        Case{0, 20, 0.0000, 0.1611}, Case{1, 29, 0.0061, 0.1718}}) {
    const Interval interval =
        wilson_interval(static_cast<double>(c.right) / c.trials, static_cast<uint64_t>(c.trials));
    EXPECT_NEAR(interval.low, c.low, 5e-5) << c.right;
    EXPECT_NEAR(interval.high, c.high, 5e-5) << c.right;
  }
  const Interval all = wilson_interval(1, 20);
  EXPECT_NEAR(all.low, 1 - 0.1611, 5e-5);
  EXPECT_EQ(all.high, 1);
  EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

TEST(EvalStatistics, PassAtKIsTheShareOfSubsetsWithARightSample) {
  constexpr unsigned n = 7;
  for (unsigned right = 0; right <= n; ++right) {
    std::array<int, n + 1> subsets{};
    std::array<int, n + 1> good{};
    for (unsigned set = 0; set < 1u << n; ++set) {
      const auto k = static_cast<size_t>(std::popcount(set));
      ++subsets[k];
      good[k] += (set & ((1u << right) - 1)) != 0;
    }
    for (unsigned k = 1; k <= n; ++k) {
      EXPECT_NEAR(pass_at_k(n, right, k), static_cast<double>(good[k]) / subsets[k], 1e-12)
          << right << " of " << n << ", k = " << k;
    }
  }
  EXPECT_NEAR(pass_at_k(65'536, 1, 32'768), 0.5, 1e-9);  // no overflow
}

TEST(EvalStatistics, QuantilesLieBetweenTheNearestValues) {
  EXPECT_EQ(quantile({}, 0.5), 0);
  EXPECT_EQ(quantile({3}, 0.95), 3);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_EQ(quantile({5, 1, 3}, 0.5), 3);
  std::vector<double> values;
  for (int i = 100; i >= 0; --i) values.push_back(i);
  EXPECT_DOUBLE_EQ(quantile(values, 0.95), 95);
  EXPECT_EQ(quantile(values, 1), 100);
  EXPECT_EQ(mean(values), 50);
  EXPECT_EQ(mean({}), 0);
}

}  // namespace
}  // namespace reckon::cli
