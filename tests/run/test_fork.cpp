// Sessions forked and rewound, on the embedded model.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <thread>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "run/expect_same.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

using test::expect_error;

std::vector<Message> followed_by(const std::string& question) {
  return {kQuestion[0], {"assistant", "123 + 456 = \\boxed{579}"}, {"user", question}};
}

GenerateOptions fork_options(uint64_t seed, uint64_t max_tokens = 0) {
  GenerateOptions o;
  o.sampling.temperature = 1;
  o.sampling.seed = seed;
  o.max_tokens = max_tokens;
  o.thinking.answer_reserve = 0;
  return o;
}

class Fork : public ::testing::TestWithParam<CacheType> {
 protected:
  Session session() const { return Session(tiny(), {.cache_type = GetParam()}); }
};

INSTANTIATE_TEST_SUITE_P(CacheTypes, Fork, ::testing::Values(CacheType::f16, CacheType::q8_0),
                         [](const auto& type) { return type.param == CacheType::f16 ? "f16" : "q8_0"; });

TEST_P(Fork, BothGoOnAsFreshSessionsWould) {
  Session first = session();
  first.generate(kQuestion, fork_options(1));
  Session second = first.fork();
  EXPECT_TRUE(std::ranges::equal(second.tokens(), first.tokens()));
  EXPECT_EQ(second.context(), first.context());
  const auto times = followed_by("What is 7 * 8?"), minus = followed_by("What is 90 - 13?");
  const Generation of_second = second.generate(times, fork_options(2));
  const Generation of_first = first.generate(minus, fork_options(3));
  expect_same(of_second, session().generate(times, fork_options(2)));
  expect_same(of_first, session().generate(minus, fork_options(3)));
  EXPECT_GT(of_second.usage.cached_tokens, 10u) << "what was there is not computed again";
  EXPECT_EQ(of_second.usage.cached_tokens, of_first.usage.cached_tokens);
}

TEST_P(Fork, AForkOutlivesWhatItIsOf) {
  std::optional<Session> first = session();
  first->generate(kQuestion, fork_options(1));
  std::optional<Session> second = first->fork();
  first.reset();
  Session third = second->fork();
  second.reset();
  const auto messages = followed_by("What is 7 * 8?");
  expect_same(third.generate(messages, fork_options(2)), session().generate(messages, fork_options(2)));
}

TEST_P(Fork, AnInterruptedThoughtGoesOnInBoth) {
  const Generation whole = session().generate(kQuestion, fork_options(4));
  Session first = session();
  first.generate(kQuestion, fork_options(4, 9));
  Session second = first.fork();
  ASSERT_TRUE(second.can_resume());
  expect_same(second.resume(fork_options(4)), whole);
  ASSERT_TRUE(first.can_resume());
  expect_same(first.resume(fork_options(4)), whole);
}

// Each on a thread of its own, writing to blocks that were shared while the others read them.
TEST_P(Fork, ManyRunAtOnceAsEachAlone) {
  constexpr size_t kForks = 4;
  Session first = session();
  first.generate(kQuestion, fork_options(1));
  std::vector<Session> forks;
  for (size_t i = 0; i < kForks; i++) forks.push_back(i % 2 == 0 ? first.fork() : forks.back().fork());
  const auto messages = followed_by("What is 90 - 13?");
  std::array<Generation, kForks> found;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kForks; i++) {
    threads.emplace_back([&, i] { found[i] = forks[i].generate(messages, fork_options(10 + i)); });
  }
  first.reset();  // while the forks run
  for (std::thread& t : threads) t.join();
  for (size_t i = 0; i < kForks; i++)
    expect_same(found[i], session().generate(messages, fork_options(10 + i)));
}

TEST(EngineBranch, SharesBlocksUntilOneWritesAndGivesThemBack) {
  Engine engine(tiny());
  const SequenceId id = engine.add_sequence();
  std::vector<BatchRow> rows(engine.kv_page_positions() + 3, {.sequence = id, .token = 5});
  engine.forward(rows);
  const uint64_t before = engine.kv_bytes();
  ASSERT_EQ(before, 2 * engine.kv_page_bytes());
  {
    Engine branch = engine.branch(id);
    EXPECT_EQ(branch.length(0), rows.size());
    EXPECT_EQ(engine.kv_bytes(), before) << "nothing is copied";
    const std::array<BatchRow, 1> next = {{{.sequence = 0, .token = 6, .logits = true}}};
    branch.forward(next);
    EXPECT_EQ(engine.kv_bytes(), before + engine.kv_page_bytes()) << "the block that was written to";
    EXPECT_EQ(engine.length(id), rows.size());
    const std::array<BatchRow, 1> same = {{{.sequence = id, .token = 6, .logits = true}}};
    engine.forward(same);
    EXPECT_EQ(hash_logits(engine.logits(0)), hash_logits(branch.logits(0)));
  }
  EXPECT_EQ(engine.kv_bytes(), before);
}

TEST(EngineBranch, TheBoundOnPositionsIsOverBoth) {
  Engine engine(tiny(), {.max_positions = 128});
  const SequenceId id = engine.add_sequence();
  engine.forward(std::vector<BatchRow>(64, {.sequence = id, .token = 5}));
  Engine branch = engine.branch(id);
  branch.forward(std::vector<BatchRow>(64, {.sequence = 0, .token = 5}));
  expect_error(ErrorCode::context_full, {"128 positions"},
               [&] { engine.forward(std::vector<BatchRow>(1, {.sequence = id, .token = 5})); });
  branch.rewind(0, 64);
  engine.forward(std::vector<BatchRow>(1, {.sequence = id, .token = 5}));
  expect_error(ErrorCode::invalid_argument, {"sequence 7"}, [&] { (void)engine.branch(7); });
}

TEST(Rewind, KeepsTheFirstPositions) {
  Session session(tiny());
  session.generate(kQuestion, fork_options(1));
  const std::vector<TokenId> before(session.tokens().begin(), session.tokens().end());
  ASSERT_EQ(before.size(), session.cached_tokens());
  session.rewind(12);
  EXPECT_EQ(session.cached_tokens(), 12u);
  EXPECT_TRUE(std::ranges::equal(session.tokens(), std::span(before).first(12)));
  const Generation found = session.generate(kQuestion, fork_options(2));
  EXPECT_EQ(found.usage.cached_tokens, 12u);
  expect_same(found, Session(tiny()).generate(kQuestion, fork_options(2)));
}

TEST(Rewind, EndsWhatCouldBeResumedAndRefusesMoreThanThereIs) {
  Session session(tiny());
  session.generate(kQuestion, fork_options(1, 5));
  ASSERT_TRUE(session.can_resume());
  expect_error(ErrorCode::invalid_argument, {"rewind to", "holds"},
               [&] { session.rewind(session.cached_tokens() + 1); });
  EXPECT_TRUE(session.can_resume());
  session.rewind(session.cached_tokens());
  EXPECT_FALSE(session.can_resume());
}

}  // namespace
}  // namespace reckon
