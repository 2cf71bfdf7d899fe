// How the next token is chosen from the logits.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <reckon/export.hpp>
#include <reckon/model.hpp>

namespace reckon {

// Defaults are DeepSeek's for the R1 models. Applied in this order: logit bias, penalties, (temperature 0:
// the greatest logit), top-k, top-p and min-p on the probabilities at the given temperature, then one draw:
// a number in [0, 1) that goes down from the most probable token (the lowest id among equals) until their sum
// passes it. Sums are exact in units of 2^-40 of the greatest probability; what is below that is never drawn.
struct SamplingOptions {
  float temperature = 0.6f;  // 0: greedy; up to 100
  int top_k = 0;             // keep the k greatest; 0: all
  float top_p = 0.95f;       // keep the smallest set with this probability mass; (0, 1]; 1: all
  float min_p = 0.0f;        // drop what is less probable than min_p times the most probable; [0, 1]
  // Divides positive and multiplies negative logits of recent tokens; (0, 100]; 1: off.
  float repeat_penalty = 1.0f;
  int repeat_last = 64;  // tokens (prompt included) that count as recent for all three penalties; -1: all
  float presence_penalty = 0;   // subtracted once for a recent token; [-100, 100]
  float frequency_penalty = 0;  // subtracted per occurrence; [-100, 100]
  uint64_t seed = 0;            // the same seed gives the same tokens, whatever runs beside it
  // Added to the token's logit, those of one token together; [-1e9, 1e9], or -inf, which forbids it.
  std::vector<std::pair<TokenId, float>> logit_bias = {};
};

// Throws Error(invalid_argument) naming the option, its value and its range. vocab_size bounds the ids of
// logit_bias.
//
//   SamplingOptions sampling;
//   sampling.temperature = 0.8f;
//   sampling.logit_bias = {{11, -std::numeric_limits<float>::infinity()}};
//   validate(sampling, model.info().vocab_size);
RECKON_API void validate(const SamplingOptions& options, uint64_t vocab_size);

// A token and how probable it was.
struct TokenProbability {
  TokenId token = -1;  // index in the vocabulary
  double logprob = 0;  // natural logarithm
};

// ln softmax(logits)[token]. logits: (vocab_size). Throws Error(invalid_argument) for a token outside them.
//
//   std::vector<float> logits = {0.5f, 2, -1};
//   double p = std::exp(logprob(logits, 1));
//   for (const TokenProbability& best : top_logprobs(logits, 2)) {
//     std::cout << best.token << ' ' << best.logprob << '\n';
//   }
RECKON_API double logprob(std::span<const float> logits, TokenId token);
// The k most probable tokens (all, if there are fewer) in descending order (ties: lower id first; a NaN
// counts as -inf, and makes every logprob NaN). logits: (vocab_size). Throws Error(out_of_memory).
RECKON_API std::vector<TokenProbability> top_logprobs(std::span<const float> logits, size_t k);

}  // namespace reckon
