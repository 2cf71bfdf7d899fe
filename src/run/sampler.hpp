// Chooses the next token of one sequence.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <reckon/sampling.hpp>

#include "kernels/kernels.hpp"

namespace reckon::run {

class Sampler {
 public:
  // Throws Error(invalid_argument) as validate() does.
  Sampler(const SamplingOptions& options, size_t n_vocab, const kernels::KernelTable& kernels);

  // The token counts as recent from now on: prompt tokens too.
  void accept(TokenId token);
  // logits (n_vocab). The draw depends on seed and on how many were sampled before, on nothing else.
  // Throws Error(bad_numbers) if a logit is NaN or none is finite.
  TokenId sample(std::span<const float> logits);

 private:
  struct Candidate {
    TokenId token;
    float probability;  // not normalised
  };

  void adjust();
  TokenId greatest() const;
  float top_k_threshold();
  void collect(float least, float cut);
  void keep_top_p(float total);
  void sort_from(size_t first);
  TokenId draw();
  double next_uniform();

  SamplingOptions options_;
  const kernels::KernelTable& kernels_;
  std::vector<float> logits_;         // (n_vocab) adjusted
  std::vector<float> probabilities_;  // (n_vocab) exp((logit - max) / temperature)
  std::vector<Candidate> candidates_;
  std::vector<float> order_;     // (n_vocab) scratch of the top-k selection
  std::vector<TokenId> recent_;  // ring of the last repeat_last tokens
  size_t recent_next_ = 0;
  std::map<TokenId, uint32_t> counts_;  // occurrences in recent_
  uint64_t n_sampled_ = 0;
};

}  // namespace reckon::run
