// The same ids as the `tokenizers` package gives (tests/golden/make_tokenizer_goldens.py).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/text/tokenizer_fixture.hpp"
#include "text/tokenizer.hpp"

namespace reckon::text {
namespace {

std::optional<Vocabulary> oracle_vocabulary(const std::string& name) {
  if (name.starts_with("r1-")) return shared_vocabulary(name);
  if (name != "small-reversed") return small_vocabulary(name.substr(6));
  // Merges that make the parts of others come later than these: pairs of lower rank turn up while merging.
  Vocabulary v = small_vocabulary("qwen2");
  std::reverse(v.merges.begin(), v.merges.end());
  return v;
}

class TokenizerOracle : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto vocabulary = oracle_vocabulary(GetParam());
    if (!vocabulary) GTEST_SKIP() << "missing: " << shared_vocabulary_path(GetParam());
    tokenizer_.emplace(std::move(*vocabulary));
    expected_ = golden("expected")[GetParam()];
  }

  std::optional<Tokenizer> tokenizer_;
  nlohmann::json expected_;
};

TEST_P(TokenizerOracle, AgreesOnHardCases) {
  const nlohmann::json cases = golden("hard_cases");
  ASSERT_EQ(cases.size(), expected_["hard"].size());
  ASSERT_GT(cases.size(), 150u);
  for (size_t i = 0; i < cases.size(); ++i) {
    const auto text = cases[i].get<std::string>();
    const auto ids = tokenizer_->encode(text);
    EXPECT_EQ(ids, expected_["hard"][i].get<std::vector<TokenId>>()) << cases[i].dump(-1, ' ', true);
    EXPECT_EQ(tokenizer_->decode(ids), text);
  }
}

TEST_P(TokenizerOracle, AgreesOn100000RandomStrings) {
  constexpr size_t kBatch = 1000;
  constexpr uint64_t kPrime = 0x100000001B3;
  const RandomText random_text;
  const nlohmann::json& hashes = expected_["batches"];
  ASSERT_EQ(hashes.size(), 100u);
  for (size_t batch = 0; batch < hashes.size(); ++batch) {
    uint64_t hash = 0xCBF29CE484222325;
    for (size_t i = batch * kBatch; i < (batch + 1) * kBatch; ++i) {
      const std::string text = random_text(i);
      const auto ids = tokenizer_->encode(text);
      for (TokenId id : ids) hash = (hash ^ static_cast<uint64_t>(id + 1)) * kPrime;
      hash *= kPrime;
      ASSERT_EQ(tokenizer_->decode(ids), text) << "string " << i;
    }
    EXPECT_EQ(fmt::format("{:016x}", hash), hashes[batch].get<std::string>())
        << "strings " << batch * kBatch << " to " << (batch + 1) * kBatch - 1;
  }
}

INSTANTIATE_TEST_SUITE_P(All, TokenizerOracle,
                         testing::Values("r1-qwen", "r1-llama", "small-qwen2", "small-llama-bpe",
                                         "small-gpt-2", "small-reversed"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace reckon::text
