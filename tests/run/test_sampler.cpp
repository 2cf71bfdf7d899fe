#include "run/sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "run/infinity.hpp"

namespace reckon::run {
namespace {

SamplingOptions plain() {
  SamplingOptions o;
  o.temperature = 1;
  o.top_p = 1;
  return o;
}

Sampler make(const SamplingOptions& o, size_t n_vocab) {
  return Sampler(o, n_vocab, kernels::select_table());
}

std::vector<double> frequencies(const SamplingOptions& o, const std::vector<float>& logits,
                                int draws = 40'000) {
  Sampler s = make(o, logits.size());
  std::vector<double> f(logits.size());
  for (int i = 0; i < draws; i++) f[static_cast<size_t>(s.sample(logits))] += 1.0 / draws;
  return f;
}

// Four standard deviations of a frequency over 40,000 draws.
double tolerance(double p) { return 4 * std::sqrt(p * (1 - p) / 40'000) + 1e-9; }

void expect_frequencies(const SamplingOptions& o, const std::vector<float>& logits,
                        const std::vector<double>& want) {
  auto f = frequencies(o, logits);
  for (size_t i = 0; i < want.size(); i++) EXPECT_NEAR(f[i], want[i], tolerance(want[i])) << i;
}

const std::vector<float> kLogits = {std::log(0.1f), std::log(0.4f), std::log(0.2f), std::log(0.3f)};

TEST(Sampler, DrawsByTheSoftmax) { expect_frequencies(plain(), kLogits, {0.1, 0.4, 0.2, 0.3}); }

TEST(Sampler, TemperatureSharpens) {
  SamplingOptions o = plain();
  o.temperature = 0.5f;  // squares the probabilities
  double sum = 0.01 + 0.16 + 0.04 + 0.09;
  expect_frequencies(o, kLogits, {0.01 / sum, 0.16 / sum, 0.04 / sum, 0.09 / sum});
}

TEST(Sampler, TemperatureZeroTakesTheGreatestAndTheLowestOfEquals) {
  SamplingOptions o;
  o.temperature = 0;
  EXPECT_EQ(make(o, 4).sample(kLogits), 1);
  std::vector<float> equal = {1, 2, 2, 0};
  EXPECT_EQ(make(o, 4).sample(equal), 1);
}

TEST(Sampler, TopKKeepsTheGreatest) {
  SamplingOptions o = plain();
  o.top_k = 2;
  expect_frequencies(o, kLogits, {0, 0.4 / 0.7, 0, 0.3 / 0.7});
}

TEST(Sampler, TopPKeepsTheSmallestSetWithTheMass) {
  SamplingOptions o = plain();
  o.top_p = 0.65f;  // 0.4 + 0.3 reach it
  expect_frequencies(o, kLogits, {0, 0.4 / 0.7, 0, 0.3 / 0.7});
}

TEST(Sampler, TopPReachesIntoALongTail) {
  std::vector<float> logits(1000, std::log(0.5f / 999));
  logits[7] = std::log(0.5f);
  SamplingOptions o = plain();
  o.top_p = 0.75f;
  auto f = frequencies(o, logits);
  EXPECT_NEAR(f[7], 0.5 / 0.75, 0.01);
  EXPECT_GT(f[0], 0);    // the tail's first half by id is kept,
  EXPECT_EQ(f[999], 0);  // its second half is not
}

TEST(Sampler, MinPDropsTheImprobable) {
  SamplingOptions o = plain();
  o.min_p = 0.6f;
  expect_frequencies(o, kLogits, {0, 0.4 / 0.7, 0, 0.3 / 0.7});
}

TEST(Sampler, LogitBiasForbidsAndFavours) {
  SamplingOptions o = plain();
  o.logit_bias = {{1, -kInfinity}, {0, std::log(2.0f)}};
  expect_frequencies(o, kLogits, {0.2 / 0.7, 0, 0.2 / 0.7, 0.3 / 0.7});
}

TEST(Sampler, BiasesOfOneTokenAddUpAndStayFinite) {
  SamplingOptions o;
  o.temperature = 0;
  o.logit_bias = {{0, 1}, {0, 2}};
  EXPECT_EQ(make(o, 2).sample(std::vector<float>{0, 2.5f}), 0);
  o.logit_bias.assign(1000, {0, 1e9f});
  o.repeat_penalty = std::numeric_limits<float>::denorm_min();  // divides by next to nothing
  Sampler s = make(o, 2);
  s.accept(0);
  EXPECT_EQ(s.sample(std::vector<float>{0, 2.5f}), 0);
  o.logit_bias = {{0, 1e9f}, {0, -kInfinity}};
  EXPECT_EQ(make(o, 2).sample(std::vector<float>{0, 2.5f}), 1);
}

TEST(Sampler, PenaltiesHitRecentTokensOnly) {
  SamplingOptions o;
  o.temperature = 0;
  o.repeat_last = 2;
  o.presence_penalty = 1;
  Sampler s = make(o, 3);
  std::vector<float> logits = {3, 2.5f, 1};
  s.accept(0);
  EXPECT_EQ(s.sample(logits), 1);  // 2 against 2.5
  s.accept(2);
  s.accept(2);  // token 0 is forgotten
  EXPECT_EQ(s.sample(logits), 0);
}

TEST(Sampler, FrequencyPenaltyGrowsWithTheCount) {
  SamplingOptions o;
  o.temperature = 0;
  o.frequency_penalty = 0.3f;
  Sampler s = make(o, 2);
  std::vector<float> logits = {3, 2.5f};
  s.accept(0);
  EXPECT_EQ(s.sample(logits), 0);
  s.accept(0);
  EXPECT_EQ(s.sample(logits), 1);
}

TEST(Sampler, RepeatPenaltyDividesPositiveAndMultipliesNegativeLogits) {
  SamplingOptions o;
  o.temperature = 0;
  o.repeat_penalty = 2;
  Sampler positive = make(o, 2), negative = make(o, 2);
  positive.accept(0);
  EXPECT_EQ(positive.sample(std::vector<float>{3, 2}), 1);
  negative.accept(0);
  EXPECT_EQ(negative.sample(std::vector<float>{-1, -1.5f}), 1);
}

TEST(Sampler, SameSeedSameDraws) {
  SamplingOptions o = plain();
  Sampler a = make(o, 4), b = make(o, 4);
  o.seed = 1;
  Sampler c = make(o, 4);
  int differing = 0;
  for (int i = 0; i < 100; i++) {
    TokenId t = a.sample(kLogits);
    EXPECT_EQ(t, b.sample(kLogits));
    differing += t != c.sample(kLogits);
  }
  EXPECT_GT(differing, 20);
}

TEST(Sampler, RefusesLogitsThatAreNotNumbers) {
  for (float bad : {std::nanf(""), kInfinity}) {
    std::vector<float> logits = {1, bad, 0};
    for (float temperature : {0.0f, 1.0f}) {
      SamplingOptions o;
      o.temperature = temperature;
      try {
        make(o, 3).sample(logits);
        ADD_FAILURE();
      } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::bad_numbers);
      }
    }
  }
}

TEST(Sampler, RefusesWhenEveryTokenIsForbidden) {
  SamplingOptions o;
  o.logit_bias = {{0, -kInfinity}, {1, -kInfinity}};
  EXPECT_THROW(make(o, 2).sample(std::vector<float>{1, 2}), Error);
}

}  // namespace
}  // namespace reckon::run
