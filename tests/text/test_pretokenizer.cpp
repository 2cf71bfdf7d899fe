#include "text/pretokenizer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace reckon::text {
namespace {

using Words = std::vector<std::string>;

Words split(std::string_view pre, std::string_view text) {
  const auto pretokenizer = Pretokenizer::find(pre);
  EXPECT_TRUE(pretokenizer) << pre;
  Words words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = pretokenizer->word_end(text, at);
    if (end <= at || end > text.size()) throw std::logic_error("a word without end");
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

TEST(Pretokenizer, KeepsDigitsApart) {
  EXPECT_EQ(split("qwen2", "a1234"), (Words{"a", "1", "2", "3", "4"}));
  EXPECT_EQ(split("deepseek-r1-qwen", " 12"), (Words{" ", "1", "2"}));
  EXPECT_EQ(split("llama-bpe", "a1234"), (Words{"a", "123", "4"}));
  EXPECT_EQ(split("gpt-2", " 1234a"), (Words{" 1234", "a"}));
}

TEST(Pretokenizer, GivesAWordOneCharacterBeforeItsLetters) {
  EXPECT_EQ(split("qwen2", "\tfoo (bar)"), (Words{"\tfoo", " (", "bar", ")"}));
  EXPECT_EQ(split("qwen2", "\nfoo"), (Words{"\n", "foo"}));
  EXPECT_EQ(split("gpt-2", "\tfoo bar"), (Words{"\t", "foo", " bar"}));
}

TEST(Pretokenizer, LeavesTheLastSpaceToTheNextWord) {
  EXPECT_EQ(split("qwen2", "a   b   "), (Words{"a", "  ", " b", "   "}));
  EXPECT_EQ(split("qwen2", "a  1"), (Words{"a", " ", " ", "1"}));
  EXPECT_EQ(split("gpt-2", "a \n b"), (Words{"a", " \n", " b"}));
}

TEST(Pretokenizer, EndsSpaceAtTheLastNewline) {
  EXPECT_EQ(split("qwen2", "a \n \n  b"), (Words{"a", " \n \n", " ", " b"}));
  EXPECT_EQ(split("qwen2", "a!\n\n b"), (Words{"a", "!\n\n", " b"}));
}

TEST(Pretokenizer, CutsContractionsOff) {
  EXPECT_EQ(split("qwen2", "we'LL it'\u017F x'y"), (Words{"we", "'LL", " it", "'\u017F", " x", "'y"}));
  EXPECT_EQ(split("gpt-2", "we'LL we'll"), (Words{"we", "'", "LL", " we", "'ll"}));
}

TEST(Pretokenizer, TreatsEachInvalidByteAsASymbol) {
  EXPECT_EQ(split("qwen2", "a\xFF\xFE\n"), (Words{"a", "\xFF\xFE\n"}));
  EXPECT_EQ(split("qwen2",
                  "\xE4\xBD"
                  "a"),
            (Words{"\xE4\xBD", "a"}));
  EXPECT_EQ(split("gpt-2", " \x80\x81"), (Words{" \x80\x81"}));
}

TEST(Pretokenizer, ReadsUnicode16) {
  EXPECT_EQ(split("qwen2", "a\u1C89b"), (Words{"a\u1C89b"}));
  EXPECT_EQ(split("qwen2", "\U00010D40\U00010D41"), (Words{"\U00010D40", "\U00010D41"}));
}

TEST(Pretokenizer, KnowsItsNames) {
  EXPECT_FALSE(Pretokenizer::find("default"));
  EXPECT_FALSE(Pretokenizer::find(""));
  EXPECT_EQ(Pretokenizer::known_names(), "deepseek-r1-qwen, qwen2, llama-bpe, gpt-2");
  EXPECT_TRUE(Pretokenizer::find("llama-bpe")->ignores_merges());
  EXPECT_FALSE(Pretokenizer::find("qwen2")->ignores_merges());
}

}  // namespace
}  // namespace reckon::text
