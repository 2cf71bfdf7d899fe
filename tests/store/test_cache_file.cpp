#include "store/cache_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "load/expect_error.hpp"
#include "load/temp_dir.hpp"
#include "store/sample_files.hpp"

namespace reckon::store {
namespace {

using reckon::test::expect_error;
using reckon::test::TempDir;

TEST(CacheFile, GivesBackWhatWasWritten) {
  const TempDir folder;
  test::write_sample(folder / "a");
  CacheFile file = CacheFile::open(folder / "a", FileKind::session);
  const SavedText expected = test::sample_text();
  EXPECT_EQ(file.text().model, expected.model);
  EXPECT_EQ(file.text().saved_at, expected.saved_at);
  EXPECT_EQ(file.text().tokens, expected.tokens);
  EXPECT_EQ(file.text().settings, expected.settings);
  EXPECT_EQ(file.text().thinking, expected.thinking);
  ASSERT_EQ(file.text().messages.size(), expected.messages.size());
  for (size_t i = 0; i < expected.messages.size(); i++) {
    EXPECT_EQ(file.text().messages[i].role, expected.messages[i].role);
    EXPECT_EQ(file.text().messages[i].content, expected.messages[i].content);
  }
  const CacheState state = file.read_state();
  EXPECT_EQ(state.kind.difference(test::sample_kind()), "");
  EXPECT_EQ(state.tokens, test::sample_state().tokens);
  EXPECT_EQ(state.positions, 6u);
  ASSERT_TRUE(state.open_turn);
  EXPECT_EQ(state.open_turn->prompt_tokens, 3u);
  EXPECT_TRUE(state.open_turn->starts_in_thought);
  EXPECT_EQ(state.open_turn->seed, 42u);
  EXPECT_EQ(state.open_turn->draws, 5u);
  ASSERT_EQ(state.page_count(), 2u);
  for (size_t i = 0; i < 2; i++) {
    test::Bytes page(state.kind.page_bytes);
    file.read_page(state, i, page);
    EXPECT_EQ(page, test::sample_page(state.kind, i));
  }
}

TEST(CacheFile, IsForItsUserOnly) {
  const TempDir folder;
  test::write_sample(folder / "a");
  struct stat status {};
  ASSERT_EQ(::stat((folder / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(CacheFile, TakesNoMoreOnDiskThanItsPagesAndTheirTokens) {
  const TempDir folder;
  test::write_sample(folder / "a");
  EXPECT_LT(test::read_bytes(folder / "a").size(), 2 * 24 + 500u);
}

TEST(CacheFile, TellsHowAnotherKindDiffers) {
  const CacheKind mine = test::sample_kind();
  CacheKind other = mine;
  other.model_identity = std::string(32, 'b');
  EXPECT_NE(mine.difference(other).find("another model"), std::string::npos);
  other = mine;
  other.cache_type = CacheType::q8_0;
  EXPECT_NE(mine.difference(other).find("type q8_0, expected f16"), std::string::npos);
  for (auto change : {+[](CacheKind& k) { k.layout_version++; }, +[](CacheKind& k) { k.page_bytes++; },
                      +[](CacheKind& k) { k.page_positions++; },
                      +[](CacheKind& k) { k.cache_type = static_cast<CacheType>(9); }}) {
    other = mine;
    change(other);
    EXPECT_NE(mine.difference(other).find("another version"), std::string::npos);
  }
}

TEST(CacheFile, RefusesWhatIsNoSavedSession) {
  const TempDir folder;
  const auto open = [&] { CacheFile::open(folder / "a", FileKind::session); };
  expect_error(ErrorCode::io, {folder / "a", "can't open"}, open);
  test::write_bytes(folder / "a", {});
  expect_error(ErrorCode::io, {folder / "a", "empty"}, open);
  test::write_bytes(folder / "a", test::Bytes(100));
  expect_error(ErrorCode::malformed_file, {folder / "a", "is not a saved session"}, open);
  test::write_sample(folder / "a");
  expect_error(ErrorCode::malformed_file, {"kind 1"},
               [&] { CacheFile::open(folder / "a", FileKind::prefix); });
  test::Bytes newer = test::read_bytes(folder / "a");
  newer[8] = std::byte{2};
  expect_error(ErrorCode::unsupported, {"version 2", "reads 1"}, [&] { test::from_memory(newer); });
}

}  // namespace
}  // namespace reckon::store
