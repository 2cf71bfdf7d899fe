// Sessions saved and restored, and generations gone on with, on the embedded model.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "load/temp_dir.hpp"
#include "run/tiny_model.hpp"
#include "store/sample_files.hpp"

namespace reckon {
namespace {

using test::expect_error;
using test::TempDir;

GenerateOptions resume_options(float temperature, uint64_t max_tokens = 0) {
  GenerateOptions o;
  o.sampling.temperature = temperature;
  o.sampling.seed = 7;
  o.sampling.repeat_penalty = 1.05f;  // its memory of recent tokens is part of the state
  o.max_tokens = max_tokens;
  o.thinking.answer_reserve = 0;  // so that max_tokens can end a generation inside the thought
  return o;
}

SavedText words() { return {.model = "tiny", .messages = kQuestion, .settings = {{"temp", "1"}}}; }

uint64_t tokens_of(const Generation& g) { return g.usage.thinking_tokens + g.usage.answer_tokens; }

void expect_identical(const Generation& found, const Generation& expected) {
  EXPECT_EQ(found.thinking, expected.thinking);
  EXPECT_EQ(found.answer, expected.answer);
  EXPECT_EQ(found.finish_reason, expected.finish_reason);
  EXPECT_EQ(found.usage.prompt_tokens, expected.usage.prompt_tokens);
  EXPECT_EQ(found.usage.thinking_tokens, expected.usage.thinking_tokens);
  EXPECT_EQ(found.usage.answer_tokens, expected.usage.answer_tokens);
  EXPECT_EQ(found.seed, expected.seed);
}

TEST(Resume, GoesOnAtEveryTokenAsIfNothingHadHappened) {
  for (const float temperature : {0.0f, 1.0f}) {
    const Generation whole = Session(tiny()).generate(kQuestion, resume_options(temperature));
    ASSERT_GT(tokens_of(whole), 20u);
    for (uint64_t cut = 1; cut < tokens_of(whole); cut += 3) {
      Session session(tiny());
      const Generation first = session.generate(kQuestion, resume_options(temperature, cut));
      ASSERT_EQ(tokens_of(first), cut);
      ASSERT_TRUE(session.can_resume());
      expect_identical(session.resume(resume_options(temperature)), whole);
      EXPECT_FALSE(session.can_resume());
    }
  }
}

// What was asked of it while it ran is part of it.
TEST(Resume, IsNotChangedByAGenerationThatIsRefused) {
  GenerateOptions o = greedy();
  o.thinking.budget = 10;
  o.thinking.grace = 0;
  Session session(tiny());
  session.generate(kQuestion, o, [&](const Event& event) {
    if (event.phase != Phase::thinking) return true;
    session.add_budget(100'000);
    return false;
  });
  GenerateOptions bad = o;
  bad.sampling.temperature = -1;
  expect_error(ErrorCode::invalid_argument, {"temperature"}, [&] { session.generate(kQuestion, bad); });
  const Generation whole = session.resume(o);
  EXPECT_EQ(whole.thought_end, ThoughtEnd::model);
  EXPECT_EQ(whole.thinking, Session(tiny()).generate(kQuestion, greedy()).thinking);
}

TEST(Resume, TimesAreOfTheNewPart) {
  Session session(tiny());
  session.generate(kQuestion, resume_options(0, 8));
  ASSERT_TRUE(session.can_resume());
  const Generation rest = session.resume(resume_options(0));
  EXPECT_GE(rest.timing.first_thought_ms, rest.timing.prefill_ms);
  EXPECT_GE(rest.timing.first_answer_ms, rest.timing.first_thought_ms);
  EXPECT_GE(rest.timing.total_ms, rest.timing.first_answer_ms);
}

// The thought's account (budget, reserve, what was put in to close it) goes on too, wherever the break is.
TEST(Resume, KeepsToTheBudgetAndTheReserveAcrossABreak) {
  GenerateOptions budget = resume_options(1, 80), reserve = resume_options(1, 60);
  budget.thinking.budget = 12;
  budget.thinking.grace = 3;
  reserve.thinking.answer_reserve = 20;
  for (const GenerateOptions& o : {budget, reserve}) {
    const Generation whole = Session(tiny()).generate(kQuestion, o);
    ASSERT_GT(whole.usage.inserted_tokens, 0u);
    for (uint64_t cut = 1; cut < tokens_of(whole); cut++) {
      Session session(tiny());
      uint64_t tokens = 0;
      session.generate(kQuestion, o, [&](const Event& e) {
        tokens += e.token >= 0;
        return tokens < cut;
      });
      ASSERT_TRUE(session.can_resume());
      const Generation found = session.resume(o);
      expect_identical(found, whole);
      EXPECT_EQ(found.thought_end, whole.thought_end);
      EXPECT_EQ(found.usage.inserted_tokens, whole.usage.inserted_tokens);
    }
  }
}

TEST(Resume, RemembersABudgetThatWasRaised) {
  GenerateOptions o = resume_options(1, 100);
  o.thinking.budget = 8;
  o.thinking.grace = 0;
  const auto raise = [](Session& session, int break_at) {
    return [&session, break_at, n = 0](const Event& e) mutable {
      if (e.token >= 0 && ++n == 4) session.add_budget(6);
      return break_at == 0 || n < break_at;
    };
  };
  Session unbroken(tiny());
  const Generation whole = unbroken.generate(kQuestion, o, raise(unbroken, 0));
  ASSERT_EQ(whole.thought_end, ThoughtEnd::budget);
  Session session(tiny());
  session.generate(kQuestion, o, raise(session, 6));
  expect_identical(session.resume(o), whole);
}

TEST(Resume, SendsEventsForWhatIsNewOnly) {
  const Generation whole = Session(tiny()).generate(kQuestion, resume_options(1));
  Session session(tiny());
  std::vector<TokenId> tokens;
  std::string thinking;
  const auto collect = [&](const Event& e) {
    if (e.token >= 0) tokens.push_back(e.token);
    if (e.phase == Phase::thinking) thinking += e.text;
    return true;
  };
  session.generate(kQuestion, resume_options(1, 5), collect);
  while (session.can_resume()) session.resume(resume_options(1, 5), collect);
  EXPECT_EQ(tokens.size(), tokens_of(whole));
  EXPECT_EQ(thinking, whole.thinking);
}

TEST(Resume, WorksAfterAnEndByTheCallbackAndInThePrompt) {
  const Generation whole = Session(tiny()).generate(kQuestion, resume_options(1));
  for (const Phase phase : {Phase::prompt, Phase::thinking, Phase::answer}) {
    Session session(tiny(), {.prefill_chunk = 4});
    int left = 2;
    session.generate(kQuestion, resume_options(1),
                     [&](const Event& e) { return e.phase != phase || left-- > 0; });
    ASSERT_TRUE(session.can_resume());
    expect_identical(session.resume(resume_options(1)), whole);
  }
}

TEST(Resume, RefusesWhereThereIsNothingToGoOnWith) {
  Session session(tiny());
  EXPECT_FALSE(session.can_resume());
  expect_error(ErrorCode::invalid_argument, {"resume"}, [&] { session.resume(); });
  session.generate(kQuestion, resume_options(0));
  expect_error(ErrorCode::invalid_argument, {"resume"}, [&] { session.resume(); });
  session.generate(kQuestion, resume_options(0, 5));
  session.reset();
  EXPECT_FALSE(session.can_resume());
}

class SavedSession : public ::testing::TestWithParam<CacheType> {
 protected:
  SessionOptions session_options() const { return {.cache_type = GetParam()}; }
  TempDir folder_;
  std::string path_ = folder_ / "a.session";
};

INSTANTIATE_TEST_SUITE_P(CacheTypes, SavedSession, ::testing::Values(CacheType::f16, CacheType::q8_0),
                         [](const auto& type) { return type.param == CacheType::f16 ? "f16" : "q8_0"; });

TEST_P(SavedSession, AThoughtGoesOnInAnotherSessionWithoutComputingItAgain) {
  const Generation whole = Session(tiny(), session_options()).generate(kQuestion, resume_options(1));
  Session first(tiny(), session_options());
  first.generate(kQuestion, resume_options(1, 10));
  first.save(path_, words());

  LoadOptions one_thread;
  one_thread.threads = 1;
  const Model again = Model::embedded(one_thread);
  Session second(again, session_options());
  const RestoredSession restored = second.restore(path_);
  EXPECT_EQ(restored.refusal, "");
  EXPECT_EQ(restored.text.model, "tiny");
  EXPECT_EQ(restored.text.messages[0].content, kQuestion[0].content);
  EXPECT_EQ(restored.text.settings, words().settings);
  EXPECT_GT(restored.text.saved_at, 1'700'000'000);
  EXPECT_EQ(restored.text.tokens, first.cached_tokens());
  EXPECT_EQ(second.cached_tokens(), first.cached_tokens());
  ASSERT_TRUE(second.can_resume());
  const Generation rest = second.resume(resume_options(1));
  expect_identical(rest, whole);
  EXPECT_EQ(rest.usage.cached_tokens, rest.usage.prompt_tokens);
}

TEST_P(SavedSession, TheNextTurnIsTheSameAsWithoutABreak) {
  Session first(tiny(), session_options());
  std::vector<Message> messages = kQuestion;
  messages.push_back({"assistant", first.generate(kQuestion, resume_options(1)).answer});
  first.save(path_, words());
  messages.push_back({"user", "What is 7 * 8?"});
  const Generation expected = first.generate(messages, resume_options(1));

  Session second(tiny(), session_options());
  EXPECT_EQ(second.restore(path_).refusal, "");
  EXPECT_FALSE(second.can_resume());
  const Generation found = second.generate(messages, resume_options(1));
  expect_identical(found, expected);
  EXPECT_EQ(found.usage.cached_tokens, expected.usage.cached_tokens);
  EXPECT_GT(found.usage.cached_tokens, 0u);
}

TEST_P(SavedSession, GoesOnAfterMorePagesThanOne) {
  const std::vector<Message> longer = {{"user", "What is 1" + std::string(150, '1') + " + 2?"}};
  Session first(tiny(), session_options());
  first.generate(longer, resume_options(1, 3));
  ASSERT_GT(first.cached_tokens(), 64u);
  first.save(path_, words());
  const Generation expected = first.resume(resume_options(1, 20));
  Session second(tiny(), session_options());
  EXPECT_EQ(second.restore(path_).refusal, "");
  expect_identical(second.resume(resume_options(1, 20)), expected);
}

TEST_P(SavedSession, WithoutItsCacheTheThoughtGoesOnAllTheSame) {
  const Generation whole = Session(tiny(), session_options()).generate(kQuestion, resume_options(1));
  Session first(tiny(), session_options());
  first.generate(kQuestion, resume_options(1, 10));
  first.save(path_, words(), false);
  EXPECT_LT(std::filesystem::file_size(path_), 4096u);
  Session second(tiny(), session_options());
  EXPECT_EQ(second.restore(path_).refusal, "");
  EXPECT_EQ(second.cached_tokens(), 0u);
  expect_identical(second.resume(resume_options(1)), whole);
}

// Flipped at places spread over the file: nothing crashes, and the words are there or the file is refused.
TEST_P(SavedSession, ADamagedFileGivesItsWordsOrIsRefused) {
  const Generation whole = Session(tiny(), session_options()).generate(kQuestion, resume_options(1, 20));
  Session first(tiny(), session_options());
  first.generate(kQuestion, resume_options(1, 10));
  first.save(path_, words());
  const store::test::Bytes good = store::test::read_bytes(path_);
  size_t refused = 0, rebuilt = 0;
  for (size_t i = 0; i < good.size(); i += i < 1000 ? 29 : good.size() / 20) {
    store::test::Bytes bad = good;
    bad[i] ^= std::byte{16};
    store::test::write_bytes(path_, bad);
    Session session(tiny(), session_options());
    try {
      const RestoredSession restored = session.restore(path_);
      EXPECT_NE(restored.refusal.find(path_), std::string::npos) << restored.refusal;
      EXPECT_EQ(restored.text.messages[0].content, kQuestion[0].content);
      EXPECT_EQ(session.cached_tokens(), 0u);
      if (session.can_resume()) expect_identical(session.resume(resume_options(1, 10)), whole);
      rebuilt++;
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == ErrorCode::malformed_file || error.code() == ErrorCode::unsupported);
      refused++;
    }
  }
  EXPECT_GE(refused, 3u);
  EXPECT_GT(rebuilt, 15u);
}

// Sound by all checksums, but not what any computation gives.
TEST_P(SavedSession, ACacheThatIsNoNumbersIsToldApartFromABadModel) {
  const std::string forged = folder_ / "b.session";
  Session session(tiny(), session_options());
  session.generate(kQuestion, greedy());
  session.save(path_, words());
  store::CacheFile file = store::CacheFile::open(path_, store::FileKind::session);
  const store::CacheState state = file.read_state();
  const std::vector<std::byte> page(state.kind.page_bytes, std::byte(0xff));
  store::write_cache_file(forged, store::FileKind::session, words(), state,
                          [&](size_t) -> std::span<const std::byte> { return page; });
  Session other(tiny(), session_options());
  EXPECT_EQ(other.restore(forged).refusal, "");
  expect_error(ErrorCode::bad_numbers, {"b.session", "may be damaged"},
               [&] { other.generate(kQuestion, greedy()); });
  other.reset();
  EXPECT_EQ(other.generate(kQuestion, greedy()).answer, session.generate(kQuestion, greedy()).answer);
}

TEST_P(SavedSession, AnotherCacheTypeComputesTheThoughtAgain) {
  const SessionOptions other{.cache_type = GetParam() == CacheType::f16 ? CacheType::q8_0 : CacheType::f16};
  Session first(tiny(), other);
  first.generate(kQuestion, resume_options(1, 10));
  first.save(path_, words());
  Session second(tiny(), session_options());
  EXPECT_NE(second.restore(path_).refusal.find("its cache is of type"), std::string::npos);
  EXPECT_EQ(second.cached_tokens(), 0u);
  ASSERT_TRUE(second.can_resume());
  EXPECT_EQ(tokens_of(second.resume(resume_options(1, 5))), 15u);
}

TEST_P(SavedSession, AnotherModelTakesTheWordsOnly) {
  Session first(tiny(), session_options());
  first.generate(kQuestion, resume_options(1, 10));
  first.save(path_, words());
  store::CacheFile file = store::CacheFile::open(path_, store::FileKind::session);
  store::CacheState state = file.read_state();
  const std::vector<std::byte> page(state.kind.page_bytes);
  state.kind.model_identity[0] ^= 1;
  store::write_cache_file(path_, store::FileKind::session, file.text(), state,
                          [&](size_t) { return std::span<const std::byte>(page); });
  Session second(tiny(), session_options());
  const RestoredSession restored = second.restore(path_);
  EXPECT_NE(restored.refusal.find("another model"), std::string::npos);
  EXPECT_EQ(restored.text.messages.size(), 1u);
  EXPECT_FALSE(second.can_resume());
  EXPECT_EQ(second.cached_tokens(), 0u);
}

// Right checksums, and a state that this session can't hold.
TEST_P(SavedSession, StatesThatDontFitTheSessionAreRefused) {
  Session first(tiny(), session_options());
  first.generate(kQuestion, resume_options(1, 10));
  first.save(path_, words());
  const store::CacheState good = store::CacheFile::open(path_, store::FileKind::session).read_state();
  const std::vector<std::byte> page(good.kind.page_bytes);
  const auto refusal_of = [&](const store::CacheState& state, uint64_t context) {
    store::write_cache_file(path_, store::FileKind::session, words(), state,
                            [&](size_t) { return std::span<const std::byte>(page); });
    SessionOptions o = session_options();
    o.context = context;
    Session session(tiny(), o);
    const std::string refusal = session.restore(path_).refusal;
    EXPECT_EQ(session.cached_tokens(), 0u);
    EXPECT_FALSE(session.can_resume());
    session.generate(kQuestion, resume_options(1, 2));  // usable
    return refusal;
  };
  store::CacheState bad = good;
  bad.tokens.back() = static_cast<TokenId>(tiny().info().vocab_size);
  EXPECT_NE(refusal_of(bad, 0).find("outside the vocabulary"), std::string::npos);
  bad = good;
  bad.tokens.resize(tiny().info().context_length + 1, 1);
  EXPECT_NE(refusal_of(bad, 0).find("more than the context"), std::string::npos);
}

TEST(SavedText, APathWithANulIsRefused) {
  const TempDir folder;
  Session session(tiny());
  session.save(folder / "a", words());
  const std::string path = (folder / "a") + std::string("\0b", 2);
  expect_error(ErrorCode::io, {folder / "a", "NUL"}, [&] { session.save(path, words()); });
  expect_error(ErrorCode::io, {folder / "a", "NUL"}, [&] { session.restore(path); });
  expect_error(ErrorCode::io, {folder / "a", "NUL"}, [&] { read_saved_text(path); });
}

TEST(SavedText, IsReadWithoutAModel) {
  const TempDir folder;
  Session session(tiny());
  session.generate(kQuestion, resume_options(0, 10));
  session.save(folder / "a", words());
  const SavedText text = read_saved_text(folder / "a");
  EXPECT_EQ(text.messages[0].content, kQuestion[0].content);
  EXPECT_EQ(text.tokens, session.cached_tokens());
}

TEST(ModelIdentity, IsTheSameForTheSameFileAndDiffersWithAWeightOrAName) {
  const TempDir folder;
  const std::string path = folder / "m.gguf";
  std::filesystem::copy_file(RECKON_SOURCE_DIR "/models/reckon-tiny.gguf", path);
  const std::string identity = Model::load(path).identity();
  EXPECT_EQ(identity.size(), 32u);
  EXPECT_EQ(identity, tiny().identity());
  const ModelDescription description = Model::describe(path);
  store::test::Bytes bytes = store::test::read_bytes(path);
  store::test::Bytes changed = bytes;
  changed[changed.size() - 64] ^= std::byte{1};  // in the last tensor's last piece, before its padding
  store::test::write_bytes(path, changed);
  EXPECT_NE(Model::load(path).identity(), identity);
  const std::string name = description.info.name;
  const auto in_name = std::search(bytes.begin(), bytes.end(), name.begin(), name.end(),
                                   [](std::byte b, char c) { return b == static_cast<std::byte>(c); });
  ASSERT_NE(in_name, bytes.end());
  *in_name ^= std::byte{1};
  store::test::write_bytes(path, bytes);
  EXPECT_NE(Model::load(path).identity(), identity);
}

}  // namespace
}  // namespace reckon
