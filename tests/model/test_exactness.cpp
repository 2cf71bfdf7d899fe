// The same tokens give the same logits, bit for bit: whatever the threads, the cut of the prompt, the
// instruction set, and what else is in the batch or was in the cache.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include <reckon/reckon.hpp>

#include "model/random_model.hpp"

namespace reckon::test {
namespace {

using Hashes = std::vector<uint64_t>;  // of the logits at each position
using Tokens = std::vector<TokenId>;

constexpr size_t kAll = SIZE_MAX;

// Dimensions that every weight type has whole blocks for; rows that fill no whole number of panels.
RandomModel block_model(WeightType type) {
  RandomModel m;
  m.matrix_type = type;
  m.hidden = 256;
  m.ffn = 512;
  m.heads = 4;
  m.kv_heads = 2;
  m.head_dim = 64;
  m.vocab = 283;
  m.architecture = "qwen3";
  return m;
}

RandomModel small_model(const std::string& architecture = "qwen2") {
  RandomModel m;
  m.architecture = architecture;
  m.heads = 6;
  m.hidden = 80;
  m.vocab = 275;
  m.tied = architecture == "llama";
  return m;
}

std::vector<BatchRow> rows_of(SequenceId sequence, std::span<const TokenId> tokens) {
  std::vector<BatchRow> rows;
  for (TokenId t : tokens) rows.push_back({sequence, t, true});
  return rows;
}

// Appends tokens in steps of up to `chunk`.
Hashes append(Engine& engine, SequenceId sequence, std::span<const TokenId> tokens, size_t chunk = kAll) {
  Hashes hashes;
  while (!tokens.empty()) {
    auto part = tokens.first(std::min(chunk, tokens.size()));
    tokens = tokens.subspan(part.size());
    engine.forward(rows_of(sequence, part));
    for (size_t i = 0; i < part.size(); i++) hashes.push_back(hash_logits(engine.logits(i)));
  }
  return hashes;
}

Hashes alone(const Model& model, std::span<const TokenId> tokens, size_t chunk = kAll) {
  Engine engine(model);
  return append(engine, engine.add_sequence(), tokens, chunk);
}

Tokens joined(std::span<const TokenId> a, std::span<const TokenId> b) {
  Tokens all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

Hashes last(const Hashes& hashes, size_t n) {
  return {hashes.end() - static_cast<std::ptrdiff_t>(n), hashes.end()};
}

// ---- every weight type ----

class EveryWeightType : public testing::TestWithParam<WeightType> {};

TEST_P(EveryWeightType, GivesTheSameBitsForEveryIsaThreadCountAndChunk) {
  ModelContent content = make_content(block_model(GetParam()));
  Tokens tokens = random_tokens(1, 40, 283);
  Hashes expected;
  for (const std::string& isa : supported_isas()) {
    LoadedModel one(content, load_options(1, isa)), two(content, load_options(2, isa)),
        three(content, load_options(3, isa));
    ASSERT_EQ(one->isa(), isa);
    if (expected.empty()) expected = alone(*one, tokens);
    EXPECT_EQ(alone(*one, tokens), expected) << isa;
    EXPECT_EQ(alone(*three, tokens), expected) << isa << ", 3 threads";
    for (size_t chunk : {size_t{1}, size_t{2}, size_t{7}, size_t{32}, kAll}) {
      EXPECT_EQ(alone(*two, tokens, chunk), expected) << isa << ", 2 threads, chunks of " << chunk;
    }
  }
}

std::vector<WeightType> all_types() {
  std::vector<WeightType> types;
  for (const WeightTypeInfo& t : weight_types()) types.push_back(t.type);
  return types;
}

INSTANTIATE_TEST_SUITE_P(Types, EveryWeightType, testing::ValuesIn(all_types()),
                         [](const auto& test) { return reckon::info(test.param).name; });

// Different types of one layer's matrices, as in Q4_K_M files: activations packed in several ways side by
// side.
TEST(Exactness, HoldsForMixedWeightTypes) {
  RandomModel m = block_model(WeightType::Q4_K);
  ModelContent content = make_content(m), others[] = {make_content(block_model(WeightType::Q6_K)),
                                                      make_content(block_model(WeightType::Q8_0)),
                                                      make_content(block_model(WeightType::F16))};
  content.tensor("blk.0.attn_v.weight") = others[0].tensor("blk.0.attn_v.weight");
  content.tensor("blk.0.ffn_down.weight") = others[0].tensor("blk.0.ffn_down.weight");
  content.tensor("blk.1.attn_k.weight") = others[1].tensor("blk.1.attn_k.weight");
  content.tensor("blk.1.attn_v.weight") = others[2].tensor("blk.1.attn_v.weight");
  content.tensor("blk.1.ffn_up.weight") = others[1].tensor("blk.1.ffn_up.weight");
  Tokens tokens = random_tokens(2, 40, m.vocab);
  Hashes expected;
  for (const std::string& isa : supported_isas()) {
    LoadedModel model(content, load_options(2, isa));
    if (expected.empty()) expected = alone(*model, tokens);
    for (size_t chunk : {size_t{1}, size_t{7}, kAll})
      EXPECT_EQ(alone(*model, tokens, chunk), expected) << isa;
  }
}

// ---- every architecture; past the attention's chunk of positions ----

class EveryArchitecture : public testing::TestWithParam<std::string> {};

TEST_P(EveryArchitecture, GivesTheSameBitsOverManyCacheBlocks) {
  RandomModel m = small_model(GetParam());
  ModelContent content = make_content(m);
  Tokens tokens = random_tokens(3, 600, m.vocab);
  Hashes expected;
  for (const std::string& isa : supported_isas()) {
    LoadedModel one(content, load_options(1, isa)), three(content, load_options(3, isa));
    if (expected.empty()) expected = alone(*one, tokens);
    EXPECT_EQ(alone(*three, tokens), expected) << isa;
    EXPECT_EQ(alone(*three, tokens, 63), expected) << isa;
    EXPECT_EQ(alone(*one, tokens, 256), expected) << isa;
  }
  EXPECT_EQ(alone(*LoadedModel(content, load_options(2)), tokens, 1), expected);
}

INSTANTIATE_TEST_SUITE_P(Architectures, EveryArchitecture, testing::Values("qwen2", "llama", "qwen3"),
                         [](const auto& test) { return test.param; });

// The logits do depend on what they should: else every test above could pass on constants.
TEST(Exactness, HashesDifferBetweenPositionsAndTokens) {
  LoadedModel model(make_content(small_model()));
  Hashes same_token = alone(*model, Tokens(20, 7));
  std::sort(same_token.begin(), same_token.end());
  EXPECT_EQ(std::unique(same_token.begin(), same_token.end()), same_token.end());
  EXPECT_NE(alone(*model, Tokens{1, 2, 3}).back(), alone(*model, Tokens{2, 1, 3}).back());
}

TEST(Exactness, LogitsDoNotDependOnWhichRowsAskForThem) {
  RandomModel m = small_model();
  LoadedModel model(make_content(m), load_options(2));
  Tokens tokens = random_tokens(4, 50, m.vocab);
  Hashes expected = alone(*model, tokens);
  Engine engine(*model);
  auto rows = rows_of(engine.add_sequence(), tokens);
  for (size_t i = 0; i < rows.size(); i++) rows[i].logits = i % 7 == 3;
  engine.forward(rows);
  for (size_t i = 3, n = 0; i < rows.size(); i += 7) EXPECT_EQ(hash_logits(engine.logits(n++)), expected[i]);
}

// ---- what is beside a sequence, and what was before it in the cache ----

class Composition : public testing::Test {
 protected:
  RandomModel m = small_model();
  LoadedModel model{make_content(m), load_options(2)};
  Engine engine{*model};

  Tokens tokens(uint64_t seed, size_t n) const { return random_tokens(seed, n, m.vocab); }
};

TEST_F(Composition, BesideOtherSequencesAsAlone) {
  std::vector<Tokens> texts = {tokens(1, 70), tokens(2, 1), tokens(3, 300), tokens(4, 33)};
  std::vector<BatchRow> batch;
  for (const Tokens& t : texts) {
    auto rows = rows_of(engine.add_sequence(), t);
    batch.insert(batch.end(), rows.begin(), rows.end());
  }
  engine.forward(batch);
  size_t i = 0;
  for (const Tokens& t : texts) {
    for (uint64_t hash : alone(*model, t))
      ASSERT_EQ(hash_logits(engine.logits(i++)), hash) << "row " << i - 1;
  }
}

TEST_F(Composition, DecodeStepsOfManySequencesBesideAPromptAsAlone) {
  constexpr size_t kSequences = 9, kPrompt = 20;
  std::map<SequenceId, Tokens> texts;
  std::map<SequenceId, Hashes> hashes;
  for (size_t s = 0; s < kSequences; s++) {
    SequenceId id = engine.add_sequence();
    texts[id] = tokens(10 + s, kPrompt + s * 3);
    hashes[id] = append(engine, id, std::span(texts[id]).first(kPrompt));
  }
  Tokens prompt = tokens(99, 60);
  SequenceId late = engine.add_sequence();
  texts[late] = prompt;
  for (size_t step = 0; step < kSequences * 3; step++) {
    std::vector<BatchRow> batch;
    for (const auto& [id, text] : texts) {
      size_t n = engine.length(id), take = id == late ? size_t{5} : size_t{1};
      for (size_t p = n; p < std::min(n + take, text.size()); p++) batch.push_back({id, text[p], true});
    }
    if (batch.empty()) break;
    engine.forward(batch);
    for (size_t i = 0; i < batch.size(); i++)
      hashes[batch[i].sequence].push_back(hash_logits(engine.logits(i)));
  }
  for (const auto& [id, text] : texts) EXPECT_EQ(hashes[id], alone(*model, text)) << "sequence " << id;
}

// Forks at the start, inside and at the end of a cache block.
TEST_F(Composition, ForksAsSequencesOfTheirOwn) {
  for (size_t n : {size_t{1}, size_t{40}, size_t{63}, size_t{64}, size_t{65}, size_t{130}}) {
    Tokens prefix = tokens(1, n), a = tokens(2, 30), b = tokens(3, 30), c = tokens(4, 30);
    SequenceId first = engine.add_sequence();
    append(engine, first, prefix);
    SequenceId second = engine.fork(first), third = engine.fork(second);
    std::vector<BatchRow> batch;
    for (size_t i = 0; i < a.size(); i++) {
      batch = {{first, a[i], i + 1 == a.size()},
               {second, b[i], i + 1 == b.size()},
               {third, c[i], i + 1 == c.size()}};
      engine.forward(batch);
    }
    EXPECT_EQ(hash_logits(engine.logits(0)), alone(*model, joined(prefix, a)).back()) << n;
    EXPECT_EQ(hash_logits(engine.logits(1)), alone(*model, joined(prefix, b)).back()) << n;
    EXPECT_EQ(hash_logits(engine.logits(2)), alone(*model, joined(prefix, c)).back()) << n;
  }
}

TEST_F(Composition, AfterARewindAsIfNothingHadBeen) {
  Tokens old = tokens(1, 200), tail = tokens(2, 50);
  for (uint64_t keep : {0, 1, 63, 64, 65, 127, 199, 200}) {
    SequenceId id = engine.add_sequence();
    append(engine, id, old);
    engine.rewind(id, keep);
    EXPECT_EQ(engine.length(id), keep);
    Tokens all = joined(std::span(old).first(keep), tail);
    EXPECT_EQ(append(engine, id, tail), last(alone(*model, all), tail.size())) << "kept " << keep;
  }
}

TEST_F(Composition, RewoundForkLeavesTheOtherAlone) {
  Tokens prefix = tokens(1, 100), tail = tokens(2, 40), other = tokens(3, 40);
  SequenceId a = engine.add_sequence();
  append(engine, a, prefix);
  SequenceId b = engine.fork(a);
  engine.rewind(b, 70);
  append(engine, b, other);
  EXPECT_EQ(append(engine, a, tail), last(alone(*model, joined(prefix, tail)), tail.size()));
}

// A long random life of a cache: sequences added, forked, rewound, removed, extended beside each other.
TEST_F(Composition, AnyHistoryOfTheCacheAsAlone) {
  std::map<SequenceId, Tokens> texts;
  std::vector<uint64_t> dice = random_bits(5, "dice", 40000);
  size_t next = 0;
  auto roll = [&](uint64_t n) { return dice.at(next++) % n; };
  auto pick = [&] { return std::next(texts.begin(), static_cast<std::ptrdiff_t>(roll(texts.size()))); };
  for (int round = 0; round < 60; round++) {
    if (texts.empty() || (texts.size() < 6 && roll(4) == 0)) texts[engine.add_sequence()] = {};
    if (texts.size() < 6 && roll(3) == 0) {
      auto from = pick();
      texts[engine.fork(from->first)] = Tokens(from->second);
    }
    if (roll(3) == 0) {
      auto at = pick();
      at->second.resize(roll(at->second.size() + 1));
      engine.rewind(at->first, at->second.size());
    }
    if (texts.size() > 2 && roll(6) == 0) {
      auto at = pick();
      engine.remove(at->first);
      texts.erase(at);
    }
    std::vector<BatchRow> batch;
    std::map<SequenceId, size_t> last_row;
    for (auto& [id, text] : texts) {
      for (size_t n = roll(3) == 0 ? roll(90) : roll(3); n > 0; n--) {
        text.push_back(static_cast<TokenId>(roll(m.vocab)));
        last_row[id] = batch.size();
        batch.push_back({id, text.back(), true});
      }
    }
    engine.forward(batch);
    for (const auto& [id, row] : last_row) {
      ASSERT_EQ(hash_logits(engine.logits(row)), alone(*model, texts[id]).back())
          << "round " << round << ", sequence " << id;
    }
  }
}

// A step that fails leaves everything as it was.
TEST_F(Composition, AFailedStepChangesNoSequence) {
  Tokens prefix = tokens(1, 70), tail = tokens(2, 10);
  SequenceId id = engine.add_sequence();
  append(engine, id, prefix);
  auto code_of = [&](std::vector<BatchRow> batch) {
    try {
      engine.forward(batch);
    } catch (const Error& e) {
      return e.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::io;
  };
  EXPECT_EQ(code_of({{id, 1, true}, {id, static_cast<TokenId>(m.vocab), true}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of({{id, 1, true}, {id, -1, true}}), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of({{id, 1, true}, {id + 1, 1, true}}), ErrorCode::invalid_argument);
  EXPECT_EQ(engine.length(id), prefix.size());
  EXPECT_EQ(append(engine, id, tail), last(alone(*model, joined(prefix, tail)), tail.size()));
}

TEST_F(Composition, ABoundOnPositionsIsKeptAndNamed) {
  Engine bounded(*model, {.max_positions = 128});
  SequenceId id = bounded.add_sequence();
  Tokens text = tokens(1, 129);
  append(bounded, id, std::span(text).first(100));
  try {
    bounded.forward(rows_of(id, std::span(text).subspan(100)));
    FAIL() << "129 positions in a cache of 128";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::context_full);
    EXPECT_NE(std::string(e.what()).find("128"), std::string::npos) << e.what();
  }
  EXPECT_EQ(bounded.length(id), 100u);
  EXPECT_EQ(append(bounded, id, std::span(text).subspan(100, 28)),
            last(alone(*model, std::span(text).first(128)), 28));
}

}  // namespace
}  // namespace reckon::test
