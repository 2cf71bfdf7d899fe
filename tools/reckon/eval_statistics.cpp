#include "eval_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reckon::cli {

Interval wilson_interval(double p, uint64_t trials) {
  if (trials == 0) return {0, 1};
  constexpr double z = 1.959963984540054;  // of the normal distribution, 2.5 % lie beyond
  const auto n = static_cast<double>(trials);
  const double centre = p + z * z / (2 * n);
  const double spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {std::clamp((centre - spread) / scale, 0.0, 1.0), std::clamp((centre + spread) / scale, 0.0, 1.0)};
}

double pass_at_k(uint64_t samples, uint64_t right, uint64_t k) {
  const uint64_t wrong = samples - right;
  if (wrong < k) return 1;
  // 1 - C(wrong, k) / C(samples, k), as a product that can't overflow.
  double all_wrong = 1;
  for (uint64_t i = 0; i < k; ++i) {
    all_wrong *= static_cast<double>(wrong - i) / static_cast<double>(samples - i);
  }
  return 1 - all_wrong;
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

double mean(std::span<const double> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace reckon::cli
