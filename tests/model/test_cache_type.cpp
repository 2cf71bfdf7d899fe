// The attention cache as q8_0: exact as the other, and how far from it.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include <reckon/reckon.hpp>

#include "model/random_model.hpp"

namespace reckon {
namespace {

std::vector<TokenId> readme_tokens(const Model& model, size_t n) {
  std::ifstream file(RECKON_SOURCE_DIR "/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  std::vector<TokenId> tokens = model.tokenize(text.str());
  tokens.resize(std::min(n, tokens.size()));
  return tokens;
}

// Logits after every token, in steps of `chunk`.
std::vector<std::vector<float>> all_logits(const Model& model, std::span<const TokenId> tokens,
                                           CacheType cache_type, size_t chunk) {
  Engine engine(model, {.cache_type = cache_type});
  const SequenceId sequence = engine.add_sequence();
  std::vector<std::vector<float>> all;
  for (size_t at = 0; at < tokens.size(); at += chunk) {
    std::vector<BatchRow> rows;
    for (size_t i = at; i < std::min(at + chunk, tokens.size()); i++)
      rows.push_back({sequence, tokens[i], true});
    engine.forward(rows);
    for (size_t i = 0; i < rows.size(); i++) {
      const auto logits = engine.logits(i);
      all.emplace_back(logits.begin(), logits.end());
    }
  }
  return all;
}

std::vector<double> log_softmax(const std::vector<float>& logits) {
  double max = -INFINITY, sum = 0;
  for (float l : logits) max = std::max(max, static_cast<double>(l));
  for (float l : logits) sum += std::exp(l - max);
  std::vector<double> out;
  for (float l : logits) out.push_back(l - max - std::log(sum));
  return out;
}

double mean_kl(const std::vector<std::vector<float>>& from, const std::vector<std::vector<float>>& to) {
  double sum = 0;
  for (size_t i = 0; i < from.size(); i++) {
    const auto p = log_softmax(from[i]), q = log_softmax(to[i]);
    for (size_t t = 0; t < p.size(); t++) sum += std::exp(p[t]) * (p[t] - q[t]);
  }
  return sum / static_cast<double>(from.size());
}

TEST(CacheTypeQ8, GivesTheSameBitsForEveryIsaAndChunk) {
  std::vector<std::vector<float>> expected;
  size_t ran = 0;
  const std::vector<std::string> isas = test::supported_isas();
  for (const std::string& isa : isas) {
    const Model model = Model::embedded(test::load_options(2, isa));
    const auto tokens = readme_tokens(model, 150);
    for (const size_t chunk : {size_t{1}, size_t{37}, size_t{150}}) {
      if (isa == "scalar" && chunk != 37 && isas.size() > 1) continue;  // each takes it seconds
      const auto logits = all_logits(model, tokens, CacheType::q8_0, chunk);
      if (expected.empty()) expected = logits;
      EXPECT_EQ(logits, expected) << isa << ", chunks of " << chunk;
      ran++;
    }
  }
  EXPECT_GE(ran, 3u);
}

TEST(CacheTypeQ8, IsCloseToF16OnRealText) {
  const Model model = Model::embedded();
  const auto tokens = readme_tokens(model, 1024);
  ASSERT_GE(tokens.size(), 1000u);
  const auto f16 = all_logits(model, tokens, CacheType::f16, 256);
  const auto q8 = all_logits(model, tokens, CacheType::q8_0, 256);
  const double kl = mean_kl(f16, q8);
  RecordProperty("mean_kl", std::to_string(kl));
  EXPECT_GT(kl, 0) << "the types must differ";
  EXPECT_LT(kl, 2e-3);
}

TEST(CacheTypeQ8, TakesSeventeenThirtySecondsOfTheMemory) {
  const Model model = Model::embedded();
  EXPECT_EQ(Model::cache_bytes_per_token(model.info(), CacheType::f16), model.info().kv_bytes_per_token);
  EXPECT_EQ(Model::cache_bytes_per_token(model.info(), CacheType::q8_0) * 32,
            model.info().kv_bytes_per_token * 17);
  Engine f16(model), q8(model, {.cache_type = CacheType::q8_0});
  const BatchRow row_of_f16{f16.add_sequence(), 5, true}, row_of_q8{q8.add_sequence(), 5, true};
  f16.forward({&row_of_f16, 1});
  q8.forward({&row_of_q8, 1});
  EXPECT_EQ(q8.kv_bytes() * 32, f16.kv_bytes() * 17);
}

}  // namespace
}  // namespace reckon
