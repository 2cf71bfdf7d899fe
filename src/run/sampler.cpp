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

}  // namespace

Sampler::Sampler(const SamplingOptions& options, size_t n_vocab, const kernels::KernelTable& kernels)
    : options_(options), kernels_(kernels), logits_(n_vocab), probabilities_(n_vocab) {
  validate(options, n_vocab);
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

TokenId Sampler::sample(std::span<const float> logits) {
  std::copy(logits.begin(), logits.end(), logits_.begin());
  adjust();
  float max = kernels_.max(logits_.data(), logits_.size());
  if (!std::isfinite(max)) {
    throw Error(ErrorCode::bad_numbers,
                "the model produced logits that are not numbers, or all tokens are forbidden");
  }
  if (options_.temperature == 0) return greatest();
  float least = options_.top_k > 0 ? top_k_threshold() : -kInfinity;
  for (float& l : logits_) l = l < least ? -kInfinity : (l - max) / options_.temperature;
  float total = kernels_.exp_sum(logits_.data(), 0, logits_.size(), probabilities_.data());
  keep_top_p(total);
  return draw();
}

void Sampler::adjust() {
  for (auto [token, bias] : options_.logit_bias) logits_[static_cast<size_t>(token)] += bias;
  for (auto [token, count] : counts_) {
    float& l = logits_[static_cast<size_t>(token)];
    if (options_.repeat_penalty != 1) l = l > 0 ? l / options_.repeat_penalty : l * options_.repeat_penalty;
    l -= options_.presence_penalty + options_.frequency_penalty * static_cast<float>(count);
  }
}

// The lowest id among equals.
TokenId Sampler::greatest() const {
  return static_cast<TokenId>(std::max_element(logits_.begin(), logits_.end()) - logits_.begin());
}

// The k-th greatest logit; equals of it stay too.
float Sampler::top_k_threshold() {
  auto k = static_cast<size_t>(options_.top_k);
  if (k >= logits_.size()) return -kInfinity;
  order_ = logits_;
  auto nth = order_.begin() + static_cast<std::ptrdiff_t>(k - 1);
  std::nth_element(order_.begin(), nth, order_.end(), std::greater<>());
  return *nth;
}

// Candidates with a probability of at least `least` and below `cut`.
void Sampler::collect(float least, float cut) {
  for (size_t i = 0; i < probabilities_.size(); i++) {
    float p = probabilities_[i];
    if (p >= least && p < cut) candidates_.push_back({static_cast<TokenId>(i), p});
  }
}

// The nucleus (Holtzman et al., 2020, "The Curious Case of Neural Text Degeneration") in descending order.
// Sorting a whole vocabulary would cost more than the rest of sampling, so ever lower slices are sorted until
// the mass is there.
void Sampler::keep_top_p(float total) {
  constexpr float kSlice = 1.0f / 64;
  candidates_.clear();
  float floor = std::max(options_.min_p, std::numeric_limits<float>::min());
  if (options_.top_p >= 1) return collect(floor, kInfinity);
  double mass = 0, wanted = static_cast<double>(options_.top_p) * static_cast<double>(total);
  for (float cut = kInfinity; mass < wanted && cut > floor;) {
    float least = std::max(cut == kInfinity ? kSlice : cut * kSlice, floor);
    size_t kept = candidates_.size();
    collect(least, cut);
    sort_from(kept);
    while (kept < candidates_.size() && mass < wanted)
      mass += static_cast<double>(candidates_[kept++].probability);
    candidates_.resize(kept);
    cut = least;
  }
}

// Descending; the lower id first among equals.
void Sampler::sort_from(size_t first) {
  auto begin = candidates_.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, candidates_.end(), [](const Candidate& a, const Candidate& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.token < b.token;
  });
}

TokenId Sampler::draw() {
  double mass = 0;
  for (const Candidate& c : candidates_) mass += c.probability;
  double target = next_uniform() * mass;
  for (const Candidate& c : candidates_) {
    target -= c.probability;
    if (target < 0) return c.token;
  }
  return candidates_.back().token;
}

double Sampler::next_uniform() {
  uint64_t bits = splitmix64(splitmix64(options_.seed) ^ n_sampled_++);
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace reckon::run
