// A generation taken event by event is the same as one with a callback.
#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

struct StreamedEvent {
  Phase phase;
  std::string text;
  TokenId token;
  bool operator==(const StreamedEvent&) const = default;
};

GenerateOptions stream_options(int draft_tokens) {
  GenerateOptions o;
  o.sampling.seed = 5;
  o.draft_tokens = draft_tokens;
  return o;
}

TEST(Stream, GivesTheEventsOfTheCallback) {
  for (int drafts : {0, 8}) {
    std::vector<StreamedEvent> pushed, pulled;
    Session a(tiny()), b(tiny());
    const Generation whole = a.generate(kLongQuestion, stream_options(drafts), [&](const Event& e) {
      pushed.push_back({e.phase, std::string(e.text), e.token});
      return true;
    });
    Stream stream = b.stream(kLongQuestion, stream_options(drafts));
    while (const Event* e = stream.next()) pulled.push_back({e->phase, std::string(e->text), e->token});
    EXPECT_EQ(pulled, pushed);
    EXPECT_EQ(pulled.back().phase, Phase::done);
    EXPECT_EQ(stream.next(), nullptr);
    const Generation g = stream.finish();
    EXPECT_EQ(g.answer, whole.answer);
    EXPECT_EQ(g.thinking, whole.thinking);
    EXPECT_EQ(g.finish_reason, FinishReason::stop);
    EXPECT_EQ(a.cached_tokens(), b.cached_tokens());
  }
}

TEST(Stream, FinishEndsWhatStillRuns) {
  Session session(tiny());
  Stream stream = session.stream(kLongQuestion, stream_options(0));
  while (const Event* e = stream.next()) {
    if (e->phase == Phase::thinking) break;
  }
  const Generation g = stream.finish();
  EXPECT_EQ(g.finish_reason, FinishReason::cancelled);
  EXPECT_TRUE(g.answer.empty());
  EXPECT_TRUE(session.can_resume());
  EXPECT_EQ(session.generate(kLongQuestion, stream_options(0)).finish_reason, FinishReason::stop);
}

TEST(Stream, IsCancelledFromAnotherThread) {
  Session session(tiny());
  Stream stream = session.stream(kLongQuestion, stream_options(0));
  stream.next();
  std::thread([&] { session.cancel(); }).join();
  size_t events = 0;
  while (stream.next() != nullptr) events++;
  EXPECT_LE(events, 4u);
  EXPECT_EQ(stream.finish().finish_reason, FinishReason::cancelled);
}

TEST(Stream, MayBeDroppedAtAnyEvent) {
  for (size_t n = 0; n < 40; n += 3) {
    Session session(tiny());
    {
      Stream stream = session.stream(kLongQuestion, stream_options(8));
      for (size_t i = 0; i < n; i++) stream.next();
    }
    EXPECT_EQ(session.generate(kLongQuestion, stream_options(8)).finish_reason, FinishReason::stop) << n;
  }
}

// Also where it ended with drafts that were computed and not taken.
TEST(Stream, AfterItsEndTheSessionIsFree) {
  const std::vector<Message> next = {{"user", "What is 12 * 11?"}};
  GenerateOptions first = stream_options(8);
  const Generation expected = Session(tiny()).generate(next, stream_options(8));
  for (first.max_tokens = 1; first.max_tokens < 60; first.max_tokens += 4) {
    Session session(tiny());
    Stream stream = session.stream(kLongQuestion, first);
    while (stream.next() != nullptr) {
    }
    stream.finish();
    stream = session.stream(next, stream_options(8));
    while (stream.next() != nullptr) {
    }
    const Generation found = stream.finish();
    ASSERT_EQ(found.thinking, expected.thinking) << first.max_tokens;
    ASSERT_EQ(found.answer, expected.answer) << first.max_tokens;
    session.reset();
    ASSERT_EQ(session.generate(next, stream_options(8)).answer, expected.answer) << first.max_tokens;
  }
}

// Another session has all but a page of the memory.
TEST(Stream, AnErrorEndsItAndIsItsResult) {
  const uint64_t page = Engine(tiny()).kv_page_positions(), context = 3 * page;
  const MemoryEstimate need = Model::estimate_memory(Model::describe_embedded(), context);
  LoadOptions limited;
  limited.memory_limit = need.weights + need.scratch + need.kv_cache;
  const Model model = Model::embedded(limited);
  Session other(model, {.context = context}), session(model, {.context = context});
  GenerateOptions one = stream_options(0);
  one.max_tokens = 1;
  other.complete_tokens(std::vector<TokenId>(2 * page - 1, 5), one);
  GenerateOptions endless = stream_options(0);
  endless.thinking.loop_breaker = false;
  for (TokenId t = 0; t < static_cast<TokenId>(model.info().vocab_size); t++) {
    if (model.is_end_token(t))
      endless.sampling.logit_bias.emplace_back(t, -std::numeric_limits<float>::infinity());
  }
  Stream stream = session.stream(kLongQuestion, endless);
  const auto ends_so = [](const auto& f) {
    test::expect_error(ErrorCode::out_of_memory, {"the attention cache"}, f);
  };
  ends_so([&] {
    while (stream.next() != nullptr) {
    }
  });
  ends_so([&] { stream.next(); });
  ends_so([&] { stream.finish(); });
  other.reset();
  session.reset();
  EXPECT_EQ(session.generate(kLongQuestion, one).finish_reason, FinishReason::length_in_thinking);
}

TEST(Stream, RefusesWhatGenerateRefuses) {
  Session session(tiny());
  GenerateOptions bad = stream_options(0);
  bad.sampling.top_p = 2;
  EXPECT_THROW(session.stream(kLongQuestion, bad), Error);
}

}  // namespace
}  // namespace reckon
