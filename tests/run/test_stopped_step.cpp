// A step that is given up on the way leaves everything as it was.
#include <gtest/gtest.h>

#include <functional>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

std::vector<BatchRow> rows_of(SequenceId sequence, size_t n) {
  std::vector<BatchRow> rows;
  for (size_t i = 0; i < n; i++) rows.push_back({sequence, static_cast<TokenId>(10 + i % 50), i + 1 == n});
  return rows;
}

// Says so the n-th time it is asked.
struct StopAt {
  int n;
  int asked = 0;
  bool operator()() { return ++asked == n; }
};

TEST(StoppedStep, LeavesSequencesAsTheyWere) {
  Engine plain(tiny());
  plain.forward(rows_of(plain.add_sequence(), 20));
  plain.forward(rows_of(0, 300));
  const uint64_t expected = hash_logits(plain.logits(0));

  Engine engine(tiny());
  const SequenceId sequence = engine.add_sequence();
  engine.forward(rows_of(sequence, 20));
  const int layers = static_cast<int>(tiny().info().layers);
  for (const int n : {1, 2, layers, layers + 1, 2 * layers}) {  // 300 rows are two passes
    StopAt stop{n};
    EXPECT_FALSE(engine.forward(rows_of(sequence, 300), std::ref(stop)));
    EXPECT_EQ(stop.asked, n) << "at once";
    EXPECT_EQ(engine.length(sequence), 20u);
    test::expect_error(ErrorCode::invalid_argument, {"logits 0: the last step made 0"},
                       [&] { engine.logits(0); });
  }
  StopAt never{-1};
  EXPECT_TRUE(engine.forward(rows_of(sequence, 300), std::ref(never)));
  EXPECT_EQ(never.asked, 2 * layers);
  EXPECT_EQ(hash_logits(engine.logits(0)), expected);
}

// A part of a prompt takes seconds where models are large: a cancelled generation doesn't wait for it.
TEST(StoppedStep, ACancelledPromptIsNotReadOn) {
  Session session(tiny());
  const std::vector<Message> question = {{"user", "What is " + std::string(600, '7') + " + 1?"}};
  int parts = 0;
  const Generation cancelled = session.generate(question, {}, [&](const Event& event) {
    session.cancel();  // as another thread would, while the part behind this event is computed
    parts += event.phase == Phase::prompt;
    return true;
  });
  EXPECT_EQ(parts, 1);
  EXPECT_EQ(cancelled.finish_reason, FinishReason::cancelled);
  EXPECT_EQ(session.cached_tokens(), 0u);
  GenerateOptions options;
  options.max_tokens = 8;
  options.sampling.seed = 3;
  const Generation found = session.generate(question, options);
  const Generation expected = Session(tiny()).generate(question, options);
  EXPECT_EQ(found.thinking, expected.thinking);
}

TEST(StoppedStep, OfABatchIsComputedAgain) {
  Batch batch(tiny());
  BatchRequest request;
  request.messages = {{"user", "What is 20 + 31?"}};
  request.options.max_tokens = 8;
  request.options.sampling.seed = 3;
  batch.add(request);
  const Generation expected = Session(tiny()).generate(request.messages, request.options);
  std::optional<Generation> found;
  for (int step = 0; !batch.idle(); step++) {
    StopAt stop{step % 3 == 2 ? -1 : 1 + step % 3};
    for (BatchResult& result : batch.step(std::ref(stop))) found = std::move(result.generation);
  }
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->thinking, expected.thinking);
  EXPECT_EQ(found->usage.thinking_tokens, expected.usage.thinking_tokens);
}

TEST(StoppedStep, AnEmptyFunctionNeverStops) {
  Engine engine(tiny());
  const SequenceId sequence = engine.add_sequence();
  EXPECT_TRUE(engine.forward(rows_of(sequence, 3), nullptr));
  EXPECT_EQ(engine.length(sequence), 3U);

  Batch batch(tiny());
  BatchRequest request;
  request.messages = {{"user", "What is 20 + 31?"}};
  request.options.max_tokens = 2;
  batch.add(request);
  size_t ended = 0;
  while (!batch.idle()) ended += batch.step(nullptr).size();
  EXPECT_EQ(ended, 1U);
  EXPECT_TRUE(Session(tiny()).prepare(request.messages, nullptr));
}

}  // namespace
}  // namespace reckon
