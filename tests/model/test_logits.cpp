// Logits of random models against those of Hugging Face transformers (tests/golden/make_logit_goldens.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include <reckon/reckon.hpp>

#include "model/random_model.hpp"

namespace reckon::test {
namespace {

using nlohmann::json;

constexpr double kTolerance = 1e-4;

json read_json(const std::string& name) {
  std::ifstream in(std::string(RECKON_SOURCE_DIR "/tests/golden/") + name);
  return json::parse(in);
}

struct GoldenCase {
  json data;
  std::string name() const {
    return data["architecture"].get<std::string>() + "_" + data["name"].get<std::string>();
  }
};
void PrintTo(const GoldenCase& c, std::ostream* out) { *out << c.name(); }

std::vector<GoldenCase> golden_cases() {
  std::vector<GoldenCase> cases;
  for (const char* file : {"logits_qwen2.json", "logits_llama.json", "logits_qwen3.json"}) {
    for (json& c : read_json(file)) cases.push_back({std::move(c)});
  }
  return cases;
}

WeightType type_by_name(const std::string& name) {
  for (const WeightTypeInfo& t : weight_types()) {
    if (name == t.name) return t.type;
  }
  throw std::out_of_range(name);
}

RandomModel model_of(const json& c) {
  RandomModel m;
  m.architecture = c["architecture"];
  m.seed = c["seed"];
  m.matrix_type = type_by_name(c["weight_type"]);
  m.layers = c["layers"];
  m.hidden = c["hidden"];
  m.ffn = c["ffn"];
  m.heads = c["heads"];
  m.kv_heads = c["kv_heads"];
  m.head_dim = c["head_dim"];
  m.vocab = c["vocab"];
  m.tied = c["tied"];
  m.eps = c["eps"];
  m.rope_theta = c["rope_theta"];
  m.context = c["context"];
  m.rope_dim = c.value("rope_dim", 0u);
  const json scaling = c.value("rope_scaling", json::object());
  for (const auto& [key, value] : scaling.items()) {
    if (value.is_string()) m.rope_scaling.emplace_back(key, value.get<std::string>());
    if (value.is_number_float()) m.rope_scaling.emplace_back(key, value.get<float>());
    if (value.is_number_integer()) m.rope_scaling.emplace_back(key, value.get<uint32_t>());
  }
  m.rope_freqs = c.value("rope_freqs", std::vector<float>());
  return m;
}

double greatest_difference(std::span<const float> a, const std::vector<float>& b) {
  if (a.size() != b.size()) return INFINITY;
  double greatest = 0;
  for (size_t i = 0; i < a.size(); i++) {
    double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    greatest = std::isnan(d) ? INFINITY : std::max(greatest, d);
  }
  return greatest;
}

class Logits : public testing::TestWithParam<GoldenCase> {};

TEST_P(Logits, AreThoseOfTransformers) {
  const json& c = GetParam().data;
  ModelContent content = make_content(model_of(c));
  auto tokens = c["tokens"].get<std::vector<TokenId>>();
  std::vector<BatchRow> rows;
  for (TokenId t : tokens) rows.push_back({0, t, false});
  for (size_t p : c["positions"]) rows.at(p).logits = true;
  for (const std::string& isa : supported_isas()) {
    LoadedModel model(content, load_options(2, isa));
    Engine engine(*model);
    SequenceId sequence = engine.add_sequence();
    for (BatchRow& r : rows) r.sequence = sequence;
    engine.forward(rows);
    for (size_t i = 0; i < c["positions"].size(); i++) {
      EXPECT_LE(greatest_difference(engine.logits(i), c["logits"][i].get<std::vector<float>>()), kTolerance)
          << isa << ", position " << c["positions"][i];
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, Logits, testing::ValuesIn(golden_cases()),
                         [](const auto& test) { return test.param.name(); });

// ---- metadata that says the same in several ways ----

uint64_t last_logits(const std::string& architecture, std::vector<std::pair<std::string, Value>> rope_keys) {
  RandomModel m;
  m.architecture = architecture;
  ModelContent content = make_content(m);
  for (auto& [key, value] : rope_keys) content.set(architecture + ".rope." + key, std::move(value));
  LoadedModel model(content, load_options(1));
  Engine engine(*model);
  SequenceId s = engine.add_sequence();
  std::vector<BatchRow> rows;
  for (TokenId t : random_tokens(1, 20, m.vocab)) rows.push_back({s, t, false});
  rows.back().logits = true;
  engine.forward(rows);
  return hash_logits(engine.logits(0));
}

TEST(RopeScaling, WithoutATypeIsLinear) {
  uint64_t linear = last_logits("llama", {{"scaling.type", std::string("linear")}, {"scaling.factor", 4.0f}});
  EXPECT_EQ(last_logits("llama", {{"scaling.factor", 4.0f}}), linear);
  EXPECT_EQ(last_logits("llama", {{"scale_linear", 4.0f}}), linear);
  EXPECT_NE(last_logits("llama", {{"scaling.factor", 2.0f}}), linear);
}

TEST(RopeScaling, OfTypeNoneHasNoFactor) {
  EXPECT_EQ(last_logits("qwen2", {{"scaling.type", std::string("none")}, {"scaling.factor", 4.0f}}),
            last_logits("qwen2", {}));
}

TEST(RopeScaling, YarnOfTheWholeContextUnlessTheFileSaysAnother) {
  std::vector<std::pair<std::string, Value>> keys = {{"scaling.type", std::string("yarn")},
                                                     {"scaling.factor", 4.0f}};
  uint64_t unsaid = last_logits("qwen3", keys);
  keys.emplace_back("scaling.original_context_length", uint32_t{512});
  EXPECT_EQ(last_logits("qwen3", keys), unsaid);
  keys.back().second = uint32_t{32};
  EXPECT_NE(last_logits("qwen3", keys), unsaid);
}

TEST(RopeScaling, AttnFactorHasTwoNames) {
  auto yarn = [](const std::string& key) {
    return last_logits(
        "qwen3", {{"scaling.type", std::string("yarn")}, {"scaling.factor", 4.0f}, {"scaling." + key, 0.5f}});
  };
  EXPECT_EQ(yarn("attn_factor"), yarn("yarn_attn_factor"));
  EXPECT_NE(yarn("attn_factor"), yarn("no_attn_factor"));
}

}  // namespace
}  // namespace reckon::test
