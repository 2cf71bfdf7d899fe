#include "run/sampler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <reckon/error.hpp>

namespace reckon::run {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Steele, Lea and Flood, 2014, "Fast splittable pseudorandom number generators": a counter in, 64 mixed bits
// out.
uint64_t splitmix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

bool penalises(const SamplingOptions& o) {
  return o.repeat_last != 0 && (o.repeat_penalty != 1 || o.presence_penalty != 0 || o.frequency_penalty != 0);
}

// What becomes of the logit of a recent token. Stays finite: an infinite one is the model's mistake.
float penalised_logit(const SamplingOptions& o, float logit, uint32_t count) {
  constexpr float kGreatest = std::numeric_limits<float>::max();
  if (o.repeat_penalty != 1) logit = logit > 0 ? logit / o.repeat_penalty : logit * o.repeat_penalty;
  logit -= o.presence_penalty + o.frequency_penalty * static_cast<float>(count);
  return std::clamp(logit, -kGreatest, kGreatest);
}

}  // namespace

Sampler::Sampler(const SamplingOptions& options, size_t n_vocab, const kernels::KernelTable& kernels)
    : options_(options), kernels_(kernels), probabilities_(n_vocab) {
  validate(options, n_vocab);
}

void Sampler::use(const SamplingOptions& options) {
  validate(options, probabilities_.size());
  options_ = options;
}

void Sampler::accept(TokenId token) {
  if (options_.repeat_last == 0) return;
  counts_[token]++;
  auto most = static_cast<size_t>(options_.repeat_last);
  if (options_.repeat_last < 0 || recent_.size() < most) {
    if (options_.repeat_last > 0) recent_.push_back(token);
    return;
  }
  auto oldest = counts_.find(recent_[recent_next_]);
  if (--oldest->second == 0) counts_.erase(oldest);
  recent_[recent_next_] = token;
  recent_next_ = (recent_next_ + 1) % most;
}

TokenId Sampler::sample(std::span<const float> logits, std::span<const uint64_t> allowed) {
  logits = adjusted(logits, allowed);
  float max = kernels_.max(logits.data(), logits.size());
  if (!std::isfinite(max)) {
    throw Error(ErrorCode::bad_numbers,
                "the model produced logits that are not numbers, or all tokens are forbidden");
  }
  // The lowest id among equals.
  if (options_.temperature == 0)
    return static_cast<TokenId>(std::find(logits.begin(), logits.end(), max) - logits.begin());
  logits = top_k(logits, max);
  return draw(
      kernels_.exp_sum(logits.data(), max, options_.temperature, logits.size(), probabilities_.data()));
}

// A copy is made only where something changes.
std::span<const float> Sampler::adjusted(std::span<const float> logits, std::span<const uint64_t> allowed) {
  const bool penalised = penalises(options_) && !counts_.empty();
  if (options_.logit_bias.empty() && forbidden_.empty() && !penalised && allowed.empty()) return logits;
  copy_allowed(logits, allowed);
  for (auto [token, bias] : options_.logit_bias) logits_[static_cast<size_t>(token)] += bias;
  for (TokenId token : forbidden_) logits_[static_cast<size_t>(token)] = -kInfinity;
  if (!penalised) return logits_;
  for (auto [token, count] : counts_) {
    float& l = logits_[static_cast<size_t>(token)];
    if (std::isfinite(l)) l = penalised_logit(options_, l, count);
  }
  return logits_;
}

// logits_ become these, -inf where a token is not allowed. Most words of a set are all zeros or all ones.
void Sampler::copy_allowed(std::span<const float> logits, std::span<const uint64_t> allowed) {
  logits_.assign(logits.begin(), logits.end());
  for (size_t w = 0; w < allowed.size(); w++) {
    const size_t begin = 64 * w, end = std::min(begin + 64, logits_.size());
    if (allowed[w] == ~uint64_t{0}) continue;
    for (size_t i = begin; i < end; i++)
      if ((allowed[w] >> (i - begin) & 1) == 0) logits_[i] = -kInfinity;
  }
}

// All but the k greatest become -inf; equals of the last of them stay too.
std::span<const float> Sampler::top_k(std::span<const float> logits, float max) {
  constexpr float kNear = 12;  // few tokens are, as a rule: the others are left aside unless they are needed
  auto k = static_cast<size_t>(options_.top_k);
  if (k == 0 || k >= logits.size()) return logits;
  by_logit_.begin(logits, -kInfinity, max);
  by_logit_.take(max - kNear, kInfinity);
  if (by_logit_.total() < k) by_logit_.take(-kInfinity, max - kNear);
  const float least = logits[by_logit_.reach(k).index];
  logits_.resize(logits.size());
  std::transform(logits.begin(), logits.end(), logits_.begin(),
                 [least](float l) { return l < least ? -kInfinity : l; });
  return logits_;
}

// The nucleus (Holtzman et al., 2020, "The Curious Case of Neural Text Degeneration") goes down to where the
// mass wanted is reached, and the draw to a place in it. Few tokens hold most of the mass as a rule.
TokenId Sampler::draw(float total) {
  constexpr float kLikely = 1.0f / 256;
  const float floor = std::max(options_.min_p, Mass::kUnit);
  const double wanted = static_cast<double>(options_.top_p) * static_cast<double>(total / Mass::kUnit);
  const uint64_t goal = options_.top_p < 1 ? static_cast<uint64_t>(std::ceil(wanted)) : UINT64_MAX;
  by_mass_.begin(probabilities_, floor, 1.0f);
  by_mass_.take(std::max(kLikely, floor), kInfinity);
  if (by_mass_.total() < goal && floor < kLikely) by_mass_.take(floor, kLikely);
  const uint64_t kept = by_mass_.total() <= goal ? by_mass_.total() : by_mass_.reach(goal).sum;
  const auto below = static_cast<uint64_t>(next_uniform() * static_cast<double>(kept));
  return static_cast<TokenId>(by_mass_.reach(std::min(below, kept - 1) + 1).index);
}

double Sampler::next_uniform() {
  uint64_t bits = splitmix64(splitmix64(options_.seed) ^ n_sampled_++);
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace reckon::run
