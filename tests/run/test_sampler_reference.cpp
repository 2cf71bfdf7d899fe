// The sampler against the samplers as <reckon/sampling.hpp> words them: with sorts and plain loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "run/infinity.hpp"
#include "run/sampler.hpp"

namespace reckon::run {
namespace {

using Logits = std::vector<float>;

uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

class Reference {
 public:
  Reference(const SamplingOptions& options, Logits logits, const std::vector<TokenId>& said)
      : o_(options), logits_(std::move(logits)) {
    adjust(said);
    cut_top_k();
    rank();
    cut_top_p_and_min_p();
  }

  TokenId sample() {
    if (o_.temperature == 0) return ranked_.front();
    const uint64_t kept = std::accumulate(masses_.begin(), masses_.end(), uint64_t{0});
    const double uniform = static_cast<double>(mixed(mixed(o_.seed) ^ n_++) >> 11) * 0x1p-53;
    auto below = static_cast<uint64_t>(uniform * static_cast<double>(kept));
    size_t i = 0;
    while (below >= masses_[i]) below -= masses_[i++];
    return ranked_[i];
  }

 private:
  void adjust(const std::vector<TokenId>& said) {
    for (auto [token, bias] : o_.logit_bias) logits_[static_cast<size_t>(token)] += bias;
    size_t n = o_.repeat_last < 0 ? said.size() : std::min(said.size(), static_cast<size_t>(o_.repeat_last));
    std::map<TokenId, int> recent;
    for (size_t i = said.size() - n; i < said.size(); i++) recent[said[i]]++;
    for (auto [token, count] : recent) {
      float& l = logits_[static_cast<size_t>(token)];
      l = l > 0 ? l / o_.repeat_penalty : l * o_.repeat_penalty;
      l -= o_.presence_penalty + o_.frequency_penalty * static_cast<float>(count);
    }
  }
  void cut_top_k() {
    if (o_.top_k == 0 || static_cast<size_t>(o_.top_k) >= logits_.size()) return;
    Logits sorted = logits_;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    for (float& l : logits_)
      if (l < sorted[static_cast<size_t>(o_.top_k) - 1]) l = -kInfinity;
  }
  // Token ids from the most probable down.
  void rank() {
    const float max = *std::max_element(logits_.begin(), logits_.end());
    float temperature = o_.temperature;
    if (temperature == 0) temperature = 1;
    probabilities_.resize(logits_.size());
    total_ = kernels::find_table("scalar")->exp_sum(logits_.data(), max, temperature, logits_.size(),
                                                    probabilities_.data());
    ranked_.resize(logits_.size());
    std::iota(ranked_.begin(), ranked_.end(), 0);
    const Logits& by = o_.temperature == 0 ? logits_ : probabilities_;
    std::stable_sort(ranked_.begin(), ranked_.end(), [&](TokenId a, TokenId b) {
      return by[static_cast<size_t>(a)] > by[static_cast<size_t>(b)];
    });
  }
  void cut_top_p_and_min_p() {
    const auto wanted = static_cast<uint64_t>(
        std::ceil(static_cast<double>(o_.top_p) * static_cast<double>(total_) * 0x1p40));
    uint64_t sum = 0;
    for (TokenId token : ranked_) {
      const float p = probabilities_[static_cast<size_t>(token)];
      if (p < o_.min_p || (o_.top_p < 1 && sum >= wanted)) break;
      masses_.push_back(static_cast<uint64_t>(static_cast<double>(p) * 0x1p40));
      sum += masses_.back();
    }
  }

  SamplingOptions o_;
  Logits logits_, probabilities_;
  std::vector<TokenId> ranked_;
  std::vector<uint64_t> masses_;  // of the first ones of ranked_, those that are kept
  float total_ = 0;
  uint64_t n_ = 0;
};

class Cases {
 public:
  explicit Cases(uint32_t seed) : random_(seed) {}

  size_t below(size_t n) { return random_() % n; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }
  float uniform() { return static_cast<float>(random_() >> 8) * 0x1p-24f; }

  // Bells, plateaus of equals, ramps, gaps, extremes: what is hard for a selection by bits.
  Logits logits(size_t n) {
    const size_t kind = below(9);
    Logits l(n);
    for (size_t i = 0; i < n; i++) l[i] = value(kind, i, n);
    if (below(4) == 0) {
      for (size_t i = 0; i < n; i++) l[i] = below(3) == 0 ? -kInfinity : l[i];
    }
    l[below(n)] = one_of({0.0f, 3.0f, -2.0f});  // one finite value at least
    return l;
  }
  SamplingOptions options(size_t n) {
    SamplingOptions o;
    o.temperature = one_of({0.0f, 0.01f, 0.6f, 0.6f, 1.0f, 1.0f, 100.0f});
    o.top_k = one_of({0, 0, 1, 3, 40, 100'000});
    o.top_p = one_of({1e-6f, 0.5f, 0.95f, 0.95f, 0.999999f, 1.0f});
    o.min_p = one_of({0.0f, 0.0f, 0.0f, 0.001f, 0.05f, 1.0f});
    o.seed = random_();
    if (below(3) == 0) {
      o.repeat_last = one_of({-1, 3, 64});
      o.repeat_penalty = one_of({1.0f, 1.3f, 0.5f});
      o.presence_penalty = one_of({0.0f, 1.0f, -1.0f});
      o.frequency_penalty = one_of({0.0f, 0.3f});
    }
    if (n > 1 && below(3) == 0) o.logit_bias = {{static_cast<TokenId>(below(n)), 2.5f}};
    return o;
  }

 private:
  float value(size_t kind, size_t i, size_t n) {
    const auto at = static_cast<float>(i) / static_cast<float>(n);
    switch (kind) {
      case 0: return 4 * (uniform() + uniform() + uniform() + uniform() - 2);
      case 1: return static_cast<float>(below(4));                           // plateaus
      case 2: return 1;                                                      // all the same
      case 3: return 30 * at;                                                // a ramp up
      case 4: return -0.001f * at;                                           // a flat ramp down
      case 5: return (uniform() - 0.5f) * 3e38f;                             // the whole range
      case 6: return one_of({0.0f, -0.0f, 1e-40f, -1e-40f});                 // zeros and subnormals
      case 7: return 2 + static_cast<float>(below(100)) * 0x1p-20f;          // differ in the last bits
      default: return uniform() < 0.01f ? 20 + uniform() : -20 * uniform();  // a few stand out
    }
  }

  std::mt19937 random_;
};

TEST(SamplerReference, TokensAreThoseOfSortsAndLoopsOnEveryKernelSet) {
  Cases cases(1);
  size_t n_draws = 0;
  for (int i = 0; i < 1500; i++) {
    const size_t n = cases.one_of<size_t>({1, 2, 63, 64, 65, 127, 500, 1000, 3000});
    const Logits logits = cases.logits(n);
    const SamplingOptions options = cases.options(n);
    std::vector<TokenId> said;
    for (size_t k = cases.below(100); k > 0; k--) said.push_back(static_cast<TokenId>(cases.below(n)));
    Reference reference(options, logits, said);
    std::vector<TokenId> want;
    for (int draw = 0; draw < 5; draw++) want.push_back(reference.sample());
    for (const kernels::KernelTable* table : kernels::all_tables()) {
      if (!table->supported()) continue;
      Sampler sampler(options, n, *table);
      for (TokenId t : said) sampler.accept(t);
      for (TokenId t : want) {
        ASSERT_EQ(sampler.sample(logits), t)
            << "case " << i << " of " << n << " tokens on " << table->name << ": temperature "
            << options.temperature << ", top-k " << options.top_k << ", top-p " << options.top_p << ", min-p "
            << options.min_p;
        n_draws++;
      }
    }
  }
  EXPECT_GE(n_draws, 1500u * 5);
}

TEST(SamplerReference, AWholeVocabularyIsExactToo) {
  Cases cases(2);
  for (int i = 0; i < 12; i++) {
    const Logits logits = cases.logits(151'936);
    SamplingOptions options;
    options.top_p = i % 3 == 0 ? 1.0f : 0.95f;
    options.top_k = i % 4 == 3 ? 1000 : 0;
    options.seed = static_cast<uint64_t>(i);
    Reference reference(options, logits, {});
    Sampler sampler(options, logits.size(), kernels::best_table());
    for (int draw = 0; draw < 3; draw++) ASSERT_EQ(sampler.sample(logits), reference.sample()) << i;
  }
}

}  // namespace
}  // namespace reckon::run
