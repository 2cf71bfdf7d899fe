#include "run/draft_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace reckon::run {
namespace {

using Tokens = std::vector<TokenId>;

Tokens draft(const DraftIndex& index, size_t history, size_t most) {
  auto match = index.find(history);
  return match ? index.following(history, *match, most) : Tokens();
}

DraftIndex with_histories(const std::vector<Tokens>& histories) {
  DraftIndex index(histories.size());
  for (size_t h = 0; h < histories.size(); h++) index.append(h, histories[h]);
  return index;
}

TEST(DraftIndex, FindsWhatFollowedTheSameTokens) {
  DraftIndex index = with_histories({{1, 2, 3, 4, 5, 6, 9, 2, 3, 4}});
  auto match = index.find(0);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->length, 3u);
  EXPECT_EQ(match->end, 4u);
  EXPECT_EQ(index.following(0, *match, 2), (Tokens{5, 6}));
  EXPECT_EQ(index.following(0, *match, 0), Tokens());
}

TEST(DraftIndex, FindsNothingWhereNothingIsRepeated) {
  EXPECT_FALSE(DraftIndex(1).find(0));
  EXPECT_FALSE(with_histories({{7}}).find(0));
  EXPECT_FALSE(with_histories({{1, 2}}).find(0)) << "the end itself is no earlier place";
  EXPECT_FALSE(with_histories({{1, 2, 3, 4, 5, 6}}).find(0));
  EXPECT_FALSE(with_histories({{2, 1, 3, 2}}).find(0)) << "one token is too little";
}

TEST(DraftIndex, PrefersTheLongerMatchThenTheLaterOne) {
  EXPECT_EQ(draft(with_histories({{1, 2, 3, 10, 9, 2, 3, 11, 1, 2, 3}}), 0, 1), Tokens{10});
  EXPECT_EQ(draft(with_histories({{1, 2, 3, 10, 1, 2, 3, 11, 1, 2, 3}}), 0, 1), Tokens{11});
}

TEST(DraftIndex, GoesOnWithAPeriod) {
  EXPECT_EQ(draft(with_histories({{5, 1, 2, 3, 1, 2, 3, 1, 2}}), 0, 7), (Tokens{3, 1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(draft(with_histories({{4, 4, 4}}), 0, 5), (Tokens{4, 4, 4, 4, 4}));
}

TEST(DraftIndex, TakesFromTheOthersWhatItHasNotSaidItself) {
  DraftIndex index = with_histories({{1, 2, 3, 4, 5}, {8, 1, 2}});
  EXPECT_EQ(draft(index, 1, 9), (Tokens{3, 4, 5})) << "and no further than they went";
  EXPECT_FALSE(index.find(0));
  index.append(0, 6);
  EXPECT_EQ(draft(index, 1, 9), (Tokens{3, 4, 5, 6}));
}

TEST(DraftIndex, PrefersItsOwnPastToTheOthersUnlessTheirsAgreesLonger) {
  const Tokens own{1, 2, 20, 1, 2};
  EXPECT_EQ(draft(with_histories({own, {1, 2, 30, 31}}), 0, 1), Tokens{20});
  EXPECT_EQ(draft(with_histories({own, {20, 1, 2, 30}}), 0, 1), Tokens{30});
}

TEST(DraftIndex, KeepsHistoriesApartWithoutOthers) {
  EXPECT_FALSE(with_histories({{1, 2, 3}, {4, 5, 6}, {7, 8}}).find(2));
}

// The place that a search through everything finds: longest first, own before others, then the latest.
std::optional<DraftIndex::Match> search(const std::vector<Tokens>& histories, size_t history) {
  const Tokens& tokens = histories[history];
  for (size_t n = std::min(tokens.size(), DraftIndex::kLongestMatch); n >= DraftIndex::kShortestMatch; n--) {
    const Tokens& own = histories[history];
    for (size_t end = own.size() - 1; end >= n; end--) {
      if (std::equal(tokens.end() - static_cast<std::ptrdiff_t>(n), tokens.end(),
                     own.begin() + static_cast<std::ptrdiff_t>(end - n)))
        return DraftIndex::Match{n, history, end};
    }
  }
  return std::nullopt;
}

// A bucket may be full: then the table forgets, which costs a draft now and then.
TEST(DraftIndex, FindsWhatASearchThroughEverythingFinds) {
  std::mt19937 random(1);
  size_t found = 0, missed = 0;
  for (uint32_t alphabet : {2u, 4u, 30u, 1000u}) {
    std::vector<Tokens> histories(1);
    DraftIndex index(1);
    for (int i = 0; i < 1500; i++) {
      histories[0].push_back(static_cast<TokenId>(random() % alphabet));
      index.append(0, histories[0].back());
      auto want = search(histories, 0), got = index.find(0);
      if (got) {
        ASSERT_TRUE(want && want->length >= got->length) << alphabet << " " << i;
      }
      if (!want) continue;
      const bool same = got && got->length == want->length && got->end == want->end;
      (same ? found : missed)++;
    }
  }
  EXPECT_GT(found, 3000u);
  EXPECT_LT(missed, found / 100);
}

TEST(DraftIndex, StaysBoundedAndRightPastTheBound) {
  std::mt19937 random(2);
  Tokens tokens;
  for (int i = 0; i < 400'000; i++) tokens.push_back(static_cast<TokenId>(random() % 150'000));
  DraftIndex index(1);
  index.append(0, tokens);
  EXPECT_EQ(index.length(0), tokens.size());
  EXPECT_LE(index.bytes(), (size_t{6} << 20) + 2 * tokens.size() * sizeof(TokenId));
  for (int i = 0; i < 100; i++) index.append(0, static_cast<TokenId>(i));
  index.append(0, Tokens{10, 11, 12, 13, 14});
  EXPECT_EQ(draft(index, 0, 3), (Tokens{15, 16, 17})) << "what was said last is still there";
}

}  // namespace
}  // namespace reckon::run
