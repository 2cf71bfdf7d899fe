// Thoughts kept within bounds: budget, reserve, loops, requests, sampling per phase. On the embedded model.
#include <reckon/thinking.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include <reckon/reckon.hpp>

#include "run/infinity.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

const std::string kMessage = "I have thought long enough; I will answer with what I have.";

TokenId close_tag() { return tiny().tokenize("</think>").front(); }

// A thought that does not end by itself.
GenerateOptions endless() {
  GenerateOptions o = greedy();
  o.sampling.logit_bias = {{close_tag(), -kInfinity}};
  for (TokenId t = 0; t < static_cast<TokenId>(tiny().info().vocab_size); t++) {
    if (tiny().is_end_token(t)) o.sampling.logit_bias.emplace_back(t, -kInfinity);
  }
  return o;
}

struct Seen {
  Generation generation;
  std::vector<TokenId> tokens, inserted;
};

Seen run(const GenerateOptions& options, const std::vector<Message>& messages = kLongQuestion,
         const std::function<void(Session&, const Event&)>& act = {}, const SessionOptions& where = {}) {
  Seen seen;
  Session session(tiny(), where);
  seen.generation = session.generate(messages, options, [&](const Event& e) {
    if (act) act(session, e);
    if (e.token >= 0) (e.inserted ? seen.inserted : seen.tokens).push_back(e.token);
    return true;
  });
  return seen;
}

TEST(Budget, ClosesTheThoughtAfterItsSentenceAndAnswers) {
  GenerateOptions o = greedy();
  const Generation whole = run(o).generation;
  o.thinking.budget = 20;
  const Seen cut = run(o);
  const Generation& g = cut.generation;
  EXPECT_EQ(g.finish_reason, FinishReason::budget);
  EXPECT_EQ(g.thought_end, ThoughtEnd::budget);
  EXPECT_FALSE(g.answer.empty());
  ASSERT_TRUE(g.thinking.ends_with("\n" + kMessage)) << g.thinking;
  const std::string own = g.thinking.substr(0, g.thinking.size() - kMessage.size());
  EXPECT_EQ(whole.thinking.find(own), 0u) << "up to there it is the same thought";
  EXPECT_TRUE(own.ends_with(".\n")) << own;
  EXPECT_EQ(g.usage.inserted_tokens, cut.inserted.size());
  EXPECT_GT(g.usage.thinking_tokens, 20u);
  EXPECT_EQ(tiny().detokenize(cut.inserted), kMessage + "\n</think>\n\n");
}

TEST(Budget, WithoutGraceEndsAtTheToken) {
  GenerateOptions o = greedy();
  for (uint64_t budget : {1u, 5u, 17u}) {
    o.thinking.budget = budget;
    o.thinking.grace = 0;
    o.thinking.budget_message.clear();
    const Seen cut = run(o);
    EXPECT_EQ(cut.generation.thought_end, ThoughtEnd::budget);
    EXPECT_EQ(cut.generation.usage.thinking_tokens, budget + cut.inserted.size() - 1)
        << "the last is a line end";
    EXPECT_EQ(cut.generation.thinking.find(kMessage), std::string::npos);
    EXPECT_FALSE(cut.generation.answer.empty());
  }
}

TEST(Budget, GraceBoundsASentenceThatDoesNotEnd) {
  GenerateOptions o = endless();
  // No sentence ends without these.
  for (const char* end : {".", "!", "?", "\n", ".\n", "\n\n"}) {
    for (TokenId t : tiny().tokenize(end)) o.sampling.logit_bias.emplace_back(t, -kInfinity);
  }
  o.thinking.budget = 10;
  o.thinking.grace = 7;
  o.max_tokens = 100;
  const Seen cut = run(o);
  EXPECT_EQ(cut.generation.thought_end, ThoughtEnd::budget);
  EXPECT_EQ(cut.generation.usage.thinking_tokens, 17 + cut.inserted.size() - 1);
}

TEST(Budget, IsNotArmedInTheAnswer) {
  GenerateOptions o = greedy();
  const Generation whole = run(o).generation;
  o.thinking.budget = whole.usage.thinking_tokens + 1;
  const Generation g = run(o).generation;
  EXPECT_EQ(g.thinking, whole.thinking);
  EXPECT_EQ(g.answer, whole.answer);
  EXPECT_EQ(g.finish_reason, FinishReason::stop);
  EXPECT_EQ(g.thought_end, ThoughtEnd::model);
}

TEST(Budget, IsThereAnewInTheNextTurn) {
  Session session(tiny());
  GenerateOptions o = greedy();
  o.thinking.budget = 20;
  std::vector<Message> messages = kLongQuestion;
  for (int turn = 0; turn < 2; turn++) {
    const Generation g = session.generate(messages, o);
    EXPECT_EQ(g.thought_end, ThoughtEnd::budget) << turn;
    messages.push_back({"assistant", g.answer});
    messages.push_back({"user", "What is 3812 + 4977?"});
  }
}

TEST(Budget, OfNothingBeginsWithTheAnswer) {
  GenerateOptions none = greedy(), no_think = greedy();
  none.thinking.budget = 0;
  no_think.no_think = true;
  const Generation g = run(none).generation, h = run(no_think).generation;
  EXPECT_EQ(g.answer, h.answer);
  EXPECT_EQ(g.thinking, "");
  EXPECT_EQ(g.usage.thinking_tokens, 0u);
}

TEST(Budget, OfNothingClosesAThoughtThatThePromptsTokensHaveOpened) {
  const std::vector<TokenId> prompt = tiny().tokenize("What is 7 + 8?<think>\n");
  GenerateOptions o = greedy();
  o.thinking.budget = 0;
  o.max_tokens = 200;
  const Generation g = Session(tiny()).complete_tokens(prompt, o);
  EXPECT_EQ(g.thought_end, ThoughtEnd::budget);
  EXPECT_EQ(g.usage.thinking_tokens + 1, g.usage.inserted_tokens) << "the last is a line end: " << g.thinking;
  EXPECT_GT(g.usage.inserted_tokens, 0u);
}

// A stream that is dropped ends its generation without an account.
TEST(Budget, ThatWasRaisedHoldsForADroppedStreamToo) {
  GenerateOptions o = endless();
  o.thinking.budget = 10;
  o.thinking.loop_breaker = false;
  o.max_tokens = 400;
  Session session(tiny());
  {
    Stream stream = session.stream(kLongQuestion, o);
    for (int events = 0; events < 5; events++) stream.next();
    session.add_budget(100);
  }
  ASSERT_TRUE(session.can_resume());
  EXPECT_GE(session.resume(o).usage.thinking_tokens, 110u);
}

TEST(Budget, AClosedThoughtIsNotOpenedAgain) {
  GenerateOptions o = greedy();
  o.thinking.budget = 10;
  o.answer_sampling.temperature = 100;  // every token is as likely as any other
  o.max_tokens = 400;
  const TokenId open = tiny().tokenize("<think>").front();
  o.sampling.logit_bias = {{open, 90.0f}, {close_tag(), -kInfinity}};
  const Seen seen = run(o);
  const auto& tokens = seen.tokens;
  const auto in_thought =
      static_cast<std::ptrdiff_t>(seen.generation.usage.thinking_tokens - seen.inserted.size());
  EXPECT_EQ(std::count(tokens.begin() + in_thought + 1, tokens.end(), open), 0);
  EXPECT_GT(seen.generation.usage.answer_tokens, 0u);
}

TEST(Budget, MayBeRaisedWhileItThinks) {
  GenerateOptions o = endless();
  o.thinking.budget = 10;
  o.thinking.loop_breaker = false;
  bool raised = false;
  const Seen seen = run(o, kLongQuestion, [&](Session& s, const Event&) {
    if (!std::exchange(raised, true)) s.add_budget(100);
  });
  EXPECT_GE(seen.generation.usage.thinking_tokens, 110u);
  EXPECT_LE(seen.generation.usage.thinking_tokens, 110 + 64 + seen.inserted.size());
}

TEST(Budget, RaisedBeyondAllNumbersIsNoBudget) {
  GenerateOptions o = endless();
  o.max_tokens = 80;
  o.thinking.budget = 10;
  o.thinking.answer_reserve = 0;
  o.thinking.loop_breaker = false;
  const Seen seen = run(o, kLongQuestion, [&](Session& s, const Event& e) {
    if (e.token < 0) return;
    s.add_budget(500);
    s.add_budget(UINT64_MAX);
  });
  EXPECT_EQ(seen.generation.finish_reason, FinishReason::length_in_thinking);
}

TEST(Budget, MakesNoDifferenceToDrafts) {
  GenerateOptions o = greedy();
  o.thinking.budget = 60;
  std::vector<Seen> seen;
  for (int drafts : {0, 4, 16}) {
    o.draft_tokens = drafts;
    seen.push_back(run(o));
    EXPECT_EQ(seen.back().tokens, seen.front().tokens) << drafts;
    EXPECT_EQ(seen.back().inserted, seen.front().inserted) << drafts;
    EXPECT_EQ(seen.back().generation.answer, seen.front().generation.answer) << drafts;
  }
  EXPECT_GT(seen.back().generation.speculation.accepted_tokens, 0u);
}

TEST(AnswerReserve, IsKeptFromAThoughtThatDoesNotEnd) {
  for (uint64_t most : {40u, 100u, 300u}) {
    GenerateOptions o = endless();
    o.max_tokens = most;
    o.thinking.loop_breaker = false;
    const Generation g = run(o).generation;
    EXPECT_EQ(g.thought_end, ThoughtEnd::reserve) << most;
    EXPECT_EQ(g.finish_reason, FinishReason::length) << "the answer has no end either";
    EXPECT_GE(g.usage.answer_tokens, most / 4) << most;
    EXPECT_EQ(g.usage.thinking_tokens + g.usage.answer_tokens, most);
  }
}

TEST(AnswerReserve, IsKeptAtTheEndOfTheContext) {
  GenerateOptions o = endless();
  o.thinking.answer_reserve = 50;
  o.thinking.loop_breaker = false;
  const Generation g = run(o, kLongQuestion, {}, {.context = 200}).generation;
  EXPECT_EQ(g.thought_end, ThoughtEnd::reserve);
  EXPECT_GE(g.usage.answer_tokens, 50u);
  EXPECT_EQ(g.usage.prompt_tokens + g.usage.thinking_tokens + g.usage.answer_tokens, 200u);
}

TEST(AnswerReserve, OfNothingLetsTheThoughtHaveAll) {
  GenerateOptions o = endless();
  o.max_tokens = 60;
  o.thinking.answer_reserve = 0;
  const Generation g = run(o).generation;
  EXPECT_EQ(g.finish_reason, FinishReason::length_in_thinking);
  EXPECT_EQ(g.usage.inserted_tokens, 0u);
}

TEST(LoopBreaker, EndsAThoughtInCirclesAndAnswers) {
  GenerateOptions o = greedy();
  o.thinking_sampling.repeat_penalty = 1;
  o.sampling.logit_bias = {};
  // Nothing but one token may come: the simplest circle there is. After the thought it is as any other.
  const TokenId only = tiny().tokenize("7").front();
  o.sampling.logit_bias = {{only, 80.0f}};
  o.max_tokens = 1000;
  const Generation g = run(o).generation;
  EXPECT_EQ(g.thought_end, ThoughtEnd::loop);
  EXPECT_LT(g.usage.thinking_tokens, 200u);
  EXPECT_GT(g.usage.answer_tokens, 0u);
  o.thinking.loop_breaker = false;
  EXPECT_EQ(run(o).generation.thought_end, ThoughtEnd::reserve);
}

TEST(LoopBreaker, LetsTheEmbeddedModelsThoughtsPass) {
  for (const char* text :
       {"What is 7488 divided by 36?", "Compute 347 × 86.", "What comes next: 3, 6, 12, 24, ...?"}) {
    EXPECT_EQ(run(greedy(), {{"user", text}}).generation.thought_end, ThoughtEnd::model) << text;
  }
}

TEST(EndThinking, AnswersAtOnce) {
  size_t seen_tokens = 0;
  const Seen seen = run(greedy(), kLongQuestion, [&](Session& s, const Event& e) {
    if (e.token >= 0 && ++seen_tokens == 12) s.end_thinking();
  });
  EXPECT_EQ(seen.generation.thought_end, ThoughtEnd::requested);
  EXPECT_EQ(seen.generation.finish_reason, FinishReason::stop);
  EXPECT_LE(seen.generation.usage.thinking_tokens, 13 + seen.inserted.size());
  EXPECT_FALSE(seen.generation.answer.empty());
}

TEST(EndThinking, DoesNothingInTheAnswer) {
  const Generation whole = run(greedy()).generation;
  const Seen seen = run(greedy(), kLongQuestion, [&](Session& s, const Event& e) {
    if (e.phase == Phase::answer) s.end_thinking();
  });
  EXPECT_EQ(seen.generation.answer, whole.answer);
  EXPECT_TRUE(seen.inserted.empty());
}

TEST(PhaseSampling, EachPhaseHasItsOwn) {
  GenerateOptions o = greedy();
  const Generation cold = run(o).generation;
  o.sampling.temperature = 50;
  o.thinking_sampling.temperature = 0.0f;
  o.answer_sampling.temperature = 0.0f;
  EXPECT_EQ(run(o).generation.thinking, cold.thinking);
  EXPECT_EQ(run(o).generation.answer, cold.answer);
  o.answer_sampling.temperature.reset();
  o.answer_sampling.top_p = 1.0f;
  EXPECT_EQ(run(o).generation.thinking, cold.thinking);
  EXPECT_NE(run(o).generation.answer, cold.answer);
}

TEST(PhaseSampling, RefusesValuesOutOfRangeInEither) {
  for (bool thinking : {true, false}) {
    GenerateOptions o = greedy();
    (thinking ? o.thinking_sampling : o.answer_sampling).top_p = 1.5f;
    EXPECT_THROW(run(o), Error);
  }
}

TEST(ThinkingOptions, RefusesValuesOutOfRange) {
  ThinkingOptions o;
  o.hesitation_bias = 101;
  EXPECT_THROW(validate(o), Error);
  o.hesitation_bias = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(validate(o), Error);
  o.hesitation_bias = -100;
  EXPECT_NO_THROW(validate(o));
  o.budget_message.assign(5000, 'x');
  EXPECT_THROW(validate(o), Error);
}

}  // namespace
}  // namespace reckon
