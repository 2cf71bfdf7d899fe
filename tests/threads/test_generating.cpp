// Generations on one model at the same time, and what other threads tell them.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include <reckon/reckon.hpp>

#include "faults/small_model.hpp"
#include "threads/together.hpp"

namespace reckon::test {
namespace {

GenerateOptions options_of(uint64_t seed, uint64_t most = 30) {
  GenerateOptions o;
  o.sampling.seed = seed;
  o.max_tokens = most;
  o.thinking.budget = 8;
  return o;
}

TEST(ThreadsGenerating, SessionsOnOneModelGiveWhatEachGivesAlone) {
  std::vector<std::string> expected;
  for (uint64_t seed = 0; seed < 4; seed++)
    expected.push_back(text_of(Session(small_model()).generate(kAsked, options_of(seed))));
  together(4, [&](int i) {
    Session session(small_model());
    for (int n = 0; n < 5; n++) {
      const auto seed = static_cast<uint64_t>(i + n) % 4;
      EXPECT_EQ(text_of(session.generate(kAsked, options_of(seed))), expected[seed]);
    }
  });
}

// Tokens that end a thought or the text are forbidden.
GenerateOptions endless() {
  GenerateOptions o = options_of(1, 400);
  o.thinking.budget.reset();
  o.thinking.answer_reserve = 0;
  o.thinking.loop_breaker = false;
  for (TokenId t = 0; t < static_cast<TokenId>(small_model().info().vocab_size); t++) {
    if (small_model().is_end_token(t)) o.sampling.logit_bias.emplace_back(t, -INFINITY);
  }
  o.sampling.logit_bias.emplace_back(small_model().tokenize("</think>").front(), -INFINITY);
  return o;
}

TEST(ThreadsGenerating, CancelComesFromAnyThread) {
  for (int n = 0; n < 10; n++) {
    Session session(small_model());
    std::atomic<int> tokens{0};
    std::thread other([&] {
      while (tokens < 5) std::this_thread::yield();
      session.cancel();
    });
    const Generation g = session.generate(kAsked, endless(), [&](const Event& e) {
      tokens += e.token >= 0;
      if (tokens >= 300) session.cancel();  // where the other one does not get a processor
      return true;
    });
    other.join();
    EXPECT_EQ(g.finish_reason, FinishReason::cancelled);
  }
}

TEST(ThreadsGenerating, RequestsAtAnyTime) {
  Session session(small_model());
  std::atomic<uint64_t> n_requests{0};
  const Meanwhile requests([&] {
    session.add_budget(1);
    session.end_thinking();
    session.add_budget(2);
    n_requests++;
  });
  // One that began after the generation did.
  const auto wait_for_one = [&](const Event& e) {
    for (const uint64_t seen = n_requests; e.token >= 0 && n_requests < seen + 2;) std::this_thread::yield();
    return true;
  };
  for (uint64_t seed = 0; seed < 10; seed++) {
    GenerateOptions o = endless();
    o.sampling.seed = seed;
    o.max_tokens = 60;
    EXPECT_EQ(session.generate(kAsked, o, wait_for_one).thought_end, ThoughtEnd::requested);
  }
}

TEST(ThreadsGenerating, AStreamGoesFromThreadToThread) {
  Session session(small_model());
  const std::string expected = text_of(session.generate(kAsked, options_of(3)));
  session.reset();
  Stream stream = session.stream(kAsked, options_of(3));
  bool ended = false;
  while (!ended) {
    std::thread([&, mine = std::move(stream)]() mutable {
      for (int i = 0; i < 4 && !ended; i++) ended = mine.next() == nullptr;
      stream = std::move(mine);
    }).join();
  }
  EXPECT_EQ(text_of(stream.finish()), expected);
}

TEST(ThreadsGenerating, BatchesAreToldWhileTheyStep) {
  for (int n = 0; n < 3; n++) {
    Batch batch(small_model(), {.parallel = 4});
    BatchRequest request;
    request.messages = kAsked;
    request.options = endless();
    request.options.max_tokens = 80;
    request.samples = 6;
    const RequestId first = batch.add(request), second = batch.add(request);
    std::map<std::pair<RequestId, uint32_t>, FinishReason> ended;
    {
      const Meanwhile requests([&] {
        batch.end_thinking(first, 1);
        batch.add_budget(first, 2, 10);
        batch.cancel(second, 3);
        batch.cancel(second, 5);
        batch.cancel(17);
      });
      while (!batch.idle()) {
        for (const BatchResult& r : batch.step()) {
          EXPECT_FALSE(r.error);
          ended[{r.request, r.sample}] = r.generation.finish_reason;
        }
      }
    }
    EXPECT_EQ(ended.size(), 12U);
    EXPECT_EQ(ended[std::pair(second, 5U)], FinishReason::cancelled);
  }
}

TEST(ThreadsGenerating, TwoModelsAtTheSameTime) {
  RandomModel other;
  other.architecture = "llama";
  other.seed = 9;
  const LoadedModel second(make_content(other), load_options(3));
  const auto run = [](const Model& model, uint64_t seed) {
    return text_of(Session(model).complete("the inn", options_of(seed)));
  };
  const std::string a = run(small_model(), 1), b = run(*second, 1);
  together(4, [&](int i) {
    for (int n = 0; n < 5; n++) {
      EXPECT_EQ(i % 2 == 0 ? run(small_model(), 1) : run(*second, 1), i % 2 == 0 ? a : b);
    }
  });
}

TEST(ThreadsGenerating, BatchesVotesAndSessionsTogether) {
  const std::string expected = text_of(Session(small_model()).generate(kAsked, options_of(2)));
  together(3, [&](int i) {
    if (i == 0) {
      EXPECT_EQ(vote(small_model(), kAsked, options_of(2), {.samples = 5}).samples.size(), 5U);
    } else if (i == 1) {
      Batch batch(small_model());
      BatchRequest request;
      request.messages = kAsked;
      request.options = options_of(2);
      batch.add(request);
      while (!batch.idle()) {
        for (const BatchResult& r : batch.step()) EXPECT_EQ(text_of(r.generation), expected);
      }
    } else {
      EXPECT_EQ(text_of(Session(small_model()).generate(kAsked, options_of(2))), expected);
    }
  });
}

// What a callback throws on one thread is nobody else's business.
TEST(ThreadsGenerating, ErrorsOfOneThreadStayThere) {
  const std::string expected = text_of(Session(small_model()).generate(kAsked, options_of(4)));
  together(4, [&](int i) {
    Session session(small_model());
    for (int n = 0; n < 4; n++) {
      if (i % 2 == 0) {
        EXPECT_THROW(session.generate(kAsked, options_of(4),
                                      [](const Event& e) -> bool {
                                        if (e.token >= 0) throw std::runtime_error("mine");
                                        return true;
                                      }),
                     std::runtime_error);
      }
      EXPECT_EQ(text_of(session.generate(kAsked, options_of(4))), expected);
    }
  });
}

}  // namespace
}  // namespace reckon::test
