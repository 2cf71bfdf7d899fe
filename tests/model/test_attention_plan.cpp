#include "model/attention_plan.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "kernels/kernels.hpp"

namespace reckon::model {
namespace {

constexpr size_t kChunk = kernels::kAttentionChunk, kPage = kernels::kKvBlockPositions;
constexpr size_t kHeads = 2, kGroup = 6, kState = 18;

// Page tables of sequences that fork from each other, and a batch of them.
class Sequences {
 public:
  // A sequence of `positions` whose first `shared` come from sequence `from`: in its whole pages.
  size_t add(size_t positions, size_t n_rows = 1, size_t from = 0, size_t shared = 0) {
    std::vector<std::byte*> pages;
    if (shared > 0) pages.assign(tables_[from].data(), tables_[from].data() + shared / kPage);
    while (pages.size() * kPage < positions + n_rows) pages.push_back(&memory_.emplace_back());
    tables_.push_back(pages);
    segments_.push_back({tokens_.size(), n_rows, positions, {}});
    tokens_.resize(tokens_.size() + n_rows);
    return tables_.size() - 1;
  }

  AttentionPlan plan(size_t threads = 2) {
    for (size_t i = 0; i < segments_.size(); i++) segments_[i].pages = tables_[i];
    AttentionPlan plan(kHeads, kGroup, kState, threads);
    plan.make({tokens_, segments_, {}});
    return plan;
  }

  const std::vector<Segment>& segments() const { return segments_; }

 private:
  std::deque<std::byte> memory_;  // an address per page
  std::vector<std::vector<std::byte*>> tables_;
  std::vector<Segment> segments_;
  std::vector<TokenId> tokens_;
};

// Chunks that one KV head reads.
size_t chunks_read(const AttentionPlan& plan) {
  size_t n = 0;
  for (const AttentionTile& t : plan.tiles()) n += t.kv_head == 0 ? t.n_chunks() : 0;
  return n;
}

size_t longest_unit(const AttentionPlan& plan) {
  size_t longest = 0;
  for (const auto& u : plan.units()) {
    longest = std::max(longest, (u.last_chunk - u.first_chunk) * plan.tiles()[u.tile].n_tokens);
  }
  return longest;
}

// A row's tiles follow each other from its first chunk to its last, over the pages of its own sequence; every
// chunk of every tile is in one unit; states lie apart.
void expect_sound(const Sequences& sequences, const AttentionPlan& plan) {
  for (const Segment& s : sequences.segments()) {
    for (size_t i = 0; i < s.n_rows; i++) {
      const size_t row = s.first_row + i, chunks = (s.first_position + i) / kChunk + 1;
      ASSERT_EQ(plan.position(row), s.first_position + i);
      size_t next = 0;
      for (const auto& part : plan.parts(row)) {
        for (size_t head = 0; head < kHeads; head++) {
          const AttentionTile& t = plan.tiles().at(part.tile + head);
          ASSERT_EQ(t.kv_head, head);
          ASSERT_EQ(t.first_chunk, next);
          ASSERT_LT(part.token, t.n_tokens);
          ASSERT_EQ(plan.tokens().at(t.first_token + part.token), row);
          const size_t last_page = std::min(t.last_chunk * kChunk, plan.position(row) + 1);
          for (size_t p = next * kChunk / kPage; p * kPage < last_page; p++)
            ASSERT_EQ(t.pages[p], s.pages[p]);
        }
        next = plan.tiles()[part.tile].last_chunk;
      }
      ASSERT_GE(next, chunks);
    }
  }
  std::vector<size_t> covered(plan.tiles().size());
  for (const auto& u : plan.units()) {
    ASSERT_EQ(u.first_chunk, plan.tiles()[u.tile].first_chunk + covered[u.tile]);
    covered[u.tile] += u.last_chunk - u.first_chunk;
  }
  size_t floats = 0;
  for (size_t i = 0; i < covered.size(); i++) {
    const AttentionTile& t = plan.tiles()[i];
    ASSERT_EQ(covered[i], t.n_chunks());
    ASSERT_GT(t.n_chunks(), 0u);
    ASSERT_LE(t.n_tokens * kGroup, AttentionPlan::max_rows(kGroup));
    ASSERT_EQ(t.offset, floats);
    floats += t.n_states * t.n_tokens * kGroup * kState;
  }
  ASSERT_EQ(plan.state_floats(), floats);
}

TEST(AttentionPlan, ReadsCommonChunksOfForksOnce) {
  for (size_t samples : {2, 16, 32, 64}) {
    Sequences s;
    const size_t first = s.add(4096 + 10);
    for (size_t i = 1; i < samples; i++) s.add(4096 + i * 3, 1, first, 4096);
    const AttentionPlan plan = s.plan();
    expect_sound(s, plan);
    EXPECT_EQ(chunks_read(plan), 4096 / kChunk + samples) << samples << " samples";
  }
}

TEST(AttentionPlan, SharesWholeChunksOnly) {
  for (size_t shared : {kPage, kChunk - kPage, kChunk, kChunk + kPage, 3 * kChunk}) {
    Sequences s;
    s.add(1000);
    s.add(1000, 1, 0, shared);
    const AttentionPlan plan = s.plan();
    expect_sound(s, plan);
    EXPECT_EQ(chunks_read(plan), 8 - shared / kChunk) << shared << " positions shared";
  }
}

// A chunk that one row does not see to its end is no part of what is shared, though the pages are.
TEST(AttentionPlan, SharesWhatTheShortestSees) {
  Sequences s;
  s.add(1000);
  s.add(2 * kChunk - 1, 1, 0, 2 * kChunk - kPage);
  const AttentionPlan plan = s.plan();
  expect_sound(s, plan);
  EXPECT_EQ(chunks_read(plan), 1 + 3 + 1u);
}

TEST(AttentionPlan, FindsGroupsWithinGroups) {
  Sequences s;
  const size_t first = s.add(8 * kChunk);
  const size_t second = s.add(8 * kChunk, 1, first, 2 * kChunk);
  for (int i = 0; i < 3; i++) s.add(8 * kChunk, 1, first, 6 * kChunk);
  for (int i = 0; i < 3; i++) s.add(8 * kChunk, 1, second, 5 * kChunk);
  s.add(8 * kChunk);
  const AttentionPlan plan = s.plan();
  expect_sound(s, plan);
  EXPECT_EQ(chunks_read(plan), 2 + (4 + 4 * 3) + (3 + 4 * 4) + 9u);
  EXPECT_EQ(plan.parts(0).size(), 3u) << "shared by all, by its group, its own";
}

TEST(AttentionPlan, SharesAmongDraftsOfSeveralRows) {
  Sequences s;
  s.add(1030, 17);
  s.add(1040, 3, 0, 1024);
  const AttentionPlan plan = s.plan();
  expect_sound(s, plan);
  EXPECT_EQ(chunks_read(plan), 4 + 2 + 1u) << "own tiles of at most 16 rows";
}

TEST(AttentionPlan, GivesAllThreadsWorkWhereOneGroupIsLong) {
  for (size_t threads : {1, 2, 4, 8}) {
    for (size_t samples : {1, 2, 64}) {
      Sequences s;
      s.add(16384);
      for (size_t i = 1; i < samples; i++) s.add(16384, 1, 0, 16384);
      for (int i = 0; i < 3; i++) s.add(100);
      const AttentionPlan plan = s.plan(threads);
      expect_sound(s, plan);
      EXPECT_LE(longest_unit(plan) * 4 * threads, 64 * samples * kHeads) << threads << ", " << samples;
    }
  }
}

TEST(AttentionPlan, CutsGroupsOfManyRowsIntoTiles) {
  Sequences s;
  s.add(600, 100);
  s.add(600, 156, 0, 512);
  const AttentionPlan plan = s.plan();
  expect_sound(s, plan);
  const size_t shared_tiles =
      (256 * kGroup + AttentionPlan::max_rows(kGroup) - 1) / AttentionPlan::max_rows(kGroup);
  EXPECT_GT(shared_tiles, 1u);
  EXPECT_EQ(chunks_read(plan), 2 * shared_tiles + 7 + 10);
}

TEST(AttentionPlan, IsSoundForAnyForks) {
  std::mt19937 random(7);
  auto below = [&](size_t n) { return random() % n; };
  for (int round = 0; round < 300; round++) {
    Sequences s;
    std::vector<size_t> lengths;
    const size_t n = 1 + below(20);
    for (size_t i = 0; i < n; i++) {
      const size_t from = i == 0 ? 0 : below(i);
      const size_t shared = i == 0 || below(5) == 0 ? 0 : below(lengths[from] + 1);
      lengths.push_back(shared + below(2 * kChunk));
      s.add(lengths.back(), 1 + below(below(4) == 0 ? 12 : 2), from, shared);
    }
    expect_sound(s, s.plan(1 + below(4)));
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
}

}  // namespace
}  // namespace reckon::model
