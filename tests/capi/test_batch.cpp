// Batches through the C interface.
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

#include <reckon/batch.hpp>
#include <reckon/session.hpp>

#include "capi/owned.hpp"

namespace reckon::test {
namespace {

BatchHandle new_batch(uint32_t parallel = 4) {
  auto options = initialised(reckon_batch_options_init);
  options.parallel = parallel;
  reckon_batch* batch = nullptr;
  EXPECT_EQ(reckon_batch_new(tiny(), &options, &batch, nullptr), RECKON_OK);
  return BatchHandle(batch);
}

reckon_generate_options warm(uint64_t seed) {
  auto options = initialised(reckon_generate_options_init);
  options.temperature = 1;
  options.seed = seed;
  return options;
}

uint64_t add(reckon_batch* batch, const reckon_prompt& prompt, const reckon_generate_options& options,
             uint32_t samples, reckon_sample_event_function on_event = nullptr, void* data = nullptr) {
  auto request = initialised(reckon_batch_request_init);
  request.prompt = &prompt;
  request.options = &options;
  request.samples = samples;
  request.on_event = on_event;
  request.data = data;
  uint64_t id = UINT64_MAX;
  reckon_error* error = nullptr;
  EXPECT_EQ(reckon_batch_add(batch, &request, &id, &error), RECKON_OK) << reckon_error_message(error);
  return id;
}

void take_all(reckon_batch* batch, std::vector<BatchResultHandle>& results) {
  reckon_batch_result* ended = nullptr;
  while (reckon_batch_take(batch, &ended, nullptr) == RECKON_OK && ended != nullptr) {
    results.emplace_back(ended);
  }
  EXPECT_EQ(ended, nullptr);
}

std::vector<BatchResultHandle> run(reckon_batch* batch) {
  std::vector<BatchResultHandle> results;
  while (!reckon_batch_idle(batch)) {
    EXPECT_EQ(reckon_batch_step(batch, nullptr), RECKON_OK);
    take_all(batch, results);
  }
  return results;
}

TEST(CBatch, GivesWhatSessionsGive) {
  const BatchHandle batch = new_batch();
  const uint64_t first = add(batch.get(), question(), warm(10), 3);
  const uint64_t second = add(batch.get(), question(), warm(20), 2);
  EXPECT_NE(first, second);
  EXPECT_EQ(reckon_batch_waiting(batch.get()), 5U);
  const auto results = run(batch.get());
  ASSERT_EQ(results.size(), 5U);
  std::set<std::pair<uint64_t, uint32_t>> seen;
  for (const auto& r : results) {
    EXPECT_EQ(r->size, sizeof *r);
    ASSERT_EQ(r->status, RECKON_OK) << r->message;
    EXPECT_STREQ(r->message, "");
    EXPECT_TRUE(seen.emplace(r->request, r->sample).second);
    GenerateOptions alone;
    alone.sampling.temperature = 1;
    alone.sampling.seed = (r->request == first ? 10 : 20) + r->sample;
    const std::vector<Message> messages = {{"user", kQuestion.content}};
    const Generation expected = Session(Model::embedded()).generate(messages, alone);
    EXPECT_EQ(r->result->thinking, expected.thinking);
    EXPECT_EQ(r->result->answer, expected.answer);
    EXPECT_EQ(r->result->seed, expected.seed);
  }
  EXPECT_EQ(reckon_batch_running(batch.get()), 0U);
}

TEST(CBatch, TakesTextsAndTokens) {
  char* text = nullptr;
  size_t length = 0, count = 0;
  ASSERT_EQ(reckon_model_render_chat(tiny(), &kQuestion, 1, &text, &length, nullptr), RECKON_OK);
  const Memory owned_text(text);
  reckon_tokenizer* tokenizer = nullptr;
  ASSERT_EQ(reckon_model_tokenizer(tiny(), &tokenizer, nullptr), RECKON_OK);
  const TokenizerHandle owned_tokenizer(tokenizer);
  int32_t* tokens = nullptr;
  ASSERT_EQ(reckon_tokenize(tokenizer, text, length, 0, &tokens, &count, nullptr), RECKON_OK);
  const Memory owned_tokens(tokens);
  auto as_text = initialised(reckon_prompt_init), as_tokens = as_text;
  as_text.text = text;
  as_text.text_length = length;
  as_tokens.tokens = tokens;
  as_tokens.token_count = count;
  const BatchHandle batch = new_batch();
  for (const reckon_prompt& prompt : {question(), as_text, as_tokens}) add(batch.get(), prompt, greedy(), 1);
  const auto results = run(batch.get());
  ASSERT_EQ(results.size(), 3U);
  for (const auto& r : results) EXPECT_STREQ(r->result->answer, results[0]->result->answer);
}

TEST(CBatch, EventsNameTheirSampleAndEndItAlone) {
  std::map<uint32_t, std::string> answers;
  const auto listen = [](void* data, uint32_t sample, const reckon_event* event) {
    EXPECT_EQ(event->size, sizeof *event);
    auto& all = *static_cast<std::map<uint32_t, std::string>*>(data);
    if (event->phase == RECKON_PHASE_ANSWER) all[sample].append(event->text, event->text_length);
    return int{sample == 1 && event->phase == RECKON_PHASE_THINKING};
  };
  const BatchHandle batch = new_batch();
  add(batch.get(), question(), warm(10), 3, listen, &answers);
  for (const auto& r : run(batch.get())) {
    EXPECT_EQ(r->result->finish_reason == RECKON_FINISH_CANCELLED, r->sample == 1);
    EXPECT_EQ(r->result->answer, answers[r->sample]);
  }
}

TEST(CBatch, KeepsWhatEndsUntilItIsTaken) {
  const BatchHandle batch = new_batch(2);
  add(batch.get(), question(), warm(10), 5);
  std::vector<BatchResultHandle> results;
  while (reckon_batch_idle(batch.get()) == 0) {
    ASSERT_EQ(reckon_batch_step(batch.get(), nullptr), RECKON_OK);
  }
  take_all(batch.get(), results);
  std::set<uint32_t> samples;
  for (const auto& r : results) samples.insert(r->sample);
  EXPECT_EQ(results.size(), 5U);
  EXPECT_EQ(samples.size(), 5U);
}

int stop_at_once(void* data) {
  ++*static_cast<int*>(data);
  return 1;
}

TEST(CBatch, AStepThatIsStoppedIsComputedAgain) {
  const BatchHandle batch = new_batch(1);
  add(batch.get(), question(), warm(10), 1);
  int asked = 0;
  ASSERT_EQ(reckon_batch_step_until(batch.get(), stop_at_once, &asked, nullptr), RECKON_OK);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(reckon_batch_running(batch.get()), 1U);
  const std::vector<BatchResultHandle> results = run(batch.get());
  const BatchHandle other = new_batch(1);
  add(other.get(), question(), warm(10), 1);
  const std::vector<BatchResultHandle> expected = run(other.get());
  ASSERT_EQ(results.size(), 1U);
  ASSERT_EQ(expected.size(), 1U);
  EXPECT_STREQ(results[0]->result->answer, expected[0]->result->answer);
}

TEST(CBatch, CancelsAndEndsThinkingFromAnotherThread) {
  const BatchHandle batch = new_batch(2);
  const uint64_t whole = add(batch.get(), question(), warm(1), 3);
  const uint64_t partly = add(batch.get(), question(), warm(5), 3);
  std::vector<BatchResultHandle> results;
  while (reckon_batch_running(batch.get()) < 2) {
    ASSERT_EQ(reckon_batch_step(batch.get(), nullptr), RECKON_OK);
    take_all(batch.get(), results);
  }
  std::thread([&] {
    EXPECT_EQ(reckon_batch_end_thinking(batch.get(), whole, 0, nullptr), RECKON_OK);
    EXPECT_EQ(reckon_batch_add_budget(batch.get(), whole, 1, 5, nullptr), RECKON_OK);
    EXPECT_EQ(reckon_batch_cancel_sample(batch.get(), partly, 2, nullptr), RECKON_OK);
    EXPECT_EQ(reckon_batch_cancel_sample(batch.get(), whole, 2, nullptr), RECKON_OK);
    EXPECT_EQ(reckon_batch_cancel(batch.get(), 999, nullptr), RECKON_OK) << "not known: ignored";
  }).join();
  for (auto& r : run(batch.get())) results.push_back(std::move(r));
  ASSERT_EQ(results.size(), 6U);
  for (const auto& r : results) {
    EXPECT_EQ(r->result->finish_reason == RECKON_FINISH_CANCELLED, r->sample == 2);
    if (r->request == whole && r->sample == 0) {
      EXPECT_EQ(r->result->thought_end, RECKON_THOUGHT_REQUESTED);
    }
  }
  const uint64_t none = add(batch.get(), question(), warm(1), 3);
  ASSERT_EQ(reckon_batch_cancel(batch.get(), none, nullptr), RECKON_OK);
  for (const auto& r : run(batch.get())) EXPECT_EQ(r->result->finish_reason, RECKON_FINISH_CANCELLED);
}

// A request whose sample fails by itself has the error in its result; the others go on.
TEST(CBatch, AnErrorOfASampleIsItsResult) {
  auto load = initialised(reckon_load_options_init);
  reckon_description* d = nullptr;
  reckon_memory_estimate* need = nullptr;
  ASSERT_EQ(reckon_describe(nullptr, &d, nullptr), RECKON_OK);
  ASSERT_EQ(reckon_description_estimate_memory(d, 64, RECKON_CACHE_F16, &need, nullptr), RECKON_OK);
  load.memory_limit = need->weights + need->scratch + need->kv_cache;
  reckon_free(need);
  reckon_description_free(d);
  reckon_model* model = nullptr;
  ASSERT_EQ(reckon_model_embedded(&load, &model, nullptr), RECKON_OK);
  const ModelHandle owned(model);
  reckon_batch* b = nullptr;
  ASSERT_EQ(reckon_batch_new(model, nullptr, &b, nullptr), RECKON_OK);
  const BatchHandle batch(b);
  const std::vector<int32_t> tokens(200, 5);
  auto too_long = initialised(reckon_prompt_init);
  too_long.tokens = tokens.data();
  too_long.token_count = tokens.size();
  auto options = greedy();
  options.max_tokens = 1;
  add(b, too_long, options, 1);
  const auto results = run(b);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0]->status, RECKON_OUT_OF_MEMORY);
  EXPECT_EQ(results[0]->result, nullptr);
  EXPECT_NE(std::string(results[0]->message).find("KiB"), std::string::npos) << results[0]->message;
}

TEST(CBatch, AnExceptionOfACallbackIsAnErrorOfTheStep) {
  const auto fail = [](void*, uint32_t, const reckon_event*) -> int { throw std::logic_error("its own"); };
  const BatchHandle batch = new_batch();
  add(batch.get(), question(), warm(1), 1, fail);
  reckon_error* error = nullptr;
  reckon_status status = RECKON_OK;
  while (status == RECKON_OK && !reckon_batch_idle(batch.get())) {
    reckon_error_free(error);
    status = reckon_batch_step(batch.get(), &error);
  }
  expect_failure(RECKON_INTERNAL, "its own", status, error);
  add(batch.get(), question(), warm(1), 1);
  EXPECT_FALSE(run(batch.get()).empty()) << "the batch goes on";
}

TEST(CBatch, WhatIsNotTakenGoesWithTheBatch) {
  const BatchHandle batch = new_batch();
  auto short_answer = greedy();
  short_answer.max_tokens = 2;
  add(batch.get(), question(), short_answer, 4);
  while (!reckon_batch_idle(batch.get())) ASSERT_EQ(reckon_batch_step(batch.get(), nullptr), RECKON_OK);
}

TEST(CBatch, BadArgumentsAreRefused) {
  reckon_batch* none;
  uint64_t id;
  reckon_batch_result* result;
  const BatchHandle batch = new_batch();
  EXPECT_REFUSED("model", reckon_batch_new(nullptr, nullptr, &none, &error));
  EXPECT_REFUSED("out", reckon_batch_new(tiny(), nullptr, nullptr, &error));
  auto options = initialised(reckon_batch_options_init);
  options.parallel = 257;
  EXPECT_REFUSED("parallel 257", reckon_batch_new(tiny(), &options, &none, &error));
  options = initialised(reckon_batch_options_init);
  options.cache_type = 2;
  EXPECT_REFUSED("cache_type", reckon_batch_new(tiny(), &options, &none, &error));
  options.size = 3;
  EXPECT_REFUSED("options.size", reckon_batch_new(tiny(), &options, &none, &error));
  auto request = initialised(reckon_batch_request_init);
  EXPECT_EQ(request.samples, 1U);
  EXPECT_REFUSED("prompt", reckon_batch_add(batch.get(), &request, &id, &error));
  const reckon_prompt prompt = question();
  request.prompt = &prompt;
  EXPECT_REFUSED("batch", reckon_batch_add(nullptr, &request, &id, &error));
  EXPECT_REFUSED("request", reckon_batch_add(batch.get(), nullptr, &id, &error));
  EXPECT_REFUSED("id", reckon_batch_add(batch.get(), &request, nullptr, &error));
  request.samples = 0;
  EXPECT_REFUSED("samples 0", reckon_batch_add(batch.get(), &request, &id, &error));
  request.size = SIZE_MAX;
  EXPECT_REFUSED("request.size", reckon_batch_add(batch.get(), &request, &id, &error));
  EXPECT_REFUSED("batch", reckon_batch_step(nullptr, &error));
  EXPECT_REFUSED("batch", reckon_batch_take(nullptr, &result, &error));
  EXPECT_REFUSED("out", reckon_batch_take(batch.get(), nullptr, &error));
  EXPECT_REFUSED("batch", reckon_batch_cancel(nullptr, 0, &error));
  EXPECT_REFUSED("batch", reckon_batch_cancel_sample(nullptr, 0, 0, &error));
  EXPECT_REFUSED("batch", reckon_batch_end_thinking(nullptr, 0, 0, &error));
  EXPECT_REFUSED("batch", reckon_batch_add_budget(nullptr, 0, 0, 1, &error));
  reckon_batch_free(nullptr);
  reckon_batch_result_free(nullptr);
  EXPECT_NE(reckon_batch_idle(nullptr), 0);
  EXPECT_EQ(reckon_batch_running(nullptr), 0U);
  EXPECT_EQ(reckon_batch_waiting(nullptr), 0U);
  EXPECT_NE(reckon_batch_idle(batch.get()), 0) << "nothing was taken";
}

}  // namespace
}  // namespace reckon::test
