// Bounds on CPU time, generous enough for sanitizers: what they catch is another order of growth.
#include <gtest/gtest.h>

#include "tests/cpu_stopwatch.hpp"
#include "tests/text/tokenizer_fixture.hpp"
#include "text/tokenizer.hpp"

namespace reckon::text {
namespace {

#ifdef RECKON_SANITIZED
constexpr size_t kBytes = 512 << 10;  // the same code; its time is held to the bound where nothing slows it
#else
constexpr size_t kBytes = 4 << 20;
#endif

std::string repeat(const std::string& piece, size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  return text;
}

std::string random_letters(size_t bytes) {
  std::string text;
  for (uint32_t state = 5; text.size() < bytes;) {
    state = state * 1664525 + 1013904223;
    text += static_cast<char>('a' + (state >> 8) % 26);
  }
  return text;
}

struct Case {
  const char* name;
  std::string text;
};

std::vector<Case> hard_texts() {
  const std::string spaces(kBytes, ' ');
  return {{"one letter", std::string(4 * kBytes, 'a')},
          {"random letters", random_letters(kBytes)},
          {"spaces", spaces},
          {"spaces before a letter", spaces + "x"},
          {"newlines", std::string(kBytes, '\n')},
          {"spaces and newlines", repeat(" \n\t \r\n  ", kBytes)},
          {"digits", std::string(kBytes, '7')},
          {"punctuation", std::string(kBytes, '!')},
          {"apostrophes", std::string(kBytes, '\'')},
          {"Chinese", repeat("中文字", kBytes)},
          {"combining marks", repeat("\u0301", kBytes)},
          {"invalid bytes", std::string(kBytes, '\xFF')},
          {"NUL", std::string(kBytes, '\0')},
          {"beginnings of tags", repeat("<thin<｜Use", kBytes)},
          {"tags", repeat("<think>", kBytes)}};
}

class TokenizerSpeed : public testing::TestWithParam<const char*> {};

TEST_P(TokenizerSpeed, EncodesAny4MiBInBoundedTime) {
  const Tokenizer t(small_vocabulary(GetParam()));
  for (const Case& c : hard_texts()) {
    const test::CpuStopwatch watch;
    const auto ids = t.encode(c.text);
    const double seconds = watch.seconds();
    EXPECT_LT(seconds, 20) << c.name;
    EXPECT_TRUE(t.decode(ids) == c.text) << c.name;
    RecordProperty(c.name, std::to_string(seconds));
  }
}

INSTANTIATE_TEST_SUITE_P(All, TokenizerSpeed, testing::Values("qwen2", "llama-bpe", "gpt-2"),
                         [](const auto& test) {
                           std::string name = test.param;
                           return name.substr(0, name.find('-'));
                         });

class R1Speed : public testing::TestWithParam<const char*> {};

TEST_P(R1Speed, BuildsAndEncodes4MiBInBoundedTime) {
  auto v = shared_vocabulary(GetParam());
  if (!v) GTEST_SKIP() << "missing: " << shared_vocabulary_path(GetParam());
  const test::CpuStopwatch build_watch;
  const Tokenizer t(*v);
  const double build = build_watch.seconds();
  EXPECT_LT(build, 5);
  const std::string english = repeat(
      "First, let me read the question again. We have 12 apples and 345 pears; if she gives away 67 of them, "
      "how many "
      "are left? Wait, that's not right: it's 12 + 345 - 67 = 290.\n\nSo the answer is \\boxed{290}. ",
      kBytes);
  auto texts = hard_texts();
  texts.push_back({"English", english});
  for (const Case& c : texts) {
    const test::CpuStopwatch watch;
    const auto ids = t.encode(c.text);
    const double seconds = watch.seconds();
    EXPECT_LT(seconds, 20) << c.name;
    EXPECT_TRUE(t.decode(ids) == c.text) << c.name;
    RecordProperty(c.name, std::to_string(seconds));
  }
  RecordProperty("build", std::to_string(build));
}

INSTANTIATE_TEST_SUITE_P(All, R1Speed, testing::Values("r1-qwen", "r1-llama"),
                         [](const auto& test) { return std::string(test.param).substr(3); });

}  // namespace
}  // namespace reckon::text
