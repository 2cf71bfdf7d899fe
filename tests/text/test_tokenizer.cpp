#include "text/tokenizer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <reckon/error.hpp>
#include <thread>

#include "tests/text/tokenizer_fixture.hpp"

namespace reckon::text {
namespace {

using Ids = std::vector<TokenId>;

// Calls Tokenizer's constructor and checks that it refuses, naming all of `parts`.
void expect_refused(Vocabulary v, ErrorCode code, const std::vector<std::string>& parts) {
  try {
    Tokenizer tokenizer(std::move(v));
    ADD_FAILURE() << "accepted; expected a refusal that names " << parts.front();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    for (const std::string& part : parts) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << part << " in: " << error.what();
    }
  }
}

Vocabulary with_added(Vocabulary v, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    v.tokens.push_back(text);
    v.kinds.push_back(TokenKind::user_defined);
  }
  return v;
}

TEST(Tokenizer, MergesTheLowestRankFirst) {
  const Tokenizer t(byte_vocabulary({"bc", "ab", "abc"}, {"b c", "a b", "a bc"}));
  EXPECT_EQ(t.encode("abc"), (Ids{258}));
  EXPECT_EQ(t.encode("abab"), (Ids{257, 257}));
}

TEST(Tokenizer, MergesTheLeftmostOfEqualPairs) {
  const Tokenizer t(byte_vocabulary({"aa"}, {"a a"}));
  EXPECT_EQ(t.encode("aaa"), (Ids{256, 'a'}));
}

TEST(Tokenizer, TakesAWordOfTheVocabularyWholeOnlyWhereMergesAreIgnored) {
  EXPECT_EQ(Tokenizer(byte_vocabulary({"xyz"}, {}, "llama-bpe")).encode("xyz"), (Ids{256}));
  EXPECT_EQ(Tokenizer(byte_vocabulary({"xyz"}, {}, "qwen2")).encode("xyz"), (Ids{'x', 'y', 'z'}));
}

TEST(Tokenizer, MatchesTheLongestAddedTokenFirst) {
  const Tokenizer t(with_added(byte_vocabulary({}, {}), {"<a", "<a>", "<a>b"}));
  EXPECT_EQ(t.encode("<a><a>b<a<"), (Ids{257, 258, 256, '<'}));
}

TEST(Tokenizer, LeavesTagsAsTextWhenAsked) {
  const Tokenizer t(with_added(byte_vocabulary({}, {}), {"<a>"}));
  EXPECT_EQ(t.encode("<a>", {.parse_special = false}), (Ids{'<', 'a', '>'}));
}

// Enough for recursion over a word's letters to overflow the stack.
TEST(Tokenizer, TakesAWordOf43000Letters) {
  for (const char* pre : {"qwen2", "llama-bpe", "gpt-2"}) {
    const Tokenizer t(small_vocabulary(pre));
    for (const std::string letter : {"a", "é", "中", "\u0301", "\xFF"}) {
      std::string word;
      while (word.size() < 43'000) word += letter;
      EXPECT_EQ(t.decode(t.encode(word)), word) << pre << " " << letter;
    }
  }
}

// The length alone: nothing of such a text is read.
TEST(Tokenizer, RefusesTextsWhoseLengthIsNot32Bits) {
  const Tokenizer t(byte_vocabulary({}, {}));
  for (const size_t length : {size_t{1} << 32, (size_t{1} << 32) + 5, size_t{1} << 62}) {
    try {
      t.encode(std::string_view("x", length));
      ADD_FAILURE() << length;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_NE(std::string(error.what()).find(std::to_string(length)), std::string::npos) << error.what();
    }
  }
}

// A merge makes a longer token of two shorter ones, so that none can lead back to where it began. What would:
TEST(Tokenizer, MergesCanNotLoop) {
  const Tokenizer t(
      byte_vocabulary({"ab", "ba", "aba", "bab"}, {"a b", "b a", "ab a", "a ba", "ba b", "b ab"}));
  const std::string text = "abababababab";
  EXPECT_EQ(t.decode(t.encode(text)), text);
  EXPECT_LT(t.encode(text).size(), text.size());
  for (const std::string merge : {"ab ", " ab", "a a", "ab ab"}) {  // to itself, or to no token
    expect_refused(byte_vocabulary({"ab"}, {"a b", merge}), ErrorCode::malformed_file,
                   {"test.gguf", "tokenizer.ggml.merges[1]"});
  }
}

TEST(Tokenizer, KeepsWordsApartAtAddedTokens) {
  const Tokenizer t(with_added(byte_vocabulary({"ab"}, {"a b"}), {"|"}));
  EXPECT_EQ(t.encode("a|b"), (Ids{'a', 257, 'b'}));
}

TEST(Tokenizer, GivesBackAnyBytes) {
  const Tokenizer t(small_vocabulary("qwen2"));
  std::string text;
  for (uint32_t i = 0, state = 1; i < 100000; ++i) {
    state = state * 1664525 + 1013904223;
    text += static_cast<char>(state >> 24);
  }
  for (const char* pre : {"qwen2", "llama-bpe", "gpt-2"}) {
    const Tokenizer tokenizer(small_vocabulary(pre));
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
  }
  for (const std::string invalid :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xBD", "a\xFFz", "\x80", "\xFE "}) {
    EXPECT_EQ(t.decode(t.encode(invalid)), invalid);
  }
}

TEST(Tokenizer, AddsTheBeginToken) {
  const Tokenizer t(small_vocabulary("qwen2"));
  const Ids ids = t.encode("", {.add_bos = true});
  EXPECT_EQ(ids, (Ids{*t.bos()}));
  EXPECT_EQ(t.decode(ids, true), "");
  EXPECT_EQ(t.decode(ids), "<｜begin▁of▁sentence｜>");
  EXPECT_THROW(Tokenizer(byte_vocabulary({}, {})).encode("", {.add_bos = true}), Error);
}

TEST(Tokenizer, FindsTokensByTheirBytes) {
  const Tokenizer t(small_vocabulary("qwen2"));
  const auto think = t.find("<think>");
  ASSERT_TRUE(think);
  EXPECT_EQ(t.kind(*think), TokenKind::user_defined);
  EXPECT_EQ(t.bytes(*think), "<think>");
  const auto newline = t.find("\n");
  ASSERT_TRUE(newline);
  EXPECT_EQ(t.encode("\n"), (Ids{*newline}));
  EXPECT_FALSE(t.find(""));
  EXPECT_FALSE(t.find({}));
  EXPECT_FALSE(t.find("no such token"));
  EXPECT_TRUE(t.is_end(t.end_tokens().front()));
  EXPECT_FALSE(t.is_end(*think));
}

TEST(Tokenizer, RefusesIdsThatAreNoTokens) {
  const Tokenizer t(byte_vocabulary({}, {}));
  for (TokenId id : {-1, 256, INT32_MAX, INT32_MIN}) {
    EXPECT_THROW(t.bytes(id), Error);
    EXPECT_THROW(t.kind(id), Error);
    EXPECT_THROW(t.decode(Ids{id}), Error);
    EXPECT_FALSE(t.is_end(id));
  }
}

TEST(Tokenizer, UnusedAndEmptyTokensStandForNothing) {
  Vocabulary v = byte_vocabulary({"[PAD]", "", "é中"}, {}, "llama-bpe");
  v.kinds[256] = TokenKind::unused;
  const Tokenizer t(std::move(v));
  EXPECT_EQ(t.decode(Ids{256, 257}), "");
  EXPECT_EQ(t.bytes(258), "é中") << "not of the byte-level alphabet: its own text";
  EXPECT_EQ(t.encode("[PAD]").size(), 5u);
  EXPECT_EQ(t.encode("é中").size(), 5u) << "nor is it a word";
}

TEST(Tokenizer, OfRepeatedTokensUsesTheLowestId) {
  const Tokenizer t(byte_vocabulary({"ab", "ab"}, {"a b"}));
  EXPECT_EQ(t.encode("ab"), (Ids{256}));
  EXPECT_EQ(t.bytes(257), "ab");
}

TEST(Tokenizer, ReadsByteTokensStrictly) {
  Vocabulary v = byte_vocabulary({"<0xAb>"}, {});
  v.kinds.back() = TokenKind::byte;
  EXPECT_EQ(Tokenizer(v).bytes(256), "\xAB");
  for (const char* text : {"<0x-1>", "<0x1>", "<0x100>", "<0xGG>", "<0x+1>", "0xAB", "", "<0x 1>"}) {
    v.tokens.back() = text;
    expect_refused(v, ErrorCode::malformed_file,
                   {"test.gguf", "tokenizer.ggml.tokens[256]", "<0x00> to <0xFF>"});
  }
}

TEST(Tokenizer, RefusesMalformedMerges) {
  const std::string at = "tokenizer.ggml.merges[0]";
  for (const char* merge : {"", " ", "ab", "a b c", " ab", "ab ", "a  b", "a  "}) {
    expect_refused(byte_vocabulary({"ab"}, {merge}), ErrorCode::malformed_file,
                   {"test.gguf", at, "one space"});
  }
  expect_refused(byte_vocabulary({"ab"}, {"a \n"}), ErrorCode::malformed_file, {at, "alphabet"});
  expect_refused(byte_vocabulary({"ab"}, {"a \xFF"}), ErrorCode::malformed_file, {at, "alphabet"});
  expect_refused(byte_vocabulary({"ab"}, {"b a"}), ErrorCode::malformed_file, {at, "result to be a token"});
  expect_refused(byte_vocabulary({"xya"}, {"xy a"}), ErrorCode::malformed_file,
                 {at, "left part to be a token"});
  expect_refused(byte_vocabulary({"axy"}, {"a xy"}), ErrorCode::malformed_file,
                 {at, "right part to be a token"});
  expect_refused(byte_vocabulary({"ab"}, {"a b", "a b"}), ErrorCode::malformed_file,
                 {"tokenizer.ggml.merges[1]", "each pair once"});
}

TEST(Tokenizer, RefusesVocabulariesThatLackAByte) {
  Vocabulary v = byte_vocabulary({}, {});
  v.tokens[0xF5] = "xx";
  expect_refused(v, ErrorCode::malformed_file, {"test.gguf", "tokenizer.ggml.tokens", "0xF5"});
}

TEST(Tokenizer, RefusesInconsistentVocabularies) {
  Vocabulary v = byte_vocabulary({}, {});
  v.kinds.pop_back();
  expect_refused(v, ErrorCode::malformed_file, {"tokenizer.ggml.token_type", "255", "256"});
  v = byte_vocabulary({}, {});
  v.bos = 256;
  expect_refused(v, ErrorCode::malformed_file, {"tokenizer.ggml.bos_token_id", "256", "255"});
  v = byte_vocabulary({}, {});
  v.eos = {3, -1};
  expect_refused(v, ErrorCode::malformed_file, {"end token", "-1"});
  v = byte_vocabulary({}, {}, "tekken");
  expect_refused(v, ErrorCode::unsupported, {"tokenizer.ggml.pre", "tekken", "deepseek-r1-qwen", "gpt-2"});
  v = {};
  v.pre = "qwen2";
  expect_refused(v, ErrorCode::malformed_file, {"tokenizer.ggml.tokens", "0 tokens"});
  v = with_added(byte_vocabulary({}, {}), {std::string(257, 'x')});
  expect_refused(v, ErrorCode::unsupported, {"tokenizer.ggml.tokens[256]", "256 bytes"});
}

// Their tables take many times as much memory.
TEST(Tokenizer, RefusesMoreAddedTextThanAnyRealModelHas) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < 5000; i++) tokens.push_back(std::to_string(i) + std::string(250, 'x'));
  Vocabulary v = byte_vocabulary(tokens, {});
  for (size_t i = 256; i < v.kinds.size(); i++) v.kinds[i] = TokenKind::control;
  expect_refused(v, ErrorCode::unsupported,
                 {"test.gguf", "tokenizer.ggml.tokens", "added tokens", "1048576"});
}

TEST(Tokenizer, ServesSeveralThreads) {
  const Tokenizer t(small_vocabulary("llama-bpe"));
  const std::string text = "The answer is 12 + 345. " + std::string(200, 'x') + "<think>";
  const Ids expected = t.encode(text);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) wrong += t.encode(text) != expected;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace reckon::text
