// Models loaded, shared and dropped by several threads.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <set>

#include <reckon/reckon.hpp>

#include "faults/small_model.hpp"
#include "load/temp_dir.hpp"
#include "threads/together.hpp"

namespace reckon::test {
namespace {

GenerateOptions short_options(uint64_t seed) {
  GenerateOptions o;
  o.sampling.seed = seed;
  o.max_tokens = 12;
  return o;
}

std::string generate(const Model& model, uint64_t seed) {
  return text_of(Session(model).generate(kAsked, short_options(seed)));
}

TEST(ThreadsLoading, ModelsOfOneProcessDontMeet) {
  const std::string expected = generate(small_model(), 1);
  together(3, [&](int i) {
    for (int n = 0; n < 4; n++) {
      const Model model = Model::from_memory(small_file(), "(here)", load_options(1 + i));
      EXPECT_EQ(generate(model, 1), expected);
    }
  });
}

// Its identity and its table for answer forms are made when somebody asks first.
TEST(ThreadsLoading, WhatIsMadeOnceIsMadeOnce) {
  for (int n = 0; n < 4; n++) {
    const Model model = Model::from_memory(small_file(), "(here)", load_options(2));
    std::mutex mutex;
    std::set<std::string> seen;
    together(4, [&](int) {
      GenerateOptions o = short_options(1);
      o.answer_form = {AnswerForm::Kind::regex, "[a-z]{3}"};
      o.thinking.budget = 0;
      const std::string one = model.identity() + text_of(Session(model).generate(kAsked, o)) +
                              model.render_chat(kAsked) + model.detokenize(model.tokenize("the inn"));
      const std::lock_guard lock(mutex);
      seen.insert(one);
    });
    EXPECT_EQ(seen.size(), 1U);
  }
}

// The last one who has it is another thread, and a session outlives the handle.
TEST(ThreadsLoading, TheLastOfManyDropsAModel) {
  for (int n = 0; n < 4; n++) {
    auto model = std::make_unique<Model>(Model::from_memory(small_file(), "(here)", load_options(2)));
    std::vector<std::unique_ptr<Session>> sessions;
    for (int i = 0; i < 3; i++) sessions.push_back(std::make_unique<Session>(*model));
    model.reset();
    together(3, [&](int i) {
      sessions[static_cast<size_t>(i)]->generate(kAsked, short_options(1));
      sessions[static_cast<size_t>(i)].reset();
    });
  }
}

// The reader is called on any of the model's threads, never on two at once; lines are logged from several.
TEST(ThreadsLoading, ReadersAreCalledOneAtATime) {
  std::atomic<int> inside{0}, calls{0};
  const auto read = [&](uint64_t offset, std::span<std::byte> to) {
    EXPECT_EQ(inside.fetch_add(1), 0);
    const size_t n = std::min<size_t>(to.size(), 500);
    std::memcpy(to.data(), small_file().data() + offset, n);
    calls++;
    inside--;
    return n;
  };
  std::mutex mutex;
  std::vector<std::string> lines;
  LoadOptions options = load_options(3);
  options.log = [&](LogLevel, std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(line);
  };
  const Model model = Model::from_reader(small_file().size(), read, "box", options);
  const int after_loading = calls;
  const size_t lines_of_a_load = lines.size();
  EXPECT_GT(lines_of_a_load, 0U);
  const std::string expected = generate(model, 5);
  together(3, [&](int) { EXPECT_EQ(generate(model, 5), expected); });
  EXPECT_GT(calls, after_loading);
  together(2, [&](int) { Model::from_memory(small_file(), "(here)", options); });
  EXPECT_EQ(lines.size(), 3 * lines_of_a_load);
}

// What sessions may take together is counted on all threads.
TEST(ThreadsLoading, AMemoryLimitHoldsForAllSessionsTogether) {
  LoadOptions options = load_options(1);
  const Model probe = Model::from_memory(small_file(), "(here)", options);
  Engine one(probe);
  const SequenceId sequence = one.add_sequence();
  one.forward(std::vector<BatchRow>{{sequence, 1, false}});
  const uint64_t page = one.kv_bytes();
  const auto loads = [&](uint64_t limit) {
    options.memory_limit = limit;
    try {
      Model::from_memory(small_file(), "(here)", options);
      return true;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::out_of_memory);
      return false;
    }
  };
  uint64_t too_little = 1, enough = 1 << 28;
  while (enough - too_little > 1) {
    const uint64_t between = (too_little + enough) / 2;
    (loads(between) ? enough : too_little) = between;
  }
  options.memory_limit = enough + 3 * page;  // one page is part of what is enough
  const Model model = Model::from_memory(small_file(), "(here)", options);
  for (int round = 0; round < 8; round++) {
    std::atomic<uint64_t> most{0}, refused{0};
    together(4, [&](int) {
      Engine engine(model);
      const SequenceId id = engine.add_sequence();
      try {
        for (int i = 0; i < 300; i++) engine.forward(std::vector<BatchRow>{{id, 1, false}});
      } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::out_of_memory);
        refused++;
      }
      most += engine.kv_bytes();
    });
    EXPECT_GE(most, page);
  }
  Engine last(model);  // all was given back
  const SequenceId id = last.add_sequence();
  for (int i = 0; i < 4 * 64; i++) last.forward(std::vector<BatchRow>{{id, 1, false}});
  EXPECT_EQ(last.kv_bytes(), 4 * page);
}

// Several sessions of a folder of prompts, at the same time.
TEST(ThreadsLoading, APromptCacheIsShared) {
  const TempDir folder;
  std::vector<Message> asked = kAsked;
  for (int i = 0; i < 60; i++) asked.front().content += " the inn";
  const auto generate_cached = [&] {
    Session session(small_model(), {.prompt_cache = folder.path()});
    return text_of(session.generate(asked, short_options(2)));
  };
  const std::string expected = text_of(Session(small_model()).generate(asked, short_options(2)));
  together(3, [&](int) {
    for (int n = 0; n < 4; n++) EXPECT_EQ(generate_cached(), expected);
  });
}

}  // namespace
}  // namespace reckon::test
