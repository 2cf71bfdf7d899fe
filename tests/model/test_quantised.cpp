// The quantised path against the float path: a model, and the same model with its blocks decoded to F32. What
// differs is the rounding of activations to int8, and the logits must show no more than that.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <reckon/reckon.hpp>

#include "kernels/kernels.hpp"
#include "load/metadata.hpp"
#include "load/model_file.hpp"
#include "model/random_model.hpp"

namespace reckon::test {
namespace {

struct Difference {
  double mean_kl = 0;         // of the next-token distributions, in nats, over all positions
  double greatest_logit = 0;  // greatest difference of a logit
};

// KL(p || q) of softmaxes.
double kl_divergence(std::span<const float> p, std::span<const float> q) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); i++) {
    double log_p = logprob(p, static_cast<TokenId>(i)), log_q = logprob(q, static_cast<TokenId>(i));
    sum += std::exp(log_p) * (log_p - log_q);
  }
  return sum;
}

// All logits of a text, (n_tokens, vocab_size).
std::vector<float> all_logits(const Model& model, std::span<const TokenId> tokens) {
  Engine engine(model);
  SequenceId sequence = engine.add_sequence();
  std::vector<BatchRow> rows;
  for (TokenId t : tokens) rows.push_back({sequence, t, true});
  engine.forward(rows);
  std::vector<float> logits;
  for (size_t i = 0; i < tokens.size(); i++) {
    auto row = engine.logits(i);
    logits.insert(logits.end(), row.begin(), row.end());
  }
  return logits;
}

Difference difference(const ModelContent& reference, const ModelContent& quantised,
                      std::span<const TokenId> tokens) {
  std::vector<float> p = all_logits(*LoadedModel(reference, load_options(2)), tokens);
  std::vector<float> q = all_logits(*LoadedModel(quantised, load_options(2)), tokens);
  Difference d;
  size_t n_vocab = p.size() / tokens.size();
  for (size_t i = 0; i < tokens.size(); i++) {
    std::span row_p(p.data() + i * n_vocab, n_vocab), row_q(q.data() + i * n_vocab, n_vocab);
    d.mean_kl += kl_divergence(row_p, row_q) / static_cast<double>(tokens.size());
  }
  for (size_t i = 0; i < p.size(); i++) {
    double logit = std::abs(static_cast<double>(p[i]) - static_cast<double>(q[i]));
    d.greatest_logit = std::isnan(logit) ? INFINITY : std::max(d.greatest_logit, logit);
  }
  return d;
}

bool is_float(WeightType type) {
  return type == WeightType::F32 || type == WeightType::F16 || type == WeightType::BF16;
}

class EveryType : public testing::TestWithParam<WeightType> {
 protected:
  static constexpr uint32_t kVocab = 300;
  static ModelContent random_content(WeightType type) {
    RandomModel m;
    m.matrix_type = type;
    m.hidden = 256;
    m.ffn = 512;
    m.head_dim = 64;
    m.vocab = kVocab;
    return make_content(m);
  }
  void report(const Difference& d) const {
    RecordProperty("mean_kl", std::to_string(d.mean_kl));
    RecordProperty("greatest_logit", std::to_string(d.greatest_logit));
  }
};

TEST_P(EveryType, KeepsToItsDecodedWeights) {
  ModelContent content = random_content(GetParam());
  Difference d = difference(with_decoded_tensors(content), content, random_tokens(1, 48, kVocab));
  report(d);
  std::cout << info(GetParam()).name << ": mean KL " << d.mean_kl << ", greatest logit " << d.greatest_logit
            << "\n";
}

std::vector<WeightType> all_types() {
  std::vector<WeightType> types;
  for (const WeightTypeInfo& t : weight_types()) types.push_back(t.type);
  return types;
}

INSTANTIATE_TEST_SUITE_P(Types, EveryType, testing::ValuesIn(all_types()),
                         [](const auto& test) { return reckon::info(test.param).name; });

}  // namespace
}  // namespace reckon::test
