// The public side of sampling: option checks and log-probabilities.
#include <reckon/sampling.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <reckon/generation.hpp>

#include "support/within_memory.hpp"

namespace reckon {
namespace {

template <class T>
void check_range(const char* name, T value, double low, double high, bool open_low = false) {
  auto v = static_cast<double>(value);
  if (v >= low && v <= high && !(open_low && v == low)) return;  // false for NaN
  throw Error(ErrorCode::invalid_argument, fmt::format("{} {}; expected {}{} to {}", name, value,
                                                       open_low ? "more than " : "", low, high));
}

double log_sum_exp(std::span<const float> logits) {
  double max = *std::max_element(logits.begin(), logits.end()), sum = 0;
  for (float l : logits) sum += std::exp(static_cast<double>(l) - max);
  return max + std::log(sum);
}

}  // namespace

void validate(const SamplingOptions& o, uint64_t vocab_size) {
  check_range("temperature", o.temperature, 0, 100);
  check_range("top_k", o.top_k, 0, std::numeric_limits<int>::max());
  check_range("top_p", o.top_p, 0, 1, true);
  check_range("min_p", o.min_p, 0, 1);
  check_range("repeat_penalty", o.repeat_penalty, 0, 100, true);
  check_range("repeat_last", o.repeat_last, -1, std::numeric_limits<int>::max());
  check_range("presence_penalty", o.presence_penalty, -100, 100);
  check_range("frequency_penalty", o.frequency_penalty, -100, 100);
  for (auto [token, bias] : o.logit_bias) {
    check_range("logit_bias token", token, 0, static_cast<double>(vocab_size) - 1);
    constexpr float kMost = 1e9f;
    if (bias >= -kMost && bias <= kMost) continue;
    if (bias == -std::numeric_limits<float>::infinity()) continue;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("logit_bias of token {}: {}; expected -1e9 to 1e9, or -inf", token, bias));
  }
}

double logprob(std::span<const float> logits, TokenId token) {
  if (token < 0 || static_cast<size_t>(token) >= logits.size()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("token {}; expected one of {}", token, logits.size()));
  }
  return static_cast<double>(logits[static_cast<size_t>(token)]) - log_sum_exp(logits);
}

namespace {

std::vector<TokenProbability> find_top(std::span<const float> logits, size_t k) {
  std::vector<TokenId> ids(logits.size());
  for (size_t i = 0; i < ids.size(); i++) ids[i] = static_cast<TokenId>(i);
  k = std::min(k, ids.size());
  const auto rank = [&](TokenId id) {  // NaN, too, has its place
    const float logit = logits[static_cast<size_t>(id)];
    return std::isnan(logit) ? -std::numeric_limits<float>::infinity() : logit;
  };
  const auto greater = [&](TokenId a, TokenId b) {
    const float of_a = rank(a), of_b = rank(b);
    return of_a != of_b ? of_a > of_b : a < b;
  };
  std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(k), ids.end(), greater);
  double sum = k == 0 ? 0 : log_sum_exp(logits);
  std::vector<TokenProbability> top;
  for (size_t i = 0; i < k; i++)
    top.push_back({ids[i], static_cast<double>(logits[static_cast<size_t>(ids[i])]) - sum});
  return top;
}

}  // namespace

std::vector<TokenProbability> top_logprobs(std::span<const float> logits, size_t k) {
  return support::within_memory([&] { return find_top(logits, k); });
}

SamplingOptions with(SamplingOptions options, const PhaseSampling& phase) {
  options.temperature = phase.temperature.value_or(options.temperature);
  options.top_k = phase.top_k.value_or(options.top_k);
  options.top_p = phase.top_p.value_or(options.top_p);
  options.min_p = phase.min_p.value_or(options.min_p);
  options.repeat_penalty = phase.repeat_penalty.value_or(options.repeat_penalty);
  options.presence_penalty = phase.presence_penalty.value_or(options.presence_penalty);
  options.frequency_penalty = phase.frequency_penalty.value_or(options.frequency_penalty);
  return options;
}

}  // namespace reckon
