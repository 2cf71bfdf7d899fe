// Greedy answers of the embedded model against those of transformers with the same weights
// (tests/golden/make_tiny_greedy.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include <reckon/reckon.hpp>

#include "model/random_model.hpp"

namespace reckon::test {
namespace {

using nlohmann::json;

// The cache rounds keys and values to f16; transformers has them in f32.
constexpr double kLogprobTolerance = 0.02;

class GreedyText : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream in(RECKON_SOURCE_DIR "/tests/golden/tiny_greedy.json");
    ASSERT_TRUE(in) << "tests/golden/tiny_greedy.json is missing";
    cases = json::parse(in)["cases"];
    ASSERT_FALSE(cases.empty());
  }

  static std::vector<Message> messages_of(const json& c) {
    std::vector<Message> messages;
    for (const json& m : c["messages"]) messages.push_back({m["role"], m["content"]});
    return messages;
  }

  json cases;
  Model model = Model::embedded(load_options(2));
};

TEST_F(GreedyText, PromptsAreRenderedAndTokenisedAlike) {
  for (const json& c : cases) {
    std::string prompt = model.render_chat(messages_of(c));
    EXPECT_EQ(prompt, c["prompt"]) << c["name"];
    EXPECT_EQ(model.tokenize(prompt), c["prompt_ids"].get<std::vector<TokenId>>()) << c["name"];
  }
}

TEST_F(GreedyText, FirstTokensAreAsProbable) {
  for (const json& c : cases) {
    Engine engine(model);
    SequenceId s = engine.add_sequence();
    std::vector<BatchRow> rows;
    for (TokenId t : c["prompt_ids"]) rows.push_back({s, t, false});
    rows.back().logits = true;
    engine.forward(rows);
    auto top = top_logprobs(engine.logits(0), 5);
    ASSERT_EQ(top.size(), c["first_top5"].size());
    for (const json& expected : c["first_top5"]) {
      EXPECT_NEAR(logprob(engine.logits(0), expected[0]), expected[1],
                  kLogprobTolerance * (1 - expected[1].get<double>()))
          << c["name"];
    }
    EXPECT_EQ(top[0].token, c["first_top5"][0][0]) << c["name"];
  }
}

TEST_F(GreedyText, IsThatOfTransformers) {
  GenerateOptions options;
  options.sampling.temperature = 0;
  for (const json& c : cases) {
    auto expected = c["new_ids"].get<std::vector<TokenId>>();
    options.max_tokens = c["finished"] ? 0 : expected.size();
    std::vector<TokenId> tokens;
    Generation g = Session(model).generate(messages_of(c), options, [&](const Event& e) {
      if (e.token >= 0) tokens.push_back(e.token);
      return true;
    });
    EXPECT_EQ(tokens, expected) << c["name"] << ", smallest margin " << c["smallest_margin"];
    EXPECT_EQ(model.detokenize(tokens), c["text"]) << c["name"];
    EXPECT_EQ(g.finish_reason == FinishReason::stop, c["finished"].get<bool>()) << c["name"];
    EXPECT_EQ(g.usage.prompt_tokens, c["prompt_ids"].size()) << c["name"];
  }
}

}  // namespace
}  // namespace reckon::test
