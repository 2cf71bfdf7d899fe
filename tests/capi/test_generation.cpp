// Generation through the C interface, on the embedded model.
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <reckon/session.hpp>

#include "capi/owned.hpp"

namespace reckon::test {
namespace {

Generation expected_generation() {
  GenerateOptions options;
  options.sampling.temperature = 0;
  const std::vector<Message> messages = {{"user", kQuestion.content}};
  return Session(Model::embedded()).generate(messages, options);
}

ResultHandle generate(reckon_session* session, const reckon_generate_options& options,
                      reckon_event_function on_event = nullptr, void* data = nullptr) {
  const reckon_prompt prompt = question();
  reckon_result* result = nullptr;
  reckon_error* error = nullptr;
  EXPECT_EQ(reckon_session_generate(session, &prompt, &options, on_event, data, &result, &error), RECKON_OK)
      << reckon_error_message(error);
  return ResultHandle(result);
}

struct Heard {
  std::string thinking, answer;
  int32_t last_phase = -1;
  uint64_t tokens = 0;
};

int listen(void* data, const reckon_event* event) {
  auto& heard = *static_cast<Heard*>(data);
  EXPECT_EQ(event->size, sizeof *event);
  EXPECT_EQ(event->text[event->text_length], '\0');
  if (event->phase == RECKON_PHASE_THINKING) heard.thinking.append(event->text, event->text_length);
  if (event->phase == RECKON_PHASE_ANSWER) heard.answer.append(event->text, event->text_length);
  if (event->token >= 0) heard.tokens++;
  heard.last_phase = event->phase;
  return 0;
}

TEST(CGeneration, IsThatOfTheCppInterface) {
  const Generation expected = expected_generation();
  Heard heard;
  const ResultHandle r = generate(new_session().get(), greedy(), listen, &heard);
  ASSERT_NE(r, nullptr);
  EXPECT_EQ(r->size, sizeof *r);
  EXPECT_EQ(std::string(r->thinking, r->thinking_length), expected.thinking);
  EXPECT_EQ(std::string(r->answer, r->answer_length), expected.answer);
  EXPECT_EQ(heard.thinking, expected.thinking);
  EXPECT_EQ(heard.answer, expected.answer);
  EXPECT_EQ(heard.last_phase, RECKON_PHASE_DONE);
  EXPECT_EQ(heard.tokens, r->thinking_tokens + r->answer_tokens);
  EXPECT_EQ(r->finish_reason, RECKON_FINISH_STOP);
  EXPECT_EQ(r->thought_end, RECKON_THOUGHT_MODEL);
  EXPECT_EQ(r->prompt_tokens, expected.usage.prompt_tokens);
  EXPECT_EQ(r->thinking_tokens, expected.usage.thinking_tokens);
  EXPECT_EQ(r->answer_tokens, expected.usage.answer_tokens);
  EXPECT_GT(r->total_ms, 0);
}

TEST(CGeneration, TakesTheSameQuestionAsTextAndAsTokens) {
  const Generation expected = expected_generation();
  char* text = nullptr;
  size_t length = 0;
  ASSERT_EQ(reckon_model_render_chat(tiny(), &kQuestion, 1, &text, &length, nullptr), RECKON_OK);
  const Memory owned_text(text);
  reckon_tokenizer* t = nullptr;
  ASSERT_EQ(reckon_model_tokenizer(tiny(), &t, nullptr), RECKON_OK);
  const TokenizerHandle tokenizer(t);
  int32_t* tokens = nullptr;
  size_t count = 0;
  ASSERT_EQ(reckon_tokenize(t, text, length, 0, &tokens, &count, nullptr), RECKON_OK);
  const Memory owned_tokens(tokens);

  auto as_text = initialised(reckon_prompt_init), as_tokens = as_text;
  as_text.text = text;
  as_text.text_length = length;
  as_tokens.tokens = tokens;
  as_tokens.token_count = count;
  const reckon_generate_options options = greedy();
  for (const reckon_prompt& prompt : {as_text, as_tokens}) {
    reckon_result* result = nullptr;
    ASSERT_EQ(
        reckon_session_generate(new_session().get(), &prompt, &options, nullptr, nullptr, &result, nullptr),
        RECKON_OK);
    const ResultHandle r(result);
    EXPECT_EQ(std::string(r->answer), expected.answer);
  }
}

TEST(CGeneration, TheCallbackStopsIt) {
  const auto stop = [](void*, const reckon_event* event) {
    return int{event->phase == RECKON_PHASE_ANSWER && event->text_length > 0};
  };
  const SessionHandle session = new_session();
  const ResultHandle r = generate(session.get(), greedy(), stop);
  EXPECT_EQ(r->finish_reason, RECKON_FINISH_CANCELLED);
  const ResultHandle whole = generate(session.get(), greedy());
  EXPECT_EQ(whole->finish_reason, RECKON_FINISH_STOP) << "the session goes on";
  EXPECT_LT(r->answer_tokens, whole->answer_tokens);
}

TEST(CGeneration, AnExceptionOfTheCallbackIsAnError) {
  const auto fail = [](void*, const reckon_event*) -> int { throw std::logic_error("callback's own"); };
  const auto fail_strangely = [](void*, const reckon_event*) -> int { throw 7; };
  const SessionHandle session = new_session();
  const reckon_prompt prompt = question();
  reckon_result* result = nullptr;
  reckon_error* error = nullptr;
  reckon_status status =
      reckon_session_generate(session.get(), &prompt, nullptr, fail, nullptr, &result, &error);
  expect_failure(RECKON_INTERNAL, "callback's own", status, error);
  status = reckon_session_generate(session.get(), &prompt, nullptr, fail_strangely, nullptr, &result, &error);
  expect_failure(RECKON_INTERNAL, "not a std::exception", status, error);
  EXPECT_EQ(result, nullptr);
  EXPECT_NE(generate(session.get(), greedy()), nullptr) << "the session goes on";
}

TEST(CGeneration, ThinkingIsKeptWithinItsBudget) {
  reckon_generate_options options = greedy();
  options.thinking_budget = 4;
  options.thinking_grace = 0;
  options.budget_message = "Enough.";
  const ResultHandle r = generate(new_session().get(), options);
  EXPECT_EQ(r->finish_reason, RECKON_FINISH_BUDGET);
  EXPECT_EQ(r->thought_end, RECKON_THOUGHT_BUDGET);
  EXPECT_GT(r->inserted_tokens, 0U);
  EXPECT_NE(std::string(r->thinking).find("Enough."), std::string::npos);
}

TEST(CGeneration, TheAnswerHasTheFormAskedFor) {
  reckon_generate_options options = greedy();
  options.answer_form = RECKON_FORM_REGEX;
  options.answer_form_text = "[0-9]{3}";
  const ResultHandle r = generate(new_session().get(), options);
  EXPECT_EQ(r->answer_length, 3U);
  EXPECT_EQ(std::string(r->answer).find_first_not_of("0123456789"), std::string::npos) << r->answer;
}

TEST(CGeneration, EndThinkingIsHeardFromACallback) {
  const auto end = [](void* session, const reckon_event* event) {
    if (event->phase == RECKON_PHASE_THINKING)
      reckon_session_end_thinking(static_cast<reckon_session*>(session));
    return 0;
  };
  const SessionHandle session = new_session();
  const ResultHandle r = generate(session.get(), greedy(), end, session.get());
  EXPECT_EQ(r->thought_end, RECKON_THOUGHT_REQUESTED);
}

// A generation that would go on for long: the thought may not end.
reckon_generate_options endless(const std::vector<reckon_logit_bias>& bias) {
  reckon_generate_options options = greedy();
  options.logit_bias = bias.data();
  options.logit_bias_count = bias.size();
  options.loop_breaker = 0;
  options.answer_reserve = 0;
  return options;
}

TEST(CGeneration, IsCancelledFromAnotherThread) {
  const SessionHandle session = new_session();
  std::vector<reckon_logit_bias> bias;
  const Model model = Model::embedded();
  for (int32_t t = 0; t < static_cast<int32_t>(model.tokenizer().size()); t++) {
    if (model.is_end_token(t)) bias.push_back({t, -1e9f});
  }
  bias.push_back({model.tokenize("</think>").at(0), -1e9f});
  std::atomic<bool> thinking = false;
  std::thread other([&] {
    thinking.wait(false);
    reckon_session_cancel(session.get());
  });
  const auto tell = [](void* flag, const reckon_event* event) {
    if (event->phase != RECKON_PHASE_THINKING) return 0;
    static_cast<std::atomic<bool>*>(flag)->store(true);
    static_cast<std::atomic<bool>*>(flag)->notify_one();
    return 0;
  };
  const ResultHandle r = generate(session.get(), endless(bias), tell, &thinking);
  other.join();
  EXPECT_EQ(r->finish_reason, RECKON_FINISH_CANCELLED);
  EXPECT_NE(r->ended_in_thinking, 0);
}

TEST(CGeneration, ASessionOutlivesItsModelHandle) {
  reckon_model* model = nullptr;
  reckon_session* s = nullptr;
  ASSERT_EQ(reckon_model_embedded(nullptr, &model, nullptr), RECKON_OK);
  ASSERT_EQ(reckon_session_new(model, nullptr, &s, nullptr), RECKON_OK);
  const SessionHandle session(s);
  reckon_model_free(model);
  EXPECT_EQ(std::string(generate(s, greedy())->answer), expected_generation().answer);
  EXPECT_GT(reckon_session_cached_tokens(s), 0U);
  EXPECT_EQ(reckon_session_reset(s, nullptr), RECKON_OK);
  EXPECT_EQ(reckon_session_cached_tokens(s), 0U);
}

// --- pulled ---

Heard pull(reckon_session* session) {
  Heard heard;
  const reckon_event* event = nullptr;
  while (reckon_session_next(session, &event, nullptr) == RECKON_OK && event != nullptr)
    listen(&heard, event);
  EXPECT_EQ(event, nullptr);
  return heard;
}

void start(reckon_session* session) {
  const reckon_prompt prompt = question();
  const reckon_generate_options options = greedy();
  ASSERT_EQ(reckon_session_start(session, &prompt, &options, nullptr), RECKON_OK);
}

TEST(CPull, GivesWhatTheCallbackGets) {
  const Generation expected = expected_generation();
  const SessionHandle session = new_session();
  for (int round = 0; round < 2; round++) {
    start(session.get());
    const Heard heard = pull(session.get());
    EXPECT_EQ(heard.thinking, expected.thinking);
    EXPECT_EQ(heard.answer, expected.answer);
    EXPECT_EQ(heard.last_phase, RECKON_PHASE_DONE);
    reckon_result* result = nullptr;
    ASSERT_EQ(reckon_session_finish(session.get(), &result, nullptr), RECKON_OK);
    const ResultHandle r(result);
    EXPECT_EQ(std::string(r->answer), expected.answer);
    EXPECT_EQ(r->finish_reason, RECKON_FINISH_STOP);
  }
}

TEST(CPull, FinishEndsWhatHasNotEnded) {
  const SessionHandle session = new_session();
  start(session.get());
  const reckon_event* event = nullptr;
  do {
    ASSERT_EQ(reckon_session_next(session.get(), &event, nullptr), RECKON_OK);
    ASSERT_NE(event, nullptr);
  } while (event->phase != RECKON_PHASE_THINKING || event->text_length == 0);
  reckon_result* result = nullptr;
  ASSERT_EQ(reckon_session_finish(session.get(), &result, nullptr), RECKON_OK);
  const ResultHandle r(result);
  EXPECT_EQ(r->finish_reason, RECKON_FINISH_CANCELLED);
  EXPECT_GT(r->thinking_length, 0U);
  EXPECT_NE(generate(session.get(), greedy()), nullptr) << "the session goes on";
}

TEST(CPull, CancelIsHeard) {
  const SessionHandle session = new_session();
  start(session.get());
  const reckon_event* event = nullptr;
  ASSERT_EQ(reckon_session_next(session.get(), &event, nullptr), RECKON_OK);
  reckon_session_cancel(session.get());
  pull(session.get());
  reckon_result* result = nullptr;
  ASSERT_EQ(reckon_session_finish(session.get(), &result, nullptr), RECKON_OK);
  EXPECT_EQ(ResultHandle(result)->finish_reason, RECKON_FINISH_CANCELLED);
}

TEST(CPull, OneGenerationAtATime) {
  const SessionHandle session = new_session();
  const reckon_prompt prompt = question();
  reckon_result* result = nullptr;
  const reckon_event* event = nullptr;
  reckon_error* error = nullptr;
  EXPECT_EQ(reckon_session_next(session.get(), &event, nullptr), RECKON_OK);
  EXPECT_EQ(event, nullptr) << "nothing was started";
  reckon_status status = reckon_session_finish(session.get(), &result, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "started", status, error);
  start(session.get());
  status = reckon_session_start(session.get(), &prompt, nullptr, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "finish", status, error);
  status = reckon_session_generate(session.get(), &prompt, nullptr, nullptr, nullptr, &result, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "finish", status, error);
  status = reckon_session_reset(session.get(), &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "finish", status, error);
}

}  // namespace
}  // namespace reckon::test
