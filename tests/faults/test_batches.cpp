// Memory runs out at each allocation of batches, votes, engines and pools.
#include <reckon/reckon.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <stdexcept>

#include "faults/each_allocation.hpp"
#include "faults/small_model.hpp"
#include "support/thread_pool.hpp"

namespace reckon::test {
namespace {

BatchRequest request(uint32_t samples) {
  BatchRequest r;
  r.messages = kAsked;
  r.options.max_tokens = 12;
  r.options.thinking.budget = 4;
  r.options.sampling.seed = 3;
  r.samples = samples;
  return r;
}

using Texts = std::map<std::pair<RequestId, uint32_t>, std::string>;

std::string said_by(const BatchResult& r) { return r.generation.thinking + "|" + r.generation.answer; }

std::string joined(const Texts& texts) {
  std::string all;
  for (const auto& [of, text] : texts) all += text + "\n";
  return all;
}

Texts run_batch() {
  Batch batch = library([] { return Batch(small_model(), {.parallel = 3}); });
  for (const uint32_t samples : {3U, 2U}) {
    BatchRequest r = request(samples);
    library([&] { batch.add(std::move(r)); });
  }
  Texts texts;
  while (!batch.idle()) {
    for (const BatchResult& r : library([&] { return batch.step(); })) {
      if (r.error) throw *r.error;
      texts[{r.request, r.sample}] = said_by(r);
    }
  }
  return texts;
}

TEST(AllocationsOfBatches, AllSamplesOrAnError) {
  for (const Fail mode : {Fail::once, Fail::on})
    EachAllocation{.mode = mode}.run([] { return joined(run_batch()); });
}

// A step that has thrown for want of memory can be made again: every sample ends once, with the text it would
// have had or, at most one, with the error.
TEST(AllocationsOfBatches, ABatchGoesOnAfterAStepThatFailed) {
  const Texts expected = run_batch();
  int n_thrown = 0, n_errors = 0;
  for (uint64_t n = 1;; n++) {
    Batch batch(small_model(), {.parallel = 3});
    batch.add(request(3));
    batch.add(request(2));
    std::vector<BatchResult> results;
    results.reserve(expected.size());
    {
      const FailingAllocation failing(n, Fail::once);
      for (int steps = 0; !batch.idle(); steps++) {
        ASSERT_LT(steps, 1000) << "it never ends, with allocation " << n;
        try {
          for (BatchResult& r : batch.step()) results.push_back(std::move(r));
        } catch (const Error& e) {
          ASSERT_EQ(e.code(), ErrorCode::out_of_memory) << e.what();
          n_thrown++;
        }
      }
    }
    Texts texts;
    for (const BatchResult& r : results) {
      n_errors += r.error.has_value();
      ASSERT_TRUE(texts.emplace(std::pair(r.request, r.sample), said_by(r)).second) << n;
      if (r.error) continue;
      ASSERT_EQ(said_by(r), expected.at({r.request, r.sample})) << n;
    }
    ASSERT_EQ(texts.size(), expected.size()) << n;
    if (!FailingAllocation::happened()) break;
  }
  EXPECT_GT(n_thrown, 0);
  EXPECT_GT(n_errors, 0);
}

TEST(AllocationsOfBatches, AVote) {
  EachAllocation{}.run([] {
    GenerateOptions options = request(1).options;
    const VoteResult result =
        library([&] { return vote(small_model(), kAsked, options, {.samples = 4, .parallel = 2}); });
    for (const VoteSample& s : result.samples)
      if (s.state == SampleState::failed) throw Error(ErrorCode::out_of_memory, s.error);
    return result.winner ? result.winner->answer : "none";
  });
}

TEST(AllocationsOfBatches, ForksOfAnEngine) {
  Engine lasting(small_model());
  const auto run = [](Engine& engine) {
    const SequenceId first = library([&] { return engine.add_sequence(); });
    struct Removed {
      Engine& engine;
      SequenceId id;
      ~Removed() { engine.remove(id); }
    } const removed{engine, first};
    std::vector<BatchRow> rows;
    for (TokenId t = 1; t <= 70; t++) rows.push_back({first, t, t == 70});
    library([&] { engine.forward(rows); });
    const SequenceId second = library([&] { return engine.fork(first); });
    const Removed also{engine, second};
    engine.rewind(second, 65);
    const std::vector<BatchRow> last = {{first, 5, true}, {second, 6, true}};
    library([&] { engine.forward(last); });
    return std::to_string(hash_logits(engine.logits(0))) + std::to_string(hash_logits(engine.logits(1)));
  };
  EachAllocation{}.run([&] {
    Engine engine = library([] { return Engine(small_model()); });
    return run(engine);
  });
  const std::string expected = run(lasting);
  for (uint64_t n = 1;; n++) {
    {
      const FailingAllocation failing(n, Fail::once);
      EXPECT_EQ(text_of(outcome_of([&] { return run(lasting); }).wrong), "");
    }
    ASSERT_EQ(run(lasting), expected) << n;
    ASSERT_EQ(lasting.kv_bytes(), 0U) << "all pages are given back";
    if (!FailingAllocation::happened()) break;
  }
}

// What a pool's threads allocate.
TEST(AllocationsOfBatches, ThrownInAnyThreadOfAPool) {
  support::ThreadPool pool(4);
  const auto run = [&] {
    std::atomic<size_t> sum{0};
    pool.run(64, [&](size_t chunk, int) { sum += std::string(100 + chunk, 'x').size(); });
    return std::to_string(sum);
  };
  const std::string expected = run();
  for (const Fail mode : {Fail::once, Fail::on}) {
    for (uint64_t n = 1; n <= 64; n++) {
      bool thrown = false;
      {
        const FailingAllocation failing(n, mode);
        try {
          run();
        } catch (const std::bad_alloc&) {
          thrown = true;
        }
      }
      EXPECT_TRUE(thrown) << n;
      ASSERT_EQ(run(), expected);
    }
  }
}

// Threads that have begun are ended where the next one finds no memory.
TEST(AllocationsOfBatches, MakingAPool) {
  EachAllocation{}.run([] {
    try {
      support::ThreadPool pool(8);
      return std::to_string(pool.size());
    } catch (const std::bad_alloc&) {
      throw Error(ErrorCode::out_of_memory, "");
    }
  });
}

}  // namespace
}  // namespace reckon::test
