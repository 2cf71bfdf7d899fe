// Sequences that are decoded together have the bits of each alone: in steps of 1 to 64 of them, of mixed
// lengths, forked from several trunks at many points, whatever the shape, cache, instruction set and threads.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>

#include <reckon/reckon.hpp>

#include "model/random_model.hpp"

namespace reckon::test {
namespace {

using Hashes = std::vector<uint64_t>;
using Tokens = std::vector<TokenId>;

constexpr size_t kSequences = 64;
constexpr size_t kTrunks[] = {540, 531, 270};
// Around pages (64 positions) and attention's chunks (256).
constexpr size_t kForks[] = {520, 1, 64, 513, 255, 256, 257, 512, 0, 300, 511, 320, 530, 63, 540};

struct Shape {
  uint32_t heads, kv_heads, head_dim;
  CacheType cache;

  std::string name() const {
    return fmt::format("Heads{}Of{}Dim{}{}", heads, kv_heads, head_dim,
                       cache == CacheType::f16 ? "F16" : "Q8");
  }
  friend void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name(); }
};

class Parallel : public testing::TestWithParam<Shape> {
 protected:
  Parallel() {
    m.heads = GetParam().heads;
    m.kv_heads = GetParam().kv_heads;
    m.head_dim = GetParam().head_dim;
    m.layers = 1;
    m.context = 1024;
    for (size_t t = 0; t < std::size(kTrunks); t++) trunks.push_back(random_tokens(t, kTrunks[t], m.vocab));
    for (size_t s = 0; s < kSequences; s++) own.push_back(random_tokens(100 + s, steps(s), m.vocab));
  }

  // In step i the first i + 1 sequences take part.
  static size_t steps(size_t s) { return kSequences - s; }
  const Tokens& trunk(size_t s) const { return trunks[s % std::size(kTrunks)]; }
  size_t fork_at(size_t s) const {
    return std::min(kForks[s / std::size(kTrunks) % std::size(kForks)], trunk(s).size());
  }

  Engine new_engine(const Model& model) const { return Engine(model, {.cache_type = GetParam().cache}); }

  // Of the logits after each of the sequence's own tokens, all read at once.
  Hashes alone(const Model& model, size_t s) const {
    Engine engine = new_engine(model);
    const SequenceId id = engine.add_sequence();
    std::vector<BatchRow> rows;
    for (size_t i = 0; i < fork_at(s); i++) rows.push_back({id, trunk(s)[i], false});
    for (TokenId t : own[s]) rows.push_back({id, t, true});
    engine.forward(rows);
    Hashes hashes;
    for (size_t i = 0; i < own[s].size(); i++) hashes.push_back(hash_logits(engine.logits(i)));
    return hashes;
  }

  std::vector<SequenceId> fork_all(Engine& engine) const {
    std::vector<SequenceId> roots, ids;
    for (const Tokens& t : trunks) {
      roots.push_back(engine.add_sequence());
      std::vector<BatchRow> rows;
      for (TokenId token : t) rows.push_back({roots.back(), token, false});
      engine.forward(rows);
    }
    for (size_t s = 0; s < kSequences; s++) {
      ids.push_back(engine.fork(roots[s % roots.size()]));
      engine.rewind(ids.back(), fork_at(s));
    }
    for (SequenceId root : roots) engine.remove(root);
    return ids;
  }

  std::vector<Hashes> together(const Model& model) const {
    Engine engine = new_engine(model);
    const std::vector<SequenceId> ids = fork_all(engine);
    std::vector<Hashes> hashes(kSequences);
    for (size_t step = 0; step < kSequences; step++) {
      std::vector<BatchRow> rows;
      for (size_t s = 0; s <= step; s++) rows.push_back({ids[s], own[s][hashes[s].size()], true});
      engine.forward(rows);
      for (size_t s = 0; s <= step; s++) hashes[s].push_back(hash_logits(engine.logits(s)));
    }
    return hashes;
  }

  RandomModel m;
  std::vector<Tokens> trunks, own;
};

TEST_P(Parallel, StepsOf1To64SequencesGiveTheBitsOfEachAlone) {
  const ModelContent content = make_content(m);
  std::vector<Hashes> expected;
  size_t ran = 0;
  for (const std::string& isa : supported_isas()) {
    LoadedModel model(content, load_options(2, isa));
    for (size_t s = expected.size(); s < kSequences; s++) expected.push_back(alone(*model, s));
    EXPECT_EQ(together(*model), expected) << isa;
    ran++;
  }
  for (int threads : {1, 3, 4}) {
    EXPECT_EQ(together(*LoadedModel(content, load_options(threads))), expected) << threads << " threads";
  }
  EXPECT_GE(ran, 1u);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Parallel,
                         testing::Values(Shape{6, 2, 16, CacheType::f16}, Shape{7, 1, 16, CacheType::q8_0},
                                         Shape{2, 2, 48, CacheType::q8_0}),
                         [](const auto& test) { return test.param.name(); });

}  // namespace
}  // namespace reckon::test
