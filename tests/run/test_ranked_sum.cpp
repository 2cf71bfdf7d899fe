#include "run/ranked_sum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

#include "run/infinity.hpp"

namespace reckon::run {
namespace {

using Values = std::vector<float>;

struct One {
  uint64_t operator()(float) const { return 1; }
};
struct Steps {  // 0 for some, up to 2^50 for others
  uint64_t operator()(float v) const {
    return v > 0 ? static_cast<uint64_t>(std::min(v, 1e6f) * 0x1p30f) : 0;
  }
};

// Indices in the order meant.
std::vector<size_t> sorted(const Values& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] > values[b]; });
  return order;
}

// Every goal that is just reached, just missed or in the middle, against a walk down the sorted values.
template <class Weight>
size_t expect_walk(const Values& values, float low) {
  RankedSum<Weight> ranked;
  ranked.begin(values, low, *std::max_element(values.begin(), values.end()));
  ranked.take(low, kInfinity);
  uint64_t sum = 0;
  size_t n = 0;
  for (size_t i : sorted(values)) {
    if (!(values[i] >= low)) break;
    const uint64_t weight = Weight()(values[i]);
    if (weight > 0 && (values.size() < 300 || n % 17 == 0)) {
      for (uint64_t goal : {sum + 1, sum + (weight + 1) / 2, sum + weight}) {
        auto place = ranked.reach(goal);
        EXPECT_EQ(place.index, i);
        EXPECT_EQ(place.sum, sum + weight);
      }
    }
    sum += weight;
    n++;
  }
  EXPECT_EQ(ranked.total(), sum);
  return n;
}

TEST(RankedSum, IsAWalkDownTheSortedValues) {
  std::mt19937 random(1);
  const std::vector<std::function<float()>> kinds = {
      [&] { return static_cast<float>(random()) * 0x1p-31f - 1; },
      [&] { return static_cast<float>(random() % 5) - 2; },
      [&] { return 1.0f; },
      [&] { return std::bit_cast<float>(static_cast<uint32_t>(random() % 0x7f800000)); },
      [&] { return -std::bit_cast<float>(static_cast<uint32_t>(random() % 0x7f800000)); },
      [&] { return random() % 2 == 0 ? -0.0f : 0.0f; },
      [&] { return random() % 3 == 0 ? -kInfinity : static_cast<float>(random() % 100); },
      [&] { return -kInfinity; },
      [&] { return std::bit_cast<float>(static_cast<uint32_t>(0x3f800000 + random() % 3)); },
  };
  size_t compared = 0;
  for (const auto& kind : kinds) {
    for (size_t n : {1, 2, 63, 64, 65, 200, 3000}) {
      Values values(n);
      for (float& v : values) v = kind();
      compared += expect_walk<One>(values, -kInfinity);
      compared += expect_walk<Steps>(values, -kInfinity);
      compared += expect_walk<Steps>(values, 0.25f);
    }
  }
  EXPECT_GT(compared, 10'000u);
}

TEST(RankedSum, TakesInValuesInPartsFromAbove) {
  std::mt19937 random(2);
  Values values(1000);
  for (float& v : values) v = static_cast<float>(random()) * 0x1p-32f;
  RankedSum<Steps> parts, whole;
  parts.begin(values, 0.001f, 1);
  parts.take(0.5f, kInfinity);
  const uint64_t upper = parts.total();
  const auto before = parts.reach(upper);
  EXPECT_GE(values[before.index], 0.5f) << "what is below is not there yet";
  parts.take(0.001f, 0.5f);
  whole.begin(values, 0.001f, 1);
  whole.take(0.001f, kInfinity);
  EXPECT_EQ(parts.total(), whole.total());
  EXPECT_GT(parts.total(), upper);
  for (uint64_t goal : {uint64_t{1}, upper, upper + 1, parts.total()}) {
    EXPECT_EQ(parts.reach(goal).index, whole.reach(goal).index);
  }
  EXPECT_EQ(parts.reach(upper).index, before.index);
}

}  // namespace
}  // namespace reckon::run
