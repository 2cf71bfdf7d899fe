// Generation on the embedded model.
#include <reckon/session.hpp>

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "load/expect_error.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

ErrorCode code_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::io;
}

TEST(Session, ThinksThenAnswers) {
  Generation g = Session(tiny()).generate(kQuestion, greedy());
  EXPECT_FALSE(g.thinking.empty());
  EXPECT_NE(g.answer.find("\\boxed{579}"), std::string::npos) << g.answer;
  EXPECT_EQ(g.finish_reason, FinishReason::stop);
  EXPECT_FALSE(g.ended_in_thinking);
  for (const char* tag : {"<think>", "</think>", "<｜"}) {
    EXPECT_EQ(g.thinking.find(tag), std::string::npos);
    EXPECT_EQ(g.answer.find(tag), std::string::npos);
  }
}

TEST(Session, EventsAddUpToTheResult) {
  std::string thinking, answer;
  std::vector<Phase> phases;
  uint64_t tokens = 0;
  double last_ms = 0;
  Generation g = Session(tiny()).generate(kQuestion, greedy(), [&](const Event& e) {
    if (phases.empty() || phases.back() != e.phase) phases.push_back(e.phase);
    if (e.phase == Phase::thinking) thinking += e.text;
    if (e.phase == Phase::answer) answer += e.text;
    if (e.token >= 0) tokens++;
    EXPECT_GE(e.t_ms, last_ms);
    last_ms = e.t_ms;
    return true;
  });
  EXPECT_EQ(thinking, g.thinking);
  EXPECT_EQ(answer, g.answer);
  EXPECT_EQ(phases, (std::vector<Phase>{Phase::prompt, Phase::thinking, Phase::answer, Phase::done}));
  EXPECT_EQ(tokens, g.usage.thinking_tokens + g.usage.answer_tokens);
  EXPECT_GT(g.usage.thinking_tokens, 0u);
  EXPECT_GT(g.usage.answer_tokens, 0u);
  EXPECT_LE(g.timing.prefill_ms, g.timing.first_thought_ms);
  EXPECT_LE(g.timing.first_thought_ms, g.timing.first_answer_ms);
  EXPECT_LE(g.timing.first_answer_ms, g.timing.total_ms);
}

TEST(Session, TheSameSeedGivesTheSameTextWhateverTheThreadsAndChunks) {
  GenerateOptions o;
  o.sampling.seed = 42;
  o.sampling.temperature = 1;
  Generation expected = Session(tiny()).generate(kQuestion, o);
  for (int threads : {1, 3}) {
    LoadOptions load;
    load.threads = threads;
    Model model = Model::embedded(load);
    for (uint32_t chunk : {1u, 7u}) {
      SessionOptions s;
      s.prefill_chunk = chunk;
      Generation g = Session(model, s).generate(kQuestion, o);
      EXPECT_EQ(g.thinking, expected.thinking);
      EXPECT_EQ(g.answer, expected.answer);
    }
  }
}

TEST(Session, TheNextTurnReusesTheCacheAndDropsTheThinking) {
  Session session(tiny());
  std::vector<Message> messages = kQuestion;
  Generation first = session.generate(messages, greedy());
  messages.push_back({"assistant", first.answer});
  messages.push_back({"user", "What is 7 * 8?"});
  Generation second = session.generate(messages, greedy());
  Generation fresh = Session(tiny()).generate(messages, greedy());
  EXPECT_EQ(second.thinking, fresh.thinking);
  EXPECT_EQ(second.answer, fresh.answer);
  EXPECT_GT(second.usage.cached_tokens, 0u);
  EXPECT_EQ(fresh.usage.cached_tokens, 0u);
  EXPECT_EQ(second.usage.prompt_tokens, fresh.usage.prompt_tokens);
}

TEST(Session, TheLimitInTheThoughtIsToldApart) {
  GenerateOptions o = greedy();
  o.max_tokens = 5;
  o.thinking.answer_reserve = 0;
  Generation g = Session(tiny()).generate(kQuestion, o);
  EXPECT_EQ(g.finish_reason, FinishReason::length_in_thinking);
  EXPECT_TRUE(g.ended_in_thinking);
  EXPECT_EQ(g.usage.thinking_tokens, 5u);
  EXPECT_TRUE(g.answer.empty());
}

TEST(Session, TheContextEndsTheGeneration) {
  SessionOptions s;
  s.context = tiny().tokenize(tiny().render_chat(kQuestion)).size() + 4;
  Generation g = Session(tiny(), s).generate(kQuestion, greedy());
  EXPECT_EQ(g.finish_reason, FinishReason::length_in_thinking);
  EXPECT_EQ(g.usage.thinking_tokens, 4u);
}

TEST(Session, NoThinkBeginsWithTheAnswer) {
  GenerateOptions o = greedy();
  o.no_think = true;
  Generation g = Session(tiny()).generate(kQuestion, o);
  EXPECT_TRUE(g.thinking.empty());
  EXPECT_FALSE(g.answer.empty());
  EXPECT_EQ(g.usage.thinking_tokens, 0u);
}

TEST(Session, AStopStringEndsTheAnswerBeforeIt) {
  GenerateOptions o = greedy();
  o.stop = {"579"};
  Generation g = Session(tiny()).generate(kQuestion, o);
  EXPECT_EQ(g.finish_reason, FinishReason::stop);
  EXPECT_EQ(g.answer.find("579"), std::string::npos);
  Generation whole = Session(tiny()).generate(kQuestion, greedy());
  EXPECT_EQ(g.answer, whole.answer.substr(0, whole.answer.find("579")));
}

TEST(Session, TheCallbackCancelsAndKeepsWhatThereIs) {
  int events = 0;
  Session session(tiny());
  Generation g = session.generate(kQuestion, greedy(),
                                  [&](const Event& e) { return e.phase != Phase::thinking || ++events < 4; });
  EXPECT_EQ(g.finish_reason, FinishReason::cancelled);
  EXPECT_EQ(g.usage.thinking_tokens, 4u);
  Generation again = session.generate(kQuestion, greedy());
  EXPECT_EQ(again.answer, Session(tiny()).generate(kQuestion, greedy()).answer);
}

TEST(Session, CancelFromAnotherThread) {
  Session session(tiny());
  GenerateOptions o = greedy();
  std::thread canceller;
  Generation g = session.generate(kQuestion, o, [&](const Event& e) {
    if (e.phase == Phase::thinking && !canceller.joinable()) {
      canceller = std::thread([&] { session.cancel(); });
      canceller.join();
      canceller = std::thread([] {});
    }
    return true;
  });
  canceller.join();
  EXPECT_EQ(g.finish_reason, FinishReason::cancelled);
}

TEST(Session, AnExceptionOfTheCallbackLeavesTheSessionUsable) {
  Session session(tiny());
  auto throwing = [](const Event& e) -> bool {
    if (e.phase == Phase::answer) throw std::runtime_error("enough");
    return true;
  };
  EXPECT_THROW(session.generate(kQuestion, greedy(), throwing), std::runtime_error);
  EXPECT_EQ(session.generate(kQuestion, greedy()).answer,
            Session(tiny()).generate(kQuestion, greedy()).answer);
}

TEST(Session, RefusesWhatCannotRun) {
  Session session(tiny());
  EXPECT_EQ(code_of([&] { session.complete_tokens({}); }), ErrorCode::invalid_argument);
  std::vector<TokenId> outside = {static_cast<TokenId>(tiny().info().vocab_size)};
  EXPECT_EQ(code_of([&] { session.complete_tokens(outside); }), ErrorCode::invalid_argument);
  std::vector<TokenId> too_long(tiny().info().context_length, 1);
  EXPECT_EQ(code_of([&] { session.complete_tokens(too_long); }), ErrorCode::context_full);
  SessionOptions huge;
  huge.context = tiny().info().context_length + 1;
  EXPECT_EQ(code_of([&] { Session s(tiny(), huge); }), ErrorCode::invalid_argument);
  GenerateOptions bad = greedy();
  bad.sampling.temperature = -1;
  EXPECT_EQ(code_of([&] { session.generate(kQuestion, bad); }), ErrorCode::invalid_argument);
  EXPECT_NO_THROW(session.generate(kQuestion, greedy()));
}

// A context that the model's memory limit has no room for is refused when it is asked for, not in mid-answer.
TEST(Session, AContextBeyondTheMemoryLimitIsRefused) {
  const ModelInfo& info = tiny().info();
  const uint64_t cache = 2048 * Model::cache_bytes_per_token(info, CacheType::f16);
  LoadOptions load;
  load.memory_limit = Model::estimate_memory(Model::describe_embedded(), 2048).total - cache / 2;
  const Model model = Model::embedded(load);
  test::expect_error(ErrorCode::out_of_memory, {"2048 positions"},
                     [&] { Session(model, {.context = 2048}); });
  test::expect_error(ErrorCode::out_of_memory, {"2048 positions"}, [&] { Batch(model, {.context = 2048}); });
  EXPECT_EQ(Session(model, {.context = 512}).context(), 512u);
}

TEST(Session, AConversationWithoutMessagesIsRefused) {
  Session session(tiny());
  test::expect_error(ErrorCode::invalid_argument, {"messages"}, [&] { session.generate({}); });
  Batch batch(tiny());
  test::expect_error(ErrorCode::invalid_argument, {"messages"}, [&] { batch.add({}); });
}

TEST(Session, ARenderedChatHasOneBeginToken) {
  Session session(tiny());
  const Generation chat = session.generate(kQuestion, greedy());
  const Generation text = Session(tiny()).complete(tiny().render_chat(kQuestion), greedy());
  EXPECT_EQ(text.usage.prompt_tokens, chat.usage.prompt_tokens);
  EXPECT_EQ(text.answer, chat.answer);
  Session plain(tiny());
  plain.complete("What is", {.max_tokens = 1});
  EXPECT_EQ(plain.tokens()[0], session.tokens()[0]) << "a text without one has it put in front";
}

TEST(Session, RawTextContinues) {
  GenerateOptions o = greedy();
  o.max_tokens = 8;
  Generation g = Session(tiny()).complete("What is", o);
  EXPECT_TRUE(g.thinking.empty() || !g.ended_in_thinking || g.usage.thinking_tokens > 0);
  EXPECT_GT(g.usage.prompt_tokens, 1u);
}

TEST(Session, ControlTokensInATextSayNothing) {
  GenerateOptions options = greedy();
  options.max_tokens = 5;
  options.thinking.budget = 0;
  const TokenId begin = tiny().tokenize("<｜begin▁of▁sentence｜>").back();
  options.sampling.logit_bias = {{begin, 1000.0f}};
  Session session(tiny());
  std::string events;
  const Generation g = session.generate(kQuestion, options, [&](const Event& event) {
    events += event.text;
    return true;
  });
  EXPECT_EQ(g.usage.answer_tokens, 5u);
  EXPECT_EQ(g.answer, "");
  EXPECT_EQ(events, "");
}

}  // namespace
}  // namespace reckon
