// Stored caches that are damaged, cut off, or made to mislead.
#include <gtest/gtest.h>

#include "load/temp_dir.hpp"
#include "store/checksum.hpp"
#include "store/sample_files.hpp"

namespace reckon::store {
namespace {

using reckon::test::TempDir;
using test::Bytes;

// How far reading got.
enum class Read { nothing, text, everything };

Read read(const Bytes& bytes) {
  Read done = Read::nothing;
  try {
    CacheFile file = test::from_memory(bytes);
    EXPECT_EQ(file.text().messages.size(), 3u);
    EXPECT_EQ(file.text().messages.back().content, "And 4 + 5?");
    done = Read::text;
    const CacheState state = file.read_state();
    Bytes page(state.kind.page_bytes);
    for (size_t i = 0; i < state.page_count(); i++) file.read_page(state, i, page);
    return Read::everything;
  } catch (const Error& error) {
    const bool typed = error.code() == ErrorCode::malformed_file || error.code() == ErrorCode::unsupported;
    EXPECT_TRUE(typed) << error.what();
    EXPECT_TRUE(std::string_view(error.what()).starts_with("stored: ")) << error.what();
    return done;
  }
}

Bytes whole() {
  const TempDir folder;
  test::write_sample(folder / "a");
  return test::read_bytes(folder / "a");
}

// What precedes the state: preamble, and the text's section.
size_t text_end(const Bytes& bytes) {
  uint64_t length = 0;
  std::memcpy(&length, &bytes[16], sizeof length);
  return 16 + 16 + length;
}

TEST(HostileFiles, EveryFlippedBitIsFoundAndTheTextSurvivesWhatLiesBehindIt) {
  const Bytes good = whole();
  ASSERT_EQ(read(good), Read::everything);
  for (size_t i = 0; i < good.size(); i++) {
    for (int bit = 0; bit < 8; bit++) {
      Bytes bad = good;
      bad[i] ^= static_cast<std::byte>(1 << bit);
      EXPECT_EQ(read(bad), i < text_end(good) ? Read::nothing : Read::text) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(HostileFiles, EveryTruncationIsFoundAndTheTextSurvivesWhereItIsWhole) {
  const Bytes good = whole();
  for (size_t size = 0; size < good.size(); size++) {
    const Bytes bad(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(read(bad), size < text_end(good) ? Read::nothing : Read::text) << "cut at " << size;
  }
}

TEST(HostileFiles, AByteTooManyIsFound) {
  Bytes bad = whole();
  bad.push_back(std::byte{0});
  EXPECT_EQ(read(bad), Read::text);
}

// The same with right checksums: every number of the state set to values that sizes overflow with.
TEST(HostileFiles, EveryNumberOfTheStateCanBeAnythingWithAValidChecksum) {
  const Bytes good = whole();
  const size_t head = text_end(good), begin = head + 16;
  uint64_t length = 0;
  std::memcpy(&length, &good[head], sizeof length);
  size_t refused = 0;
  for (size_t at = 0; at + 8 <= length; at++) {
    for (const uint64_t value :
         {uint64_t{0}, uint64_t{1}, uint64_t{1} << 31, uint64_t{1} << 32, uint64_t{1} << 61,
          uint64_t{1} << 62, uint64_t{1} << 63, UINT64_MAX - 7, UINT64_MAX}) {
      Bytes bad = good;
      std::memcpy(&bad[begin + at], &value, sizeof value);
      const uint64_t sum = checksum(std::span(bad).subspan(begin, length));
      std::memcpy(&bad[head + 8], &sum, sizeof sum);
      refused += read(bad) == Read::text;
    }
  }
  EXPECT_GT(refused, 9 * 8u);
}

// A record's parts in the wrong relation are refused one by one.
TEST(HostileFiles, StatesThatContradictThemselvesAreRefused) {
  using Change = void (*)(CacheState&);
  for (const Change change : {
           +[](CacheState& s) { s.positions = 9; },
           +[](CacheState& s) { s.positions = UINT64_MAX; },
           +[](CacheState& s) { s.page_checksums.pop_back(); },
           +[](CacheState& s) { s.page_checksums.push_back(0); },
           +[](CacheState& s) { s.kind.page_positions = 0; },
           +[](CacheState& s) { s.kind.page_bytes = 0; },
           +[](CacheState& s) { s.tokens[3] = -1; },
           +[](CacheState& s) { s.open_turn.reset(); },
           +[](CacheState& s) { s.open_turn->prompt_tokens = 0; },
           +[](CacheState& s) { s.open_turn->prompt_tokens = 9; },
           +[](CacheState& s) { s.open_turn->inserted_begin = 6; },
           +[](CacheState& s) { s.open_turn->inserted_begin = UINT64_MAX; },
           +[](CacheState& s) { s.open_turn->inserted = 6; },
           +[](CacheState& s) { s.open_turn->inserted = UINT64_MAX; },
           +[](CacheState& s) { s.open_turn->thought_end = static_cast<ThoughtEnd>(6); },
       }) {
    CacheState state = test::sample_state();
    state.page_checksums = {1, 2};
    EXPECT_NO_THROW(decode_state(encode(state).bytes(), "stored"));
    change(state);
    EXPECT_THROW(decode_state(encode(state).bytes(), "stored"), Error);
  }
}

TEST(HostileFiles, ListsLongerThanTheFileAllocateNothing) {
  for (const uint64_t n : {uint64_t{1} << 40, UINT64_MAX / 4, UINT64_MAX}) {
    BinaryWriter writer;
    writer.number(n);
    BinaryReader list(writer.bytes());
    EXPECT_TRUE(list.list<int32_t>().empty());
    EXPECT_TRUE(list.failed());
    BinaryReader text(writer.bytes());
    EXPECT_TRUE(text.text().empty());
    EXPECT_TRUE(text.failed());
  }
}

}  // namespace
}  // namespace reckon::store
