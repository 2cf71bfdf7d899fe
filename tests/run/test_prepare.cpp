// What is computed ahead: between turns, and by other processes.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include <reckon/reckon.hpp>

#include "load/temp_dir.hpp"
#include "run/tiny_model.hpp"
#include "store/sample_files.hpp"

namespace reckon {
namespace {

using test::TempDir;

GenerateOptions limited_options(uint64_t max_tokens = 0) {
  GenerateOptions o;
  o.sampling.seed = 3;
  o.max_tokens = max_tokens;
  return o;
}

// A first turn's messages, answered in `session`.
std::vector<Message> first_turn(Session& session) {
  std::vector<Message> messages = {{"user", "What is 123 + 456?"}};
  messages.push_back({"assistant", session.generate(messages, limited_options()).answer});
  return messages;
}

std::vector<Message> with_question(std::vector<Message> messages, const std::string& question) {
  messages.push_back({"user", question});
  return messages;
}

TEST(Prepare, LeavesTheQuestionAloneToBeComputed) {
  for (const std::string question : {"What is 7 * 8?", "\nNow?", " 1", "é", ""}) {
    Session session(tiny());
    const std::vector<Message> messages = first_turn(session);
    EXPECT_TRUE(session.prepare(messages));
    const Generation found = session.generate(with_question(messages, question), limited_options());
    const Generation expected =
        Session(tiny()).generate(with_question(messages, question), limited_options());
    EXPECT_EQ(found.thinking, expected.thinking);
    EXPECT_EQ(found.answer, expected.answer);
    const uint64_t computed = found.usage.prompt_tokens - found.usage.cached_tokens;
    EXPECT_LE(computed, tiny().tokenize(question).size() + 6) << question;
  }
}

TEST(Prepare, ComputesNothingTwice) {
  Session session(tiny());
  const std::vector<Message> messages = first_turn(session);
  int steps = 0;
  const auto count = [&] { return ++steps < 0; };
  EXPECT_TRUE(session.prepare(messages, count));
  EXPECT_GT(steps, 0);
  steps = 0;
  EXPECT_TRUE(session.prepare(messages, count));
  EXPECT_EQ(steps, 0);
}

TEST(Prepare, StopsWithinAStepAndNothingIsLost) {
  Session session(tiny());
  std::vector<Message> messages = first_turn(session);
  messages.front().content = "Remember " + std::string(400, '7') + ". " + messages.front().content;
  const Generation expected =
      Session(tiny()).generate(with_question(messages, "2 + 2?"), limited_options(30));
  int steps = 0;
  EXPECT_FALSE(session.prepare(messages, [&] { return ++steps > 2; }));
  EXPECT_LE(session.cached_tokens(), 2 * 64u + 64);
  EXPECT_GE(session.cached_tokens(), 2 * 64u);
  const Generation found = session.generate(with_question(messages, "2 + 2?"), limited_options(30));
  EXPECT_EQ(found.thinking, expected.thinking);
  EXPECT_GE(found.usage.cached_tokens, 2 * 64u);
}

TEST(Prepare, IsStoppedFromAnotherThread) {
  Session session(tiny());
  const std::vector<Message> messages = {{"user", "Count: " + std::string(1500, '7')}, {"assistant", "No."}};
  std::atomic<bool> stop = false;
  std::thread other;
  const bool done = session.prepare(messages, [&] {
    if (!other.joinable()) other = std::thread([&] { stop = true; });
    return stop.load();
  });
  other.join();
  EXPECT_FALSE(done);
}

TEST(Prepare, EndsAtTheContextsEnd) {
  Session session(tiny(), {.context = 32});
  const std::vector<Message> messages = {{"user", std::string(200, '7')}, {"assistant", "No."}};
  EXPECT_TRUE(session.prepare(messages));
  EXPECT_EQ(session.cached_tokens(), 31u);
}

std::vector<Message> about_document(const std::string& question) {
  std::string document;
  for (int i = 0; i < 120; i++) document += "Line " + std::to_string(i * 37) + ". ";
  return {{"user", document + question}};
}

class PromptsOnDisk : public ::testing::Test {
 protected:
  Session session(CacheType type = CacheType::f16) const {
    return Session(tiny(), {.cache_type = type, .prompt_cache = folder_.path()});
  }
  TempDir folder_;
};

TEST_F(PromptsOnDisk, AnotherSessionReadsOnlyTheQuestion) {
  for (const CacheType type : {CacheType::f16, CacheType::q8_0}) {
    const Generation first = session(type).generate(about_document("What is 2 + 3?"), limited_options(10));
    EXPECT_EQ(first.usage.cached_tokens, 0u);
    EXPECT_TRUE(first.notes.empty());
    const Generation again = session(type).generate(about_document("What is 2 + 3?"), limited_options(10));
    EXPECT_EQ(again.usage.cached_tokens, again.usage.prompt_tokens - 1);
    EXPECT_EQ(again.thinking, first.thinking);
    const Generation other = session(type).generate(about_document("And 50 - 9?"), limited_options(10));
    EXPECT_GT(other.usage.cached_tokens, other.usage.prompt_tokens - 20);
    Session plain(tiny(), {.cache_type = type});
    EXPECT_EQ(other.thinking, plain.generate(about_document("And 50 - 9?"), limited_options(10)).thinking);
  }
}

TEST_F(PromptsOnDisk, IsLookedUpWhereTheNextPromptIsPrepared) {
  session().generate(about_document("What is 2 + 3?"), limited_options(3));
  std::vector<Message> messages = about_document("What is 2 + 3?");
  messages.push_back({"assistant", "5"});
  Session s = session();
  int steps = 0;
  EXPECT_TRUE(s.prepare(messages, [&] { return ++steps < 0; }));
  EXPECT_EQ(steps, 1) << "what is behind the entry is less than a step";
}

TEST_F(PromptsOnDisk, WhatIsRefusedLeavesTheSessionAsItWas) {
  session().generate(about_document("What is 2 + 3?"), limited_options(3));  // an entry for it
  const std::vector<Message> question = {{"user", "What is 123 + 456?"}};
  const Generation whole = session().generate(question, limited_options(0));
  Session s = session();
  s.generate(question, limited_options(0),
             [n = 0](const Event& e) mutable { return e.token < 0 || ++n < 9; });
  ASSERT_TRUE(s.can_resume());
  const std::vector<TokenId> before(s.tokens().begin(), s.tokens().end());
  GenerateOptions wrong_form = limited_options(9), wrong_number = limited_options(9),
                  wrong_drafts = limited_options(9);
  wrong_form.answer_form = {AnswerForm::Kind::json_schema, "{"};
  wrong_number.sampling.top_p = 2;
  wrong_drafts.draft_tokens = 1000;
  for (const GenerateOptions& wrong : {wrong_form, wrong_number, wrong_drafts}) {
    EXPECT_THROW(s.generate(about_document("What is 2 + 3?"), wrong), Error);
    EXPECT_THROW(s.stream(about_document("What is 2 + 3?"), wrong), Error);
    EXPECT_TRUE(std::ranges::equal(s.tokens(), before));
  }
  EXPECT_EQ(s.resume(limited_options(0)).answer, whole.answer);
}

// Which tokens an open turn has and which are cached must be of one generation.
TEST_F(PromptsOnDisk, APrefixThatIsTakenEndsWhatCouldBeResumed) {
  session().generate(about_document("What is 2 + 3?"), limited_options(3));
  Session s = session();
  s.generate(std::vector<Message>{{"user", "What is 123 + 456?"}}, limited_options(9));
  const Generation g = s.generate(about_document("And 50 - 9?"), limited_options(3));
  EXPECT_GT(g.usage.cached_tokens, 0u);
  s.save((folder_ / "a.session"), {});
  Session restored = session();
  EXPECT_EQ(restored.restore(folder_ / "a.session").refusal, "");
  EXPECT_EQ(restored.resume(limited_options(20)).thinking, s.resume(limited_options(20)).thinking);
}

TEST_F(PromptsOnDisk, ShortPromptsAndWhatIsThereAreNotWritten) {
  const auto entries = [&] {
    return std::ranges::count_if(std::filesystem::directory_iterator(folder_.path()),
                                 [](const auto& e) { return e.path().extension() == ".prefix"; });
  };
  session().generate(std::vector<Message>{{"user", "What is 2 + 3?"}}, limited_options(3));
  EXPECT_EQ(entries(), 0);
  session().generate(about_document("What is 2 + 3?"), limited_options(3));
  EXPECT_EQ(entries(), 1);
  session().generate(about_document("And 50 - 9?"), limited_options(3));
  EXPECT_EQ(entries(), 1);
}

TEST_F(PromptsOnDisk, ADamagedEntryIsANoteAndIsWrittenAgain) {
  const Generation first = session().generate(about_document("What is 2 + 3?"), limited_options(10));
  std::string entry;
  for (const auto& e : std::filesystem::directory_iterator(folder_.path())) {
    if (e.path().extension() == ".prefix") entry = e.path().string();
  }
  store::test::Bytes bytes = store::test::read_bytes(entry);
  bytes[bytes.size() - 100] ^= std::byte{1};  // in the last page
  store::test::write_bytes(entry, bytes);
  const Generation second = session().generate(about_document("What is 2 + 3?"), limited_options(10));
  EXPECT_EQ(second.thinking, first.thinking);
  EXPECT_EQ(second.usage.cached_tokens, 0u);
  ASSERT_EQ(second.notes.size(), 1u);
  EXPECT_NE(second.notes[0].find("damaged"), std::string::npos) << second.notes[0];
  EXPECT_GT(session().generate(about_document("What is 2 + 3?"), limited_options(10)).usage.cached_tokens,
            200u);
}

}  // namespace
}  // namespace reckon
