// What a session holds, through the C interface: forked, rewound, saved, gone on with.
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "capi/owned.hpp"
#include "load/temp_dir.hpp"

namespace reckon::test {
namespace {

reckon_generate_options seeded(uint64_t seed, uint64_t max_tokens = 0) {
  auto options = initialised(reckon_generate_options_init);
  options.temperature = 1;
  options.seed = seed;
  options.max_tokens = max_tokens;
  options.answer_reserve = 0;
  return options;
}

ResultHandle generated(reckon_session* session, const reckon_generate_options& options,
                       const reckon_prompt& prompt = question()) {
  reckon_result* result = nullptr;
  EXPECT_EQ(reckon_session_generate(session, &prompt, &options, nullptr, nullptr, &result, nullptr),
            RECKON_OK);
  return ResultHandle(result);
}

ResultHandle resume(reckon_session* session, const reckon_generate_options& options) {
  reckon_result* result = nullptr;
  reckon_error* error = nullptr;
  EXPECT_EQ(reckon_session_resume(session, &options, nullptr, nullptr, &result, &error), RECKON_OK)
      << reckon_error_message(error);
  return ResultHandle(result);
}

void expect_same(const ResultHandle& found, const ResultHandle& expected) {
  ASSERT_NE(found, nullptr);
  EXPECT_STREQ(found->thinking, expected->thinking);
  EXPECT_STREQ(found->answer, expected->answer);
  EXPECT_EQ(found->thinking_tokens, expected->thinking_tokens);
  EXPECT_EQ(found->answer_tokens, expected->answer_tokens);
}

const reckon_message kTurns[] = {kQuestion, {"assistant", "\\boxed{579}"}, {"user", "What is 7 * 8?"}};

reckon_prompt second_turn() {
  auto prompt = initialised(reckon_prompt_init);
  prompt.messages = kTurns;
  prompt.message_count = 3;
  return prompt;
}

// Of more than 256 tokens.
std::string long_document() {
  std::string document;
  for (int i = 0; i < 120; i++) document += "Line " + std::to_string(i * 37) + ". ";
  return document;
}

TEST(CSession, ForksGoOnAsFreshSessionsOnTheirOwnThreads) {
  const SessionHandle first = new_session();
  generated(first.get(), seeded(1));
  reckon_session* forked = nullptr;
  ASSERT_EQ(reckon_session_fork(first.get(), &forked, nullptr), RECKON_OK);
  const SessionHandle second(forked);
  EXPECT_EQ(reckon_session_cached_tokens(second.get()), reckon_session_cached_tokens(first.get()));
  ResultHandle of_second;
  std::thread other([&] { of_second = generated(second.get(), seeded(2), second_turn()); });
  const ResultHandle of_first = generated(first.get(), seeded(3), second_turn());
  other.join();
  EXPECT_GT(of_second->cached_tokens, 0U);
  expect_same(of_second, generated(new_session().get(), seeded(2), second_turn()));
  expect_same(of_first, generated(new_session().get(), seeded(3), second_turn()));
}

TEST(CSession, RewindsToAPosition) {
  const SessionHandle session = new_session();
  size_t count = 7;
  reckon_session_tokens(session.get(), &count);
  EXPECT_EQ(count, 0U);
  generated(session.get(), seeded(1));
  const int32_t* tokens = reckon_session_tokens(session.get(), &count);
  ASSERT_EQ(count, reckon_session_cached_tokens(session.get()));
  const std::vector<int32_t> before(tokens, tokens + count);
  EXPECT_REFUSED("rewind", reckon_session_rewind(session.get(), count + 1, &error));
  ASSERT_EQ(reckon_session_rewind(session.get(), 10, nullptr), RECKON_OK);
  tokens = reckon_session_tokens(session.get(), &count);
  EXPECT_EQ(std::vector<int32_t>(tokens, tokens + count),
            std::vector<int32_t>(before.begin(), before.begin() + 10));
  EXPECT_EQ(generated(session.get(), seeded(1))->cached_tokens, 10U);
}

TEST(CSession, ResumesWhatWasCutOff) {
  const ResultHandle whole = generated(new_session().get(), seeded(5));
  const SessionHandle session = new_session();
  EXPECT_EQ(reckon_session_can_resume(session.get()), 0);
  EXPECT_EQ(generated(session.get(), seeded(5, 9))->finish_reason, RECKON_FINISH_LENGTH_IN_THINKING);
  EXPECT_NE(reckon_session_can_resume(session.get()), 0);
  expect_same(resume(session.get(), seeded(5)), whole);
  reckon_result* result = nullptr;
  EXPECT_REFUSED("resume", reckon_session_resume(session.get(), nullptr, nullptr, nullptr, &result, &error));
}

TEST(CSession, PreparesUntilItIsToldToStop) {
  const std::string document = long_document();
  const reckon_message known[] = {{"user", document.c_str()}, {"assistant", "Yes."}};
  const auto stop_at_second = [](void* steps) { return int{++*static_cast<int*>(steps) > 1}; };
  const SessionHandle session = new_session();
  int32_t done = 7;
  int steps = 0;
  ASSERT_EQ(reckon_session_prepare(session.get(), known, 2, stop_at_second, &steps, &done, nullptr),
            RECKON_OK);
  EXPECT_EQ(done, 0);
  EXPECT_EQ(reckon_session_cached_tokens(session.get()), 64U);
  ASSERT_EQ(reckon_session_prepare(session.get(), known, 2, nullptr, nullptr, &done, nullptr), RECKON_OK);
  EXPECT_EQ(done, 1);
  EXPECT_GT(reckon_session_cached_tokens(session.get()), 256U);
}

TEST(CSession, HasTheContextOfItsOptions) {
  auto options = initialised(reckon_session_options_init);
  options.context = 100;
  reckon_session* session = nullptr;
  ASSERT_EQ(reckon_session_new(tiny(), &options, &session, nullptr), RECKON_OK);
  const SessionHandle owned(session);
  EXPECT_EQ(reckon_session_context(session), 100U);
}

TEST(CSession, TellsWhatWentWrongWithoutHarm) {
  const TempDir folder;
  const std::string prompts = folder / "prompts";
  auto options = initialised(reckon_session_options_init);
  options.prompt_cache = prompts.c_str();
  const std::string document = long_document();
  auto prompt = initialised(reckon_prompt_init);
  prompt.text = document.c_str();
  prompt.text_length = document.size();
  const auto run = [&] {
    reckon_session* session = nullptr;
    EXPECT_EQ(reckon_session_new(tiny(), &options, &session, nullptr), RECKON_OK);
    const SessionHandle owned(session);
    return generated(session, seeded(1, 2), prompt);
  };
  EXPECT_EQ(run()->note_count, 0U);
  for (const auto& entry : std::filesystem::directory_iterator(prompts)) {
    if (entry.path().extension() == ".prefix") std::ofstream(entry.path()) << "damaged";
  }
  const ResultHandle again = run();
  ASSERT_EQ(again->note_count, 1U);
  EXPECT_GT(std::strlen(again->notes[0]), 10U);
}

class CSaved : public ::testing::Test {
 protected:
  TempDir folder_;
  std::string path_ = folder_ / "a.session";

  void save(const reckon_session* session, int32_t with_cache = 1) const {
    const reckon_setting setting = {"temp", "1"};
    auto words = initialised(reckon_saved_text_init);
    words.model = "tiny";
    words.messages = &kQuestion;
    words.message_count = 1;
    words.settings = &setting;
    words.setting_count = 1;
    words.thinking = "so far";
    ASSERT_EQ(reckon_session_save(session, path_.c_str(), &words, with_cache, nullptr), RECKON_OK);
  }

  static void expect_words(const reckon_saved_text& text) {
    EXPECT_EQ(text.size, sizeof text);
    EXPECT_STREQ(text.model, "tiny");
    ASSERT_EQ(text.message_count, 1U);
    EXPECT_STREQ(text.messages[0].role, "user");
    EXPECT_STREQ(text.messages[0].content, kQuestion.content);
    ASSERT_EQ(text.setting_count, 1U);
    EXPECT_STREQ(text.settings[0].name, "temp");
    EXPECT_STREQ(text.settings[0].value, "1");
    EXPECT_STREQ(text.thinking, "so far");
    EXPECT_GT(text.saved_at, 1'700'000'000);
  }
};

TEST_F(CSaved, AThoughtGoesOnInAnotherSession) {
  const ResultHandle whole = generated(new_session().get(), seeded(5));
  const SessionHandle first = new_session();
  generated(first.get(), seeded(5, 9));
  save(first.get());
  const SessionHandle second = new_session();
  reckon_saved_text* text = nullptr;
  char* refusal = const_cast<char*>("untouched");
  ASSERT_EQ(reckon_session_restore(second.get(), path_.c_str(), &text, &refusal, nullptr), RECKON_OK);
  const TextHandle owned(text);
  EXPECT_EQ(refusal, nullptr);
  expect_words(*text);
  EXPECT_EQ(text->tokens, reckon_session_cached_tokens(first.get()));
  EXPECT_NE(text->unfinished, 0);
  EXPECT_EQ(reckon_session_cached_tokens(second.get()), reckon_session_cached_tokens(first.get()));
  expect_same(resume(second.get(), seeded(5)), whole);
}

TEST_F(CSaved, TheWordsAreReadWithoutAModel) {
  const SessionHandle session = new_session();
  save(session.get(), 0);
  reckon_saved_text* text = nullptr;
  ASSERT_EQ(reckon_saved_text_read(path_.c_str(), &text, nullptr), RECKON_OK);
  const TextHandle owned(text);
  expect_words(*text);
  EXPECT_EQ(text->unfinished, 0);
}

TEST_F(CSaved, AStateThatDoesNotFitIsLeftOutAndSaidWhy) {
  const SessionHandle first = new_session();
  generated(first.get(), seeded(1));
  save(first.get());
  auto options = initialised(reckon_session_options_init);
  options.cache_type = RECKON_CACHE_Q8_0;
  reckon_session* other = nullptr;
  ASSERT_EQ(reckon_session_new(tiny(), &options, &other, nullptr), RECKON_OK);
  const SessionHandle second(other);
  reckon_saved_text* text = nullptr;
  char* refusal = nullptr;
  ASSERT_EQ(reckon_session_restore(other, path_.c_str(), &text, &refusal, nullptr), RECKON_OK);
  const TextHandle owned(text);
  const Memory why(refusal);
  ASSERT_NE(refusal, nullptr);
  EXPECT_NE(std::string(refusal).find("q8_0"), std::string::npos) << refusal;
  expect_words(*text);
  EXPECT_EQ(reckon_session_cached_tokens(other), 0U);
}

TEST_F(CSaved, FilesThatAreNotSessionsAreErrors) {
  reckon_saved_text* text = nullptr;
  char* refusal = nullptr;
  const SessionHandle session = new_session();
  EXPECT_FAILURE(RECKON_IO, "/no/such/session", reckon_saved_text_read("/no/such/session", &text, &error));
  std::ofstream(path_) << "not a session";
  EXPECT_FAILURE(RECKON_MALFORMED_FILE, path_,
                 reckon_session_restore(session.get(), path_.c_str(), &text, &refusal, &error));
  EXPECT_EQ(text, nullptr);
  EXPECT_FAILURE(RECKON_IO, "/no/such/folder",
                 reckon_session_save(session.get(), "/no/such/folder/a", nullptr, 1, &error));
}

TEST_F(CSaved, WordsAreCheckedBeforeAnythingIsWritten) {
  const SessionHandle session = new_session();
  auto words = initialised(reckon_saved_text_init);
  words.message_count = 1;
  EXPECT_REFUSED("messages", reckon_session_save(session.get(), path_.c_str(), &words, 1, &error));
  words = initialised(reckon_saved_text_init);
  const reckon_setting no_value = {"temp", nullptr};
  words.settings = &no_value;
  words.setting_count = 1;
  EXPECT_REFUSED("value", reckon_session_save(session.get(), path_.c_str(), &words, 1, &error));
  words = initialised(reckon_saved_text_init);
  words.size = 0;
  EXPECT_REFUSED("text.size", reckon_session_save(session.get(), path_.c_str(), &words, 1, &error));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST(CSession, NullIsRefused) {
  const SessionHandle session = new_session();
  reckon_session* forked;
  reckon_result* result;
  reckon_saved_text* text;
  char* refusal;
  int32_t done;
  EXPECT_REFUSED("session", reckon_session_fork(nullptr, &forked, &error));
  EXPECT_REFUSED("out", reckon_session_fork(session.get(), nullptr, &error));
  EXPECT_REFUSED("session", reckon_session_rewind(nullptr, 0, &error));
  EXPECT_REFUSED("session", reckon_session_resume(nullptr, nullptr, nullptr, nullptr, &result, &error));
  EXPECT_REFUSED("out", reckon_session_resume(session.get(), nullptr, nullptr, nullptr, nullptr, &error));
  EXPECT_REFUSED("session", reckon_session_prepare(nullptr, &kQuestion, 1, nullptr, nullptr, &done, &error));
  EXPECT_REFUSED("done",
                 reckon_session_prepare(session.get(), &kQuestion, 1, nullptr, nullptr, nullptr, &error));
  EXPECT_REFUSED("messages",
                 reckon_session_prepare(session.get(), nullptr, 1, nullptr, nullptr, &done, &error));
  EXPECT_REFUSED("session", reckon_session_save(nullptr, "x", nullptr, 1, &error));
  EXPECT_REFUSED("path", reckon_session_save(session.get(), nullptr, nullptr, 1, &error));
  EXPECT_REFUSED("session", reckon_session_restore(nullptr, "x", &text, &refusal, &error));
  EXPECT_REFUSED("path", reckon_session_restore(session.get(), nullptr, &text, &refusal, &error));
  EXPECT_REFUSED("text", reckon_session_restore(session.get(), "x", nullptr, &refusal, &error));
  EXPECT_REFUSED("refusal", reckon_session_restore(session.get(), "x", &text, nullptr, &error));
  EXPECT_REFUSED("path", reckon_saved_text_read(nullptr, &text, &error));
  EXPECT_REFUSED("out", reckon_saved_text_read("x", nullptr, &error));
  reckon_saved_text_free(nullptr);
  size_t count = 7;
  EXPECT_EQ(reckon_session_tokens(nullptr, &count), nullptr);
  EXPECT_EQ(count, 0U);
  reckon_session_tokens(session.get(), nullptr);
  EXPECT_EQ(reckon_session_context(nullptr), 0U);
  EXPECT_EQ(reckon_session_can_resume(nullptr), 0);
}

TEST(CSession, NothingElseWhileAGenerationIsPulled) {
  const SessionHandle session = new_session();
  const reckon_prompt prompt = question();
  ASSERT_EQ(reckon_session_start(session.get(), &prompt, nullptr, nullptr), RECKON_OK);
  reckon_session* forked;
  reckon_result* result;
  reckon_saved_text* text;
  char* refusal;
  int32_t done;
  EXPECT_REFUSED("finish", reckon_session_fork(session.get(), &forked, &error));
  EXPECT_REFUSED("finish", reckon_session_rewind(session.get(), 0, &error));
  EXPECT_REFUSED("finish", reckon_session_resume(session.get(), nullptr, nullptr, nullptr, &result, &error));
  EXPECT_REFUSED("finish",
                 reckon_session_prepare(session.get(), &kQuestion, 1, nullptr, nullptr, &done, &error));
  EXPECT_REFUSED("finish", reckon_session_save(session.get(), "/tmp/x", nullptr, 1, &error));
  EXPECT_REFUSED("finish", reckon_session_restore(session.get(), "/tmp/x", &text, &refusal, &error));
}

}  // namespace
}  // namespace reckon::test
