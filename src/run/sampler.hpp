// Chooses the next token of one sequence.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <reckon/sampling.hpp>

#include "kernels/kernels.hpp"
#include "run/ranked_sum.hpp"

namespace reckon::run {

class Sampler {
 public:
  // Throws Error(invalid_argument) as validate() does.
  Sampler(const SamplingOptions& options, size_t n_vocab, const kernels::KernelTable& kernels);

  // Goes on with other options: seed, position in the draws and recent tokens stay. repeat_last must be the
  // same. Throws as the constructor does.
  void use(const SamplingOptions& options);
  // Keeps the token from being chosen from now on.
  void forbid(TokenId token) { forbidden_.push_back(token); }

  // The token counts as recent from now on: prompt tokens too.
  void accept(TokenId token);
  // logits (n_vocab). allowed: a bit for each token, those without one are out of the question from the
  // start; empty: all are allowed. The draw depends on seed and on how many were sampled before, on nothing
  // else. Throws Error(bad_numbers) if the logit of an allowed token is NaN or none is finite.
  TokenId sample(std::span<const float> logits, std::span<const uint64_t> allowed = {});

  uint64_t draws() const { return n_sampled_; }  // random numbers used
  void skip(uint64_t draws) { n_sampled_ += draws; }

 private:
  struct One {
    uint64_t operator()(float) const { return 1; }
  };
  // Units of 2^-40 of the most probable token's probability: the sums of 2^24 tokens are exact.
  struct Mass {
    static constexpr float kUnit = 0x1p-40f;
    uint64_t operator()(float probability) const {
      return static_cast<uint64_t>(static_cast<int64_t>(probability / kUnit));
    }
  };

  std::span<const float> adjusted(std::span<const float> logits, std::span<const uint64_t> allowed);
  void copy_allowed(std::span<const float> logits, std::span<const uint64_t> allowed);
  std::span<const float> top_k(std::span<const float> logits, float max);
  TokenId draw(float total);
  double next_uniform();

  SamplingOptions options_;
  const kernels::KernelTable& kernels_;
  std::vector<float> logits_;         // (n_vocab) where they differ from what came
  std::vector<float> probabilities_;  // (n_vocab) exp((logit - max) / temperature)
  RankedSum<One> by_logit_;
  RankedSum<Mass> by_mass_;
  std::vector<TokenId> forbidden_;
  std::vector<TokenId> recent_;  // ring of the last repeat_last tokens
  size_t recent_next_ = 0;
  std::map<TokenId, uint32_t> counts_;  // occurrences in recent_
  uint64_t n_sampled_ = 0;
};

}  // namespace reckon::run
