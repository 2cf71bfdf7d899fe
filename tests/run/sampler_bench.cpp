// Time of one sampled token over a vocabulary of R1's size: sampler_bench --benchmark_filter=...
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "run/sampler.hpp"

namespace reckon::run {
namespace {

constexpr size_t kVocabulary = 151'936;

// In [0, 1), the same everywhere.
double uniform(std::mt19937& random) { return static_cast<double>(random()) * 0x1p-32; }

// Logits as a trained model makes them: a bell of width 2.5, and `likely` tokens that stand out by 8 to 14.
std::vector<float> bell(int likely) {
  std::mt19937 random(1);
  std::vector<float> logits(kVocabulary);
  for (float& l : logits) {
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += uniform(random);
    l = static_cast<float>(2.5 * sum);
  }
  for (int i = 0; i < likely; i++)
    logits[random() % kVocabulary] += static_cast<float>(8 + 6 * uniform(random));
  return logits;
}

// All tokens nearly alike, as in a model of random weights: the nucleus is nearly everything.
std::vector<float> flat() {
  std::mt19937 random(2);
  std::vector<float> logits(kVocabulary);
  for (float& l : logits) l = static_cast<float>(0.5 * uniform(random));
  return logits;
}

std::vector<float> equal() { return std::vector<float>(kVocabulary, 1.0f); }

void draw(benchmark::State& state, const std::vector<float>& logits, const SamplingOptions& options,
          int n_recent = 0) {
  Sampler sampler(options, kVocabulary, kernels::select_table());
  for (int i = 0; i < n_recent; i++) sampler.accept(i * 7919 % static_cast<int>(kVocabulary));
  for (auto _ : state) benchmark::DoNotOptimize(sampler.sample(logits));
}

SamplingOptions with(float temperature, int top_k, float top_p, float min_p) {
  SamplingOptions o;
  o.temperature = temperature;
  o.top_k = top_k;
  o.top_p = top_p;
  o.min_p = min_p;
  return o;
}

SamplingOptions penalised(int last) {
  SamplingOptions o;
  o.presence_penalty = 0.5f;
  o.repeat_last = last;
  return o;
}

BENCHMARK_CAPTURE(draw, greedy, bell(20), with(0, 0, 1, 0));
BENCHMARK_CAPTURE(draw, defaults, bell(20), SamplingOptions{});
BENCHMARK_CAPTURE(draw, defaults_flat, flat(), SamplingOptions{});
BENCHMARK_CAPTURE(draw, defaults_equal, equal(), SamplingOptions{});
BENCHMARK_CAPTURE(draw, defaults_bell_only, bell(0), SamplingOptions{});
BENCHMARK_CAPTURE(draw, all_tokens, bell(20), with(1, 0, 1, 0));
BENCHMARK_CAPTURE(draw, all_tokens_flat, flat(), with(1, 0, 1, 0));
BENCHMARK_CAPTURE(draw, top_k_40, bell(20), with(0.6f, 40, 0.95f, 0));
BENCHMARK_CAPTURE(draw, top_k_40_flat, flat(), with(0.6f, 40, 0.95f, 0));
BENCHMARK_CAPTURE(draw, top_k_40_equal, equal(), with(0.6f, 40, 0.95f, 0));
BENCHMARK_CAPTURE(draw, min_p, bell(20), with(1, 0, 1, 0.05f));
BENCHMARK_CAPTURE(draw, penalties, bell(20), penalised(64), 64);
BENCHMARK_CAPTURE(draw, penalties_on_10000, bell(20), penalised(-1), 10'000);

}  // namespace
}  // namespace reckon::run

BENCHMARK_MAIN();
