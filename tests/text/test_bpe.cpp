#include "text/bpe.hpp"

#include <gtest/gtest.h>

#include "tests/cpu_stopwatch.hpp"
#include "tests/text/tokenizer_fixture.hpp"
#include "text/tokenizer_tables.hpp"

namespace reckon::text {
namespace {

using Ids = std::vector<TokenId>;

BpeTables tables_of(const Vocabulary& v) {
  const TokenBytes tokens = build_token_bytes(v);
  return build_bpe_tables(v, tokens, build_word_index(v, tokens), build_added_tokens(v, tokens));
}

// Every pair looked at each time, merges looked up one after the other.
Ids merge_naively(const BpeTables& tables, std::string_view word) {
  Ids symbols;
  for (char byte : word) symbols.push_back(tables.byte_tokens[static_cast<uint8_t>(byte)]);
  while (true) {
    uint32_t best = MergeTable::kNone;
    size_t at = 0;
    for (size_t i = 0; i + 1 < symbols.size(); ++i) {
      const uint32_t rank = tables.merges.find(symbols[i], symbols[i + 1]);
      if (rank < best) best = rank, at = i;
    }
    if (best == MergeTable::kNone) return symbols;
    symbols[at] = tables.merges[best].merged;
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

// All words of 2 to 4 letters of "abc" are tokens, every way to merge them is a merge, in an order that has
// pairs of lower rank come up at any time.
Vocabulary tangled_vocabulary() {
  std::vector<std::string> words = {"a", "b", "c"}, merges;
  for (size_t i = 0; words[i].size() < 4; ++i) {
    for (char letter : {'a', 'b', 'c'}) words.push_back(words[i] + letter);
  }
  for (const std::string& word : words) {
    for (size_t cut = 1; cut < word.size(); ++cut)
      merges.push_back(word.substr(0, cut) + " " + word.substr(cut));
  }
  uint32_t state = 7;
  for (size_t i = merges.size() - 1; i > 0; --i) {
    state = state * 1664525 + 1013904223;
    std::swap(merges[i], merges[(state >> 8) % (i + 1)]);
  }
  words.erase(words.begin(), words.begin() + 3);
  return byte_vocabulary(words, merges);
}

TEST(Bpe, BothMergersFollowTheDefinition) {
  for (const Vocabulary& v : {tangled_vocabulary(), small_vocabulary("qwen2")}) {
    const BpeTables tables = tables_of(v);
    LongWordMerger merger(tables);
    uint32_t state = 1;
    for (int n = 0; n < 3000; ++n) {
      std::string word;
      for (size_t length = 1 + static_cast<size_t>(n) % kShortWordBytes; length > 0; --length) {
        state = state * 1664525 + 1013904223;
        word += "abcethoins "[(state >> 8) % (n % 2 == 0 ? 3 : 11)];
      }
      Ids short_ids, long_ids;
      merge_short_word(tables, word, short_ids);
      merger.merge(word, long_ids);
      const Ids expected = merge_naively(tables, word);
      ASSERT_EQ(short_ids, expected) << word;
      ASSERT_EQ(long_ids, expected) << word;
    }
  }
}

TEST(Bpe, MergesLongTangledWordsByTheDefinition) {
  const BpeTables tables = tables_of(tangled_vocabulary());
  LongWordMerger merger(tables);
  std::string word;
  for (uint32_t i = 0, state = 3; i < 3000; ++i) {
    state = state * 1664525 + 1013904223;
    word += "abc"[(state >> 8) % 3];
  }
  Ids ids;
  merger.merge(word, ids);
  EXPECT_EQ(ids, merge_naively(tables, word));
}

// Tokens of 2, 4, 8 ... 1024 letters.
Vocabulary doubling_vocabulary(const std::string& pre) {
  std::vector<std::string> words, merges;
  for (std::string word = "a"; word.size() < 1024; word += word) {
    merges.push_back(word + " " + word);
    words.push_back(word + word);
  }
  return byte_vocabulary(words, merges, pre);
}

TEST(BpeSpeed, MergesAWordOf16MiBOfOneLetter) {
  const BpeTables tables = tables_of(doubling_vocabulary("qwen2"));
  LongWordMerger merger(tables);
  Ids ids;
  const test::CpuStopwatch watch;
  merger.merge(std::string(16 << 20, 'a'), ids);
  EXPECT_EQ(ids, Ids(16 << 10, 256 + 9));
  EXPECT_LT(watch.seconds(), 60);
}

}  // namespace
}  // namespace reckon::text
