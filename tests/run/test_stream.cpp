// A generation taken event by event is the same as one with a callback.
#include <gtest/gtest.h>

#include <thread>

#include <reckon/reckon.hpp>

namespace reckon {
namespace {

const Model& tiny() {
  static const Model model = Model::embedded();
  return model;
}

const std::vector<Message> kQuestion = {{"user", "What is 4839 + 7581?"}};

struct Seen {
  Phase phase;
  std::string text;
  TokenId token;
  bool operator==(const Seen&) const = default;
};

GenerateOptions options(int draft_tokens) {
  GenerateOptions o;
  o.sampling.seed = 5;
  o.draft_tokens = draft_tokens;
  return o;
}

TEST(Stream, GivesTheEventsOfTheCallback) {
  for (int drafts : {0, 8}) {
    std::vector<Seen> pushed, pulled;
    Session a(tiny()), b(tiny());
    const Generation whole = a.generate(kQuestion, options(drafts), [&](const Event& e) {
      pushed.push_back({e.phase, std::string(e.text), e.token});
      return true;
    });
    Stream stream = b.stream(kQuestion, options(drafts));
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
  Stream stream = session.stream(kQuestion, options(0));
  while (const Event* e = stream.next()) {
    if (e->phase == Phase::thinking) break;
  }
  const Generation g = stream.finish();
  EXPECT_EQ(g.finish_reason, FinishReason::cancelled);
  EXPECT_TRUE(g.answer.empty());
  EXPECT_TRUE(session.can_resume());
  EXPECT_EQ(session.generate(kQuestion, options(0)).finish_reason, FinishReason::stop);
}

TEST(Stream, IsCancelledFromAnotherThread) {
  Session session(tiny());
  Stream stream = session.stream(kQuestion, options(0));
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
      Stream stream = session.stream(kQuestion, options(8));
      for (size_t i = 0; i < n; i++) stream.next();
    }
    EXPECT_EQ(session.generate(kQuestion, options(8)).finish_reason, FinishReason::stop) << n;
  }
}

TEST(Stream, RefusesWhatGenerateRefuses) {
  Session session(tiny());
  GenerateOptions bad = options(0);
  bad.sampling.top_p = 2;
  EXPECT_THROW(session.stream(kQuestion, bad), Error);
}

}  // namespace
}  // namespace reckon
