#include "model/rope.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "support/exp_log.hpp"
#include "support/trig.hpp"

namespace reckon::model {
namespace {

// YaRN (Peng et al., 2023, "Efficient Context Window Extension of Large Language Models"): frequencies that
// turn often within the original context stay, those that turn less than once are divided by the factor, a
// ramp between.
double yarn_boundary(const RopeConfig& r, double rotations) {
  double n = static_cast<double>(r.dim);
  return n * support::log(r.original_context / (rotations * 2 * std::numbers::pi)) /
         (2 * support::log(r.theta));
}

double yarn_kept_share(const RopeConfig& r, size_t i) {
  double low = std::max(0.0, std::floor(yarn_boundary(r, r.beta_fast)));
  double high = std::min(static_cast<double>(r.dim) - 1, std::ceil(yarn_boundary(r, r.beta_slow)));
  double ramp = (static_cast<double>(i) - low) / std::max(0.001, high - low);
  return 1 - std::clamp(ramp, 0.0, 1.0);
}

}  // namespace

RopeTable::RopeTable(const RopeConfig& r, std::span<const float> factors) : frequencies_(r.dim / 2) {
  for (size_t i = 0; i < frequencies_.size(); i++) {
    double f = support::power(r.theta, -2.0 * static_cast<double>(i) / static_cast<double>(r.dim));
    if (!factors.empty()) f /= static_cast<double>(factors[i]);
    if (r.scaling == RopeScaling::linear) f /= r.factor;
    if (r.scaling == RopeScaling::yarn) {
      double kept = yarn_kept_share(r, i);
      f = f * kept + f / r.factor * (1 - kept);
    }
    frequencies_[i] = f;
  }
  if (r.scaling == RopeScaling::yarn) {
    magnitude_ = r.attn_factor * (r.factor > 1 ? 0.1 * support::log(r.factor) + 1 : 1);
  }
}

void RopeTable::angles(uint64_t position, float* cos, float* sin) const {
  for (size_t i = 0; i < frequencies_.size(); i++) {
    auto [s, c] = support::sincos(static_cast<double>(position) * frequencies_[i]);
    cos[i] = static_cast<float>(c * magnitude_);
    sin[i] = static_cast<float>(s * magnitude_);
  }
}

}  // namespace reckon::model
