#include <reckon/sampling.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace reckon {
namespace {

struct BadSampling {
  const char* name;
  std::function<void(SamplingOptions&)> set;
};

TEST(Sampling, RefusesOptionsOutOfRangeByName) {
  float nan = std::nanf(""), inf = std::numeric_limits<float>::infinity();
  const BadSampling cases[] = {
      {"temperature", [](auto& o) { o.temperature = -1; }},
      {"temperature", [=](auto& o) { o.temperature = nan; }},
      {"temperature", [=](auto& o) { o.temperature = inf; }},
      {"top_k", [](auto& o) { o.top_k = -1; }},
      {"top_p", [](auto& o) { o.top_p = 0; }},
      {"top_p", [](auto& o) { o.top_p = 1.1f; }},
      {"top_p", [=](auto& o) { o.top_p = nan; }},
      {"min_p", [](auto& o) { o.min_p = -0.1f; }},
      {"min_p", [](auto& o) { o.min_p = 2; }},
      {"repeat_penalty", [](auto& o) { o.repeat_penalty = 0; }},
      {"repeat_last", [](auto& o) { o.repeat_last = -2; }},
      {"presence_penalty", [=](auto& o) { o.presence_penalty = inf; }},
      {"frequency_penalty", [=](auto& o) { o.frequency_penalty = nan; }},
      {"logit_bias",
       [](auto& o) {
         o.logit_bias = {{100, 0.0f}};
       }},
      {"logit_bias",
       [](auto& o) {
         o.logit_bias = {{-1, 0.0f}};
       }},
      {"logit_bias",
       [=](auto& o) {
         o.logit_bias = {{1, nan}};
       }},
      {"logit_bias",
       [](auto& o) {
         o.logit_bias = {{1, 1.1e9f}};
       }},
      {"logit_bias",
       [](auto& o) {
         o.logit_bias = {{1, std::numeric_limits<float>::lowest()}};
       }},
  };
  for (const BadSampling& c : cases) {
    SamplingOptions o;
    c.set(o);
    try {
      validate(o, 100);
      ADD_FAILURE() << c.name;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
      EXPECT_NE(std::string(e.what()).find(c.name), std::string::npos) << e.what();
    }
  }
}

TEST(Sampling, DefaultsAreValid) { EXPECT_NO_THROW(validate(SamplingOptions{}, 1)); }

TEST(Sampling, LogprobsAreThoseOfTheSoftmax) {
  std::vector<float> logits = {1000 + std::log(1.0f), 1000 + std::log(3.0f), 1000 + std::log(4.0f)};
  EXPECT_NEAR(logprob(logits, 0), std::log(1.0 / 8), 1e-4);
  auto top = top_logprobs(logits, 2);
  ASSERT_EQ(top.size(), 2u);
  EXPECT_EQ(top[0].token, 2);
  EXPECT_NEAR(top[0].logprob, std::log(0.5), 1e-4);
  EXPECT_EQ(top[1].token, 1);
  EXPECT_EQ(top_logprobs(logits, 10).size(), 3u);
  EXPECT_TRUE(top_logprobs(logits, 0).empty());
  EXPECT_THROW(logprob(logits, 3), Error);
}

TEST(Sampling, NaNLogitsAreTheLastOfTheTop) {
  std::vector<float> logits(100, NAN);
  logits[7] = 1, logits[50] = 3, logits[90] = 2;
  const auto top = top_logprobs(logits, 5);
  const std::vector<TokenId> expected{50, 90, 7, 0, 1};
  ASSERT_EQ(top.size(), expected.size());
  for (size_t i = 0; i < top.size(); i++) {
    EXPECT_EQ(top[i].token, expected[i]) << i;
    EXPECT_TRUE(std::isnan(top[i].logprob)) << i;
  }
}

}  // namespace
}  // namespace reckon
