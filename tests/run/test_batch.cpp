// Many generations at once give what each gives alone.
#include <reckon/batch.hpp>

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include <reckon/reckon.hpp>

#include "run/tiny_model.hpp"

namespace reckon {
namespace {

using Key = std::pair<RequestId, uint32_t>;

std::vector<Message> question(int i) {
  return {{"user", "What is " + std::to_string(1234 + 77 * i) + " + " + std::to_string(4821 - 31 * i) + "?"}};
}

BatchRequest request(int i, uint32_t samples, float temperature = 1) {
  BatchRequest r;
  r.messages = question(i);
  r.options.sampling.temperature = temperature;
  r.options.sampling.seed = 100 * static_cast<uint64_t>(i);
  r.samples = samples;
  return r;
}

std::map<Key, BatchResult> run(Batch& batch) {
  std::map<Key, BatchResult> results;
  while (!batch.idle()) {
    for (BatchResult& r : batch.step()) {
      const Key key{r.request, r.sample};
      EXPECT_TRUE(results.emplace(key, std::move(r)).second) << "a sample ends once";
    }
  }
  EXPECT_EQ(batch.running(), 0u);
  EXPECT_EQ(batch.waiting(), 0u);
  return results;
}

void expect_alone(const BatchResult& result, const BatchRequest& r) {
  ASSERT_FALSE(result.error.has_value()) << result.error->what();
  GenerateOptions options = r.options;
  options.sampling.seed += result.sample;
  Session session(tiny());
  const Generation alone = session.generate(r.messages, options);
  const Generation& g = result.generation;
  const std::string what =
      "request " + std::to_string(result.request) + ", sample " + std::to_string(result.sample);
  EXPECT_EQ(g.thinking, alone.thinking) << what;
  EXPECT_EQ(g.answer, alone.answer) << what;
  EXPECT_EQ(g.finish_reason, alone.finish_reason) << what;
  EXPECT_EQ(g.seed, alone.seed) << what;
  EXPECT_EQ(g.usage.thinking_tokens, alone.usage.thinking_tokens) << what;
  EXPECT_EQ(g.usage.answer_tokens, alone.usage.answer_tokens) << what;
}

TEST(Batch, GivesWhatSessionsGive) {
  for (uint32_t parallel : {1u, 3u, 16u}) {
    Batch batch(tiny(), {.parallel = parallel});
    std::map<RequestId, BatchRequest> requests;
    for (int i = 0; i < 4; i++) {
      const BatchRequest r = request(i, i % 2 == 0 ? 1 : 4);
      requests[batch.add(r)] = r;
    }
    const auto results = run(batch);
    EXPECT_EQ(results.size(), 10u);
    for (const auto& [key, result] : results) expect_alone(result, requests[key.first]);
  }
}

TEST(Batch, DraftsChangeNothing) {
  for (int drafts : {0, 4, -1}) {
    Batch batch(tiny(), {.parallel = 4});
    BatchRequest r = request(2, 4);
    r.options.draft_tokens = drafts;
    batch.add(r);
    uint64_t drafted = 0;
    for (const auto& [key, result] : run(batch)) {
      expect_alone(result, r);
      drafted += result.generation.speculation.drafted_tokens;
    }
    EXPECT_EQ(drafted > 0, drafts != 0) << drafts;
  }
}

TEST(Batch, ComputesASharedPromptOnce) {
  Batch batch(tiny(), {.parallel = 2});
  batch.add(request(1, 5));
  for (const auto& [key, result] : run(batch)) {
    const Usage& usage = result.generation.usage;
    EXPECT_EQ(usage.cached_tokens, key.second == 0 ? 0 : usage.prompt_tokens - 1) << key.second;
  }
}

TEST(Batch, NoMoreRunThanMay) {
  Batch batch(tiny(), {.parallel = 3});
  for (int i = 0; i < 5; i++) batch.add(request(i, 2));
  EXPECT_EQ(batch.waiting(), 10u);
  uint32_t most = 0;
  while (!batch.idle()) {
    batch.step();
    most = std::max(most, batch.running());
  }
  EXPECT_EQ(most, 3u);
}

TEST(Batch, ARequestThatIsAddedLaterRunsBesideTheOthers) {
  Batch batch(tiny(), {.parallel = 4});
  const BatchRequest first = request(0, 1), second = request(1, 1);
  batch.add(first);
  std::vector<BatchResult> results = batch.step();
  EXPECT_TRUE(results.empty());
  batch.add(second);
  batch.step();
  EXPECT_EQ(batch.running(), 2u);
  const auto rest = run(batch);
  expect_alone(rest.at({0, 0}), first);
  expect_alone(rest.at({1, 0}), second);
}

TEST(Batch, EventsNameTheirSample) {
  Batch batch(tiny(), {.parallel = 3});
  BatchRequest r = request(0, 3);
  std::map<uint32_t, std::string> answers;
  r.on_event = [&](uint32_t sample, const Event& e) {
    if (e.phase == Phase::answer) answers[sample] += e.text;
    return true;
  };
  batch.add(r);
  for (const auto& [key, result] : run(batch)) EXPECT_EQ(answers[key.second], result.generation.answer);
  EXPECT_EQ(answers.size(), 3u);
}

TEST(Batch, ACallbackEndsItsSampleOnly) {
  Batch batch(tiny(), {.parallel = 3});
  BatchRequest r = request(0, 3);
  r.on_event = [](uint32_t sample, const Event& e) { return sample != 1 || e.phase != Phase::thinking; };
  batch.add(r);
  auto results = run(batch);
  EXPECT_EQ(results.at({0, 1}).generation.finish_reason, FinishReason::cancelled);
  r.on_event = {};
  expect_alone(results.at({0, 0}), r);
  expect_alone(results.at({0, 2}), r);
}

TEST(Batch, CancelsRequestsAndSamplesBegunOrNot) {
  Batch batch(tiny(), {.parallel = 2});
  const BatchRequest r = request(0, 4);
  const RequestId kept = batch.add(r), dropped = batch.add(request(1, 3));
  batch.step();
  batch.cancel(kept, 1);
  batch.cancel(kept, 3);
  batch.cancel(dropped);
  batch.cancel(99);
  auto results = run(batch);
  EXPECT_EQ(results.size(), 7u);
  for (uint32_t i : {1u, 3u}) {
    EXPECT_EQ(results.at({kept, i}).generation.finish_reason, FinishReason::cancelled) << i;
  }
  for (uint32_t i : {0u, 2u}) expect_alone(results.at({kept, i}), r);
  for (uint32_t i = 0; i < 3; i++) {
    EXPECT_EQ(results.at({dropped, i}).generation.finish_reason, FinishReason::cancelled);
  }
}

TEST(Batch, CancelsFromAnotherThread) {
  Batch batch(tiny(), {.parallel = 8});
  for (int i = 0; i < 4; i++) batch.add(request(i, 8));
  std::thread other([&] {
    for (RequestId id = 0; id < 4; id++) {
      batch.end_thinking(id, 0);
      batch.cancel(id);
    }
  });
  const auto results = run(batch);
  other.join();
  EXPECT_EQ(results.size(), 32u);
}

TEST(Batch, CancelledBeforeTheyBeganSamplesEndAtOnce) {
  Batch batch(tiny(), {.parallel = 1});
  const RequestId first = batch.add(request(0, 3));
  BatchRequest many = request(1, 60'000);
  many.on_event = [](uint32_t, const Event&) -> bool { throw std::logic_error("none of them runs"); };
  const RequestId second = batch.add(std::move(many));
  EXPECT_TRUE(batch.step().empty());
  batch.cancel(second);
  batch.cancel(first, 2);
  batch.cancel(first, 3);
  std::set<Key> ended;
  for (const BatchResult& r : batch.step()) {
    EXPECT_EQ(r.generation.finish_reason, FinishReason::cancelled);
    EXPECT_EQ(r.generation.seed, 100 * r.request + r.sample);
    EXPECT_TRUE(ended.insert({r.request, r.sample}).second);
  }
  EXPECT_EQ(ended.size(), 60'001u);
  EXPECT_TRUE(ended.contains({first, 2}));
  EXPECT_EQ(batch.waiting(), 1u);
  const auto rest = run(batch);
  EXPECT_EQ(rest.size(), 2u);
  expect_alone(rest.at({first, 1}), request(0, 3));
}

TEST(Batch, WhatACallbackHoldsMayCancelWhenItIsDestroyed) {
  Batch batch(tiny(), {.parallel = 2});
  int destroyed = 0;
  {
    const auto job = std::shared_ptr<Batch>(&batch, [&destroyed](Batch* b) {
      b->cancel(0);
      destroyed++;
    });
    BatchRequest r = request(0, 2);
    r.on_event = [job](uint32_t, const Event&) { return true; };
    batch.add(std::move(r));
  }
  EXPECT_EQ(run(batch).size(), 2u);
  EXPECT_EQ(destroyed, 1);
}

// Also with the last event, which comes while the batch accounts for what has ended.
TEST(Batch, CallbacksMayCallWhatAnyThreadMay) {
  Batch batch(tiny(), {.parallel = 2});
  std::map<Phase, int> calls;
  BatchRequest r = request(0, 3);
  r.on_event = [&](uint32_t sample, const Event& e) {
    calls[e.phase]++;
    if (e.phase == Phase::done) batch.cancel(0, sample);
    if (sample == 1) batch.end_thinking(0, sample);
    if (sample == 0 && e.phase == Phase::answer) batch.cancel(0, 2);
    return true;
  };
  ASSERT_EQ(batch.add(r), 0u);
  const auto results = run(batch);
  EXPECT_EQ(results.at({0, 1}).generation.thought_end, ThoughtEnd::requested);
  EXPECT_EQ(results.at({0, 2}).generation.finish_reason, FinishReason::cancelled);
  EXPECT_EQ(calls[Phase::done], 3);
}

TEST(Batch, RaisesTheBudgetOfOneSample) {
  Batch batch(tiny(), {.parallel = 3});
  BatchRequest r = request(0, 3);
  r.options.thinking.budget = 5;
  r.options.thinking.grace = 0;
  std::set<uint32_t> raised;
  r.on_event = [&](uint32_t sample, const Event& e) {
    if (e.phase == Phase::thinking && sample == 1 && raised.insert(sample).second) batch.add_budget(0, 1, 7);
    return true;
  };
  batch.add(r);
  batch.add_budget(99, 0, 1);
  batch.add_budget(0, 99, 1);
  const auto results = run(batch);
  const uint64_t first = results.at({0, 0}).generation.usage.thinking_tokens;
  EXPECT_EQ(results.at({0, 1}).generation.usage.thinking_tokens, first + 7);
  EXPECT_EQ(results.at({0, 2}).generation.usage.thinking_tokens, first);
}

TEST(Batch, RefusesBadRequestsAndGoesOn) {
  Batch batch(tiny(), {.parallel = 2, .context = 64});
  const auto expect_refused = [&](const BatchRequest& r, ErrorCode code) {
    try {
      batch.add(r);
      ADD_FAILURE() << "taken";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), code) << e.what();
    }
  };
  BatchRequest r = request(0, 0);
  expect_refused(r, ErrorCode::invalid_argument);
  r = request(0, 1);
  r.options.sampling.top_p = 2;
  expect_refused(r, ErrorCode::invalid_argument);
  r = request(0, 1);
  r.options.stop = {""};
  expect_refused(r, ErrorCode::invalid_argument);
  r = request(0, 1);
  r.options.answer_form = {AnswerForm::Kind::regex, "("};
  expect_refused(r, ErrorCode::invalid_argument);
  r = request(0, 1);
  r.text = "both";
  expect_refused(r, ErrorCode::invalid_argument);
  r = {.text = "both", .tokens = {{1, 2}}};
  expect_refused(r, ErrorCode::invalid_argument);
  r = {.tokens = {{1, -2}}};
  expect_refused(r, ErrorCode::invalid_argument);
  r = {.tokens = {{1, 2}}};
  r.options.no_think = true;
  expect_refused(r, ErrorCode::invalid_argument);
  r = request(0, 1);
  r.messages[0].content.assign(1000, '7');
  expect_refused(r, ErrorCode::context_full);
  EXPECT_TRUE(batch.idle());
  batch.add(request(0, 1));
  EXPECT_EQ(run(batch).size(), 1u);
  EXPECT_THROW(Batch(tiny(), {.parallel = 0}), Error);
  EXPECT_THROW(Batch(tiny(), {.parallel = 257}), Error);
}

class BatchCallback : public ::testing::TestWithParam<Phase> {};

INSTANTIATE_TEST_SUITE_P(Phases, BatchCallback,
                         ::testing::Values(Phase::prompt, Phase::thinking, Phase::answer),
                         [](const auto& phase) { return to_string(phase.param); });

TEST_P(BatchCallback, WhatItThrowsComesOutAndTheRestGoesOn) {
  Batch batch(tiny(), {.parallel = 3});
  BatchRequest r = request(0, 1);
  r.on_event = [](uint32_t, const Event& e) -> bool {
    if (e.phase == GetParam()) throw std::runtime_error("enough");
    return true;
  };
  batch.add(r);
  const BatchRequest other = request(1, 2);
  const RequestId id = batch.add(other);
  std::map<Key, BatchResult> results;
  int thrown = 0;
  while (!batch.idle() && thrown < 3) {
    try {
      for (BatchResult& result : batch.step()) results.emplace(Key{result.request, result.sample}, result);
    } catch (const std::runtime_error&) {
      thrown++;
    }
  }
  EXPECT_EQ(thrown, 1);
  for (uint32_t i : {0u, 1u}) expect_alone(results.at({id, i}), other);
}

// ---- where memory ends ----

Model with_limit(uint64_t bytes) {
  LoadOptions options;
  options.memory_limit = bytes;
  return Model::embedded(options);
}

// A model whose caches may hold so many pages: the least limit with which it loads leaves room for one.
Model with_cache_pages(uint64_t pages) {
  uint64_t refused = 1 << 20, taken = uint64_t{1} << 30;
  while (taken - refused > 1) {
    const uint64_t middle = (refused + taken) / 2;
    try {
      with_limit(middle);
      taken = middle;
    } catch (const Error&) {
      refused = middle;
    }
  }
  const uint64_t page = Model::cache_bytes_per_token(tiny().info(), CacheType::f16) * 64;
  return with_limit(taken + (pages - 1) * page);
}

TEST(Batch, GivesWayWhereMemoryEndsAndLosesNothing) {
  const Model model = with_cache_pages(9);
  Batch batch(model, {.parallel = 8});
  const BatchRequest r = request(3, 8);
  batch.add(r);
  uint32_t most = 0;
  bool gave_way = false;
  std::map<Key, BatchResult> results;
  while (!batch.idle()) {
    for (BatchResult& result : batch.step()) results.emplace(Key{result.request, result.sample}, result);
    gave_way |= batch.running() < most && batch.waiting() > 0;
    most = std::max(most, batch.running());
  }
  EXPECT_TRUE(gave_way) << "or the test has tested nothing; at most " << most << " ran";
  EXPECT_EQ(results.size(), 8u);
  for (const auto& [key, result] : results) expect_alone(result, r);
}

TEST(Batch, ASampleThatWaitsForMemoryIsCancelledAtTheNextStep) {
  const Model model = with_cache_pages(9);
  Batch batch(model, {.parallel = 8});
  const RequestId id = batch.add(request(3, 8));
  while (batch.running() < 8) batch.step();
  while (batch.running() == 8) ASSERT_TRUE(batch.step().empty()) << "none waits for memory";
  const uint32_t waiting = batch.waiting(), running = batch.running();
  ASSERT_GT(waiting, 0u);
  for (uint32_t sample = running; sample < 8; sample++) batch.cancel(id, sample);
  const std::vector<BatchResult> ended = batch.step();
  EXPECT_EQ(ended.size(), waiting);
  for (const BatchResult& result : ended) EXPECT_EQ(result.generation.finish_reason, FinishReason::cancelled);
  EXPECT_EQ(batch.running(), running);
}

TEST(Batch, ASampleThatDoesNotFitAloneEndsWithTheError) {
  const Model model = with_cache_pages(1);
  Batch batch(model, {.parallel = 2});
  BatchRequest r = request(0, 1);
  r.options.thinking.loop_breaker = false;
  batch.add(r);
  const auto results = run(batch);
  ASSERT_TRUE(results.at({0, 0}).error.has_value());
  EXPECT_EQ(results.at({0, 0}).error->code(), ErrorCode::out_of_memory);
}

TEST(Batch, GivesItsMemoryBack) {
  const Model model = with_cache_pages(9);
  for (int i = 0; i < 3; i++) {
    Batch batch(model, {.parallel = 2});
    batch.add(request(i, 2));
    for (const auto& [key, result] : run(batch)) EXPECT_FALSE(result.error.has_value());
  }
  const Session session(model);
  Session(model).generate(question(1));
}

}  // namespace
}  // namespace reckon
