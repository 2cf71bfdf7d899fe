// Models beside each other and many sessions on one model, on threads of their own: each as if it were alone.
#include <gtest/gtest.h>

#include <latch>
#include <map>
#include <optional>
#include <thread>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "model/random_model.hpp"
#include "run/expect_same.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

using test::expect_error;

std::vector<Message> question(size_t i) {
  return {{"user", "What is " + std::to_string(120 + 31 * i) + " + " + std::to_string(47 * i) + "?"}};
}

GenerateOptions warm_options(size_t seed) {
  GenerateOptions o;
  o.sampling.temperature = 1;
  o.sampling.seed = seed;
  return o;
}

// Each task on a thread; all begin at the same time.
template <class Task>
void at_once(size_t n_threads, const Task& task) {
  std::latch begin(static_cast<std::ptrdiff_t>(n_threads));
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < n_threads; i++) {
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      task(i);
    });
  }
}

TEST(Concurrency, SessionsOnOneModelGiveWhatEachGivesAlone) {
  constexpr size_t kSessions = 6;
  std::vector<Generation> expected;
  for (size_t i = 0; i < kSessions; i++) {
    expected.push_back(Session(tiny()).generate(question(i), warm_options(i)));
  }
  std::vector<Generation> found(kSessions);
  at_once(kSessions, [&](size_t i) {
    Session session(tiny(), {.prefill_chunk = static_cast<uint32_t>(1 + i)});
    found[i] = session.generate(question(i), warm_options(i));
  });
  for (size_t i = 0; i < kSessions; i++) expect_same(found[i], expected[i]);
}

// All that a model is shared for: a batch, a pulled session, its texts, its identity.
TEST(Concurrency, EveryUseOfAModelBesideTheOthers) {
  const Model model = Model::embedded();
  const Generation expected = Session(tiny()).generate(question(1), warm_options(1));
  const auto tokens = tiny().tokenize("12 + 30 = 42");
  at_once(4, [&](size_t i) {
    if (i == 0) {
      Batch batch(model);
      batch.add({.messages = question(1), .options = warm_options(1), .samples = 3});
      while (!batch.idle()) {
        for (const BatchResult& r : batch.step()) {
          if (r.sample == 0) expect_same(r.generation, expected);
        }
      }
    } else if (i == 1) {
      Session session(model);
      Stream stream = session.stream(question(1), warm_options(1));
      while (stream.next() != nullptr) continue;
      expect_same(stream.finish(), expected);
    } else {
      for (int round = 0; round < 20; round++) {
        EXPECT_EQ(model.tokenize("12 + 30 = 42"), tokens);
        EXPECT_EQ(model.render_chat(question(1)), tiny().render_chat(question(1)));
        EXPECT_EQ(model.identity(), tiny().identity());
      }
    }
  });
}

TEST(Concurrency, TwoModelsInOneProcessDoNotKnowOfEachOther) {
  constexpr uint32_t kVocab = 272;
  const auto tokens = test::random_tokens(3, 20, kVocab);
  GenerateOptions few = warm_options(1);
  few.max_tokens = 40;
  test::RandomModel shape;
  shape.seed = 4;
  shape.vocab = kVocab;
  const auto content = test::make_content(shape);
  std::optional<test::LoadedModel> other(content);
  const Generation expected_of_other = Session(**other).complete_tokens(tokens, few);
  other.reset();
  const Generation expected = Session(tiny()).generate(question(1), warm_options(1));

  other.emplace(content, test::load_options(1));
  ASSERT_NE((*other)->identity(), tiny().identity());
  at_once(4, [&](size_t i) {
    if (i % 2 == 0) {
      expect_same(Session(**other).complete_tokens(tokens, few), expected_of_other);
    } else {
      expect_same(Session(tiny()).generate(question(1), warm_options(1)), expected);
    }
  });
  other.reset();
  expect_same(Session(tiny()).generate(question(1), warm_options(1)), expected);
}

// Of what the limit leaves after the weights, all sessions take, and give back.
TEST(Concurrency, AMemoryLimitIsOverAllSessionsOfAModel) {
  const ModelDescription description = Model::describe_embedded();
  const uint64_t page_positions = Engine(tiny()).kv_page_positions();
  const uint64_t context = 4 * page_positions;
  const MemoryEstimate need = Model::estimate_memory(description, context);
  LoadOptions load;
  load.memory_limit = need.weights + need.scratch + need.kv_cache;
  const Model model = Model::embedded(load);
  const auto fill = [&](Session& session, uint64_t pages) {
    std::vector<TokenId> tokens(pages * page_positions - 1, 5);
    GenerateOptions one = warm_options(1);
    one.max_tokens = 1;
    session.complete_tokens(tokens, one);
  };
  std::optional<Session> first(std::in_place, model, SessionOptions{.context = context});
  Session second(model, {.context = context});
  fill(*first, 3);
  expect_error(ErrorCode::out_of_memory, {"what the model may use"}, [&] { fill(second, 4); });
  first.reset();
  fill(second, 4);
  EXPECT_GE(second.cached_tokens(), 4 * page_positions - 1);
}

// How far the other is when the one that began at the same time is done.
TEST(Concurrency, SessionsHaveEqualShares) {
  constexpr size_t kSessions = 3;
  constexpr uint64_t kTokens = 150;
  std::vector<std::atomic<uint64_t>> tokens(kSessions);
  std::atomic<bool> one_is_done = false;
  std::vector<uint64_t> then(kSessions);
  GenerateOptions o = warm_options(1);
  o.draft_tokens = 0;
  o.max_tokens = kTokens;
  o.thinking.loop_breaker = false;
  for (TokenId t = 0; t < static_cast<TokenId>(tiny().tokenizer().size()); t++) {
    if (tiny().is_end_token(t)) o.sampling.logit_bias.emplace_back(t, -1e9f);
  }
  at_once(kSessions, [&](size_t i) {
    Session(tiny()).generate(question(1), o, [&](const Event& e) {
      if (e.token >= 0 && ++tokens[i] == kTokens && !one_is_done.exchange(true)) {
        for (size_t k = 0; k < kSessions; k++) then[k] = tokens[k];
      }
      return true;
    });
  });
  for (size_t i = 0; i < kSessions; i++) EXPECT_GT(then[i], kTokens * 2 / 3) << "session " << i;
}

}  // namespace
}  // namespace reckon
