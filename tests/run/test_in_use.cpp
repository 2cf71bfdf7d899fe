// What is asked of a session or a batch in the middle of a generation is refused, and changes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "load/temp_dir.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

struct Call {
  const char* name;
  std::function<void(Session&)> make;
};

// Whatever would change or copy the session.
std::vector<Call> calls(const std::string& path) {
  return {{"generate", [](Session& s) { s.generate(kQuestion, greedy()); }},
          {"stream", [](Session& s) { s.stream(kQuestion, greedy()); }},
          {"resume", [](Session& s) { s.resume(greedy()); }},
          {"prepare", [](Session& s) { s.prepare(kQuestion); }},
          {"rewind", [](Session& s) { s.rewind(1); }},
          {"reset", [](Session& s) { s.reset(); }},
          {"fork", [](Session& s) { s.fork(); }},
          {"save", [path](Session& s) { s.save(path, {}); }},
          {"restore", [path](Session& s) { s.restore(path); }}};
}

void expect_refusals(Session& session, const std::string& path) {
  for (const Call& call : calls(path)) {
    SCOPED_TRACE(call.name);
    test::expect_error(ErrorCode::invalid_argument, {"is generating"}, [&] { call.make(session); });
  }
}

TEST(InUse, ACallbackCanNotChangeItsSession) {
  const test::TempDir folder;
  const std::string expected = Session(tiny()).generate(kQuestion, greedy()).answer;
  Session session(tiny());
  const Generation g = session.generate(kQuestion, greedy(), [&](const Event& event) {
    if (event.phase == Phase::thinking || event.phase == Phase::done) expect_refusals(session, folder / "s");
    return true;
  });
  EXPECT_EQ(g.answer, expected);
  EXPECT_FALSE(std::filesystem::exists(folder / "s"));
  session.reset();
  EXPECT_EQ(session.generate(kQuestion, greedy()).answer, expected);
}

TEST(InUse, ASessionWithAnOpenStreamWaits) {
  const test::TempDir folder;
  Session session(tiny());
  const std::string expected = Session(tiny()).generate(kQuestion, greedy()).answer;
  {
    Stream stream = session.stream(kQuestion, greedy());
    stream.next();
    expect_refusals(session, folder / "s");
    while (stream.next() != nullptr) {
    }
    EXPECT_EQ(stream.finish().answer, expected);
    session.rewind(1);
  }
  Stream dropped = session.stream(kQuestion, greedy());
  dropped.next();
  dropped.finish();
  EXPECT_EQ(session.generate(kQuestion, greedy()).answer, expected);
}

TEST(InUse, WhatIsAskedWhetherToStopCanNotGenerate) {
  const std::vector<Message> other = {{"user", "What is 12 * 11?"}};
  Session session(tiny());
  size_t asked = 0;
  session.prepare(other, [&] {
    asked++;
    test::expect_error(ErrorCode::invalid_argument, {"is generating"},
                       [&] { session.generate(kQuestion, greedy()); });
    return false;
  });
  EXPECT_GT(asked, 0u);
}

TEST(InUse, ACallbackOfABatchCanNotBeginAStep) {
  Batch batch(tiny());
  size_t events = 0;
  BatchRequest request;
  request.messages = kQuestion;
  request.options = greedy();
  request.on_event = [&](uint32_t, const Event&) {
    events++;
    test::expect_error(ErrorCode::invalid_argument, {"in a step"}, [&] { batch.step(); });
    return true;
  };
  batch.add(request);
  std::vector<BatchResult> results;
  while (!batch.idle()) {
    for (BatchResult& r : batch.step()) results.push_back(std::move(r));
  }
  EXPECT_GT(events, 0u);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].generation.finish_reason, FinishReason::stop);
}

// Whatever would change or copy the engine, of which `row` has the one sequence.
void expect_unchanged(Engine& engine, const BatchRow& row) {
  const std::function<void()> calls[] = {[&] {
                                           engine.forward({&row, 1});
                                         },
                                         [&] { engine.rewind(row.sequence, 0); },
                                         [&] { engine.remove(row.sequence); },
                                         [&] { engine.fork(row.sequence); },
                                         [&] { engine.branch(row.sequence); },
                                         [&] { engine.add_sequence(); },
                                         [&] { engine.import_kv(row.sequence, 1, [](size_t, auto) {}); }};
  for (const auto& call : calls) test::expect_error(ErrorCode::invalid_argument, {"in a step"}, call);
}

TEST(InUse, WhatIsAskedWhetherToStopCanNotChangeTheEngine) {
  Engine engine(tiny());
  const BatchRow row{engine.add_sequence(), 1, false};
  size_t asked = 0;
  engine.forward({&row, 1}, [&] {
    asked++;
    expect_unchanged(engine, row);
    return false;
  });
  EXPECT_GT(asked, 0u);
  EXPECT_EQ(engine.length(row.sequence), 1u);
}

TEST(InUse, WhatFillsPagesCanNotChangeTheEngine) {
  Engine engine(tiny());
  const BatchRow row{engine.add_sequence(), 1, true};
  size_t pages = 0;
  engine.import_kv(row.sequence, 130, [&](size_t, std::span<std::byte> page) {
    pages++;
    expect_unchanged(engine, row);
    std::ranges::fill(page, std::byte(0));
  });
  EXPECT_EQ(pages, 3u);
  EXPECT_EQ(engine.length(row.sequence), 130u);
  engine.forward({&row, 1});
  EXPECT_EQ(engine.length(row.sequence), 131u);
}

// The model computes one step at a time: another one on the same thread would wait for itself.
TEST(InUse, WhatIsAskedWhetherToStopCanNotUseTheModel) {
  Session session(tiny());
  const auto generates = [&] {
    test::expect_error(ErrorCode::invalid_argument, {"the model is in a step"},
                       [&] { session.generate(kQuestion, greedy()); });
    return false;
  };
  Engine engine(tiny());
  const BatchRow row{engine.add_sequence(), 1, false};
  EXPECT_TRUE(engine.forward({&row, 1}, generates));
  Batch batch(tiny());
  batch.add({.messages = kQuestion, .options = greedy()});
  EXPECT_TRUE(batch.step(generates).empty());
  EXPECT_EQ(session.generate(kQuestion, greedy()).answer,
            Session(tiny()).generate(kQuestion, greedy()).answer);
}

// Those of a batch are made when a step has been computed: they may ask for more.
TEST(InUse, ACallbackOfABatchCanAddARequest) {
  Batch batch(tiny());
  const BatchRequest second = {.messages = kQuestion, .options = greedy()};
  bool added = false;
  BatchRequest first = second;
  first.on_event = [&](uint32_t, const Event&) {
    if (!std::exchange(added, true)) batch.add(second);
    return true;
  };
  batch.add(first);
  std::vector<BatchResult> results;
  while (!batch.idle()) {
    for (BatchResult& r : batch.step()) results.push_back(std::move(r));
  }
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].generation.answer, results[1].generation.answer);
}

}  // namespace
}  // namespace reckon
