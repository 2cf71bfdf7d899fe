#include "store/prompt_cache.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "load/expect_error.hpp"
#include "load/temp_dir.hpp"
#include "store/sample_files.hpp"

namespace reckon::store {
namespace {

namespace fs = std::filesystem;
using reckon::test::TempDir;
using Tokens = std::vector<TokenId>;

// n tokens: 0, 1, ... with `change` added from position `from` on.
Tokens tokens(size_t n, size_t from = SIZE_MAX, TokenId change = 1000) {
  Tokens all(n);
  std::iota(all.begin(), all.end(), 0);
  for (size_t i = from; i < n; i++) all[i] += change;
  return all;
}

class PromptCacheFolder : public ::testing::Test {
 protected:
  void insert(const Tokens& prompt, const CacheKind& kind = test::sample_kind()) {
    test::Bytes page;
    cache().insert(kind, prompt, [&](size_t i) {
      page = test::sample_page(kind, i);
      return std::span<const std::byte>(page);
    });
  }
  // Tokens the best match has in common with the prompt.
  uint64_t found(const Tokens& prompt, const CacheKind& kind = test::sample_kind()) {
    const auto match = cache().find(kind, prompt, notes_);
    return match ? match->tokens : 0;
  }
  std::vector<fs::path> entries() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path().extension() == ".prefix") files.push_back(entry.path());
    }
    return files;
  }
  PromptCache cache() const { return {folder_.path(), max_bytes_}; }

  TempDir folder_;
  uint64_t max_bytes_ = 1 << 20;
  std::vector<std::string> notes_;
};

TEST_F(PromptCacheFolder, IsNotMadeOfAPathWithANul) {
  const std::string path = (folder_ / "cache") + std::string("\0/b", 3);
  reckon::test::expect_error(ErrorCode::io, {folder_ / "cache", "NUL"}, [&] { PromptCache made(path, 1); });
  EXPECT_FALSE(fs::exists(folder_ / "cache"));
}

TEST_F(PromptCacheFolder, FindsTheEntryWithTheLongestCommonBeginning) {
  EXPECT_EQ(found(tokens(20)), 0u);
  insert(tokens(20, 8));
  insert(tokens(20, 13));
  insert(tokens(20, 10));
  EXPECT_EQ(found(tokens(20)), 13u);
  EXPECT_EQ(found(tokens(11)), 11u);
  EXPECT_EQ(found(tokens(20, 10)), 20u);
  EXPECT_EQ(found(tokens(20, 2)), 0u) << "less than a page is not looked for";
  EXPECT_EQ(found(tokens(3)), 0u);
  EXPECT_TRUE(notes_.empty());
}

TEST_F(PromptCacheFolder, KeepsModelsAndCacheTypesApart) {
  insert(tokens(20));
  CacheKind other = test::sample_kind();
  other.cache_type = CacheType::q8_0;
  EXPECT_EQ(found(tokens(20), other), 0u);
  other = test::sample_kind();
  other.model_identity = std::string(32, 'b');
  EXPECT_EQ(found(tokens(20), other), 0u);
  other.model_identity = std::string(16, 'a') + std::string(16, 'b');  // the same name on disk
  EXPECT_EQ(found(tokens(20), other), 0u);
  other = test::sample_kind();
  other.layout_version++;
  EXPECT_EQ(found(tokens(20), other), 0u);
}

TEST_F(PromptCacheFolder, ALongerPromptTakesThePlaceOfItsBeginnings) {
  insert(tokens(8));
  insert(tokens(12, 9));
  insert(tokens(20));
  EXPECT_EQ(entries().size(), 2u);
  EXPECT_EQ(found(tokens(8)), 8u);
  EXPECT_EQ(found(tokens(12, 9)), 12u);
}

TEST_F(PromptCacheFolder, WhatWasUsedLongestAgoGoesFirst) {
  for (const size_t from : {8, 9, 10}) insert(tokens(40, from));
  ASSERT_EQ(entries().size(), 3u);
  const uint64_t each = fs::file_size(entries()[0]);
  const auto hour_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const fs::path& entry : entries()) fs::last_write_time(entry, hour_ago);
  cache().touch(*cache().find(test::sample_kind(), tokens(40, 8), notes_));
  max_bytes_ = 2 * each;
  insert(tokens(40, 11));
  EXPECT_EQ(entries().size(), 2u);
  EXPECT_EQ(found(tokens(40, 8)), 40u);
  EXPECT_EQ(found(tokens(40, 11)), 40u);
  max_bytes_ = each / 2;
  insert(tokens(40, 12));
  EXPECT_EQ(entries().size(), 2u) << "what does not fit alone is not kept, and drives out nothing";
}

TEST_F(PromptCacheFolder, DamagedEntriesAreRemovedWithANote) {
  insert(tokens(20));
  const fs::path entry = entries().at(0);
  test::Bytes bytes = test::read_bytes(entry.string());
  bytes[40] ^= std::byte{1};
  test::write_bytes(entry.string(), bytes);
  EXPECT_EQ(found(tokens(20)), 0u);
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].find("damaged"), std::string::npos) << notes_[0];
  EXPECT_TRUE(entries().empty());
  insert(tokens(20));
  EXPECT_EQ(found(tokens(20)), 20u);
}

// An unfinished turn may have more tokens than the cache has positions: of a prefix they all count as there.
TEST_F(PromptCacheFolder, AnEntryThatHoldsATurnIsRemovedWithANote) {
  insert(tokens(20));
  const fs::path entry = entries().at(0);
  const test::Bytes page = test::sample_page(test::sample_kind(), 0);
  const CacheState state{.kind = test::sample_kind(),
                         .tokens = tokens(20),
                         .positions = 4,
                         .open_turn = OpenTurn{.prompt_tokens = 3},
                         .page_checksums = {}};
  write_cache_file(entry.string(), FileKind::prefix, {}, state,
                   [&](size_t) { return std::span<const std::byte>(page); });
  EXPECT_EQ(found(tokens(20)), 0u);
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].find("a turn"), std::string::npos) << notes_[0];
  EXPECT_TRUE(entries().empty());
}

TEST_F(PromptCacheFolder, LeavesFilesAloneThatAreNoEntries) {
  const std::vector<std::string> others = {".draft.tmp", ".letter.abcdef.tmp", "big.prefix",
                                           std::string(16, 'a') + "-f16-" + std::string(16, '0') + ".prefix"};
  for (const std::string& other : others) std::ofstream(folder_ / other) << std::string(2 << 20, 'x');
  insert(tokens(20));
  EXPECT_EQ(found(tokens(20)), 20u) << "the others' bytes do not count";
  for (const std::string& other : others) EXPECT_TRUE(fs::exists(folder_ / other)) << other;
}

// Entries come and go under the reader's feet; what it finds is whole.
TEST_F(PromptCacheFolder, SeveralProcessesAtOnce) {
  max_bytes_ = 1500;
  std::vector<pid_t> children;
  for (int i = 0; i < 3; i++) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (size_t from = 5; from < 30; from++) insert(tokens(40, from, static_cast<TokenId>(1000 + i)));
      ::_exit(0);
    }
    children.push_back(child);
  }
  const auto read = [&] {
    const auto match = cache().find(test::sample_kind(), tokens(40), notes_);
    if (!match) return false;
    test::Bytes page(match->state.kind.page_bytes);
    for (size_t i = 0; i < match->state.page_count(); i++) {
      match->file.read_page(match->state, i, page);
      EXPECT_EQ(page, test::sample_page(match->state.kind, i));
    }
    return true;
  };
  for (const pid_t child : children) {
    int status = -1;
    while (::waitpid(child, &status, WNOHANG) == 0) read();
    EXPECT_EQ(status, 0);
  }
  EXPECT_TRUE(read());
  EXPECT_TRUE(notes_.empty()) << notes_[0];
  uint64_t total = 0;
  for (const fs::path& entry : entries()) total += fs::file_size(entry);
  EXPECT_LE(total, max_bytes_);
}

}  // namespace
}  // namespace reckon::store
