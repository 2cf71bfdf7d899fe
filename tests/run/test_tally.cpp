// Counting votes: who wins, and when that is certain.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include <reckon/vote.hpp>

namespace reckon {
namespace {

Tally tally_of(uint32_t samples, const std::vector<std::pair<uint32_t, std::string>>& answers) {
  Tally tally(samples);
  for (const auto& [sample, answer] : answers) {
    tally.add(sample, answer.empty() ? std::nullopt : std::optional(answer));
  }
  return tally;
}

TEST(Tally, RanksByVotes) {
  const Tally tally = tally_of(5, {{0, "1"}, {1, "2"}, {2, "2"}, {3, "3"}, {4, "2"}});
  const std::vector<AnswerCount> ranking = tally.ranking();
  ASSERT_EQ(ranking.size(), 3u);
  EXPECT_EQ(ranking[0].answer, "2");
  EXPECT_EQ(ranking[0].votes, 3u);
  EXPECT_EQ(ranking[0].first_sample, 1u);
  EXPECT_EQ(ranking[1].answer, "1") << "of equals the one of the lowest sample";
  EXPECT_EQ(ranking[2].answer, "3");
}

TEST(Tally, CountsEqualAnswersAsOneAndShowsTheFirstWriting) {
  const Tally tally = tally_of(4, {{3, "0.5"}, {2, "\\frac12"}, {1, "1/2"}, {0, "2"}});
  ASSERT_EQ(tally.ranking().size(), 2u);
  EXPECT_EQ(tally.ranking()[0].answer, "1/2") << "of sample 1, which came last";
  EXPECT_EQ(tally.ranking()[0].normalised, "1/2");
  EXPECT_EQ(tally.ranking()[0].votes, 3u);
}

TEST(Tally, DoesNotDependOnTheOrderInWhichSamplesCome) {
  std::vector<std::pair<uint32_t, std::string>> answers{{0, "4"}, {1, "7"}, {2, "7"},
                                                        {3, "4"}, {4, ""},  {5, "9"}};
  std::sort(answers.begin(), answers.end());
  do {
    const Tally tally = tally_of(6, answers);
    ASSERT_EQ(tally.ranking().front().answer, "4");
    ASSERT_EQ(tally.votes(), 5u);
  } while (std::next_permutation(answers.begin(), answers.end()));
}

TEST(Tally, SamplesWithoutAnAnswerHaveNoVote) {
  const Tally tally = tally_of(3, {{0, ""}, {1, ""}, {2, "1"}});
  EXPECT_EQ(tally.votes(), 1u);
  EXPECT_EQ(tally.remaining(), 0u);
  EXPECT_TRUE(tally.decided());
  const Tally none = tally_of(2, {{0, ""}, {1, ""}});
  EXPECT_TRUE(none.decided());
  EXPECT_TRUE(none.ranking().empty());
}

TEST(Tally, TakesEachSampleOnce) {
  Tally tally = tally_of(3, {{0, "1"}, {0, "2"}, {7, "2"}});
  EXPECT_EQ(tally.votes(), 1u);
  EXPECT_EQ(tally.remaining(), 2u);
  EXPECT_EQ(tally.ranking().front().answer, "1");
}

TEST(Tally, IsDecidedOnceTheRestCanNotChangeTheWinner) {
  EXPECT_FALSE(tally_of(3, {}).decided());
  EXPECT_FALSE(tally_of(3, {{0, "1"}}).decided());
  EXPECT_TRUE(tally_of(3, {{0, "1"}, {1, "1"}}).decided());
  EXPECT_FALSE(tally_of(3, {{0, "1"}, {1, "2"}}).decided());
  EXPECT_TRUE(tally_of(5, {{0, "1"}, {1, "1"}, {2, "1"}}).decided());
  EXPECT_FALSE(tally_of(5, {{0, "1"}, {1, "2"}, {2, "1"}, {3, "2"}}).decided());
}

TEST(Tally, ATieIsDecidedByTheLowestSample) {
  EXPECT_TRUE(tally_of(4, {{0, "1"}, {1, "1"}}).decided()) << "2 to 2 at most, and sample 0 stays the first";
  EXPECT_FALSE(tally_of(4, {{2, "1"}, {3, "1"}}).decided()) << "samples 0 and 1 may tie and are earlier";
  EXPECT_TRUE(tally_of(4, {{0, "1"}, {1, "2"}, {2, "1"}}).decided());
  EXPECT_FALSE(tally_of(4, {{0, "2"}, {1, "1"}, {2, "1"}}).decided());
}

// All ways in which the remaining samples could answer, on small votes: decided() is neither too early nor
// too late.
bool can_change(const std::vector<int>& answers, const std::vector<bool>& heard, int kinds) {
  const auto n = static_cast<uint32_t>(answers.size());
  std::vector<uint32_t> open;
  Tally known(n);
  for (uint32_t i = 0; i < n; i++) {
    if (!heard[i])
      open.push_back(i);
    else if (answers[i] > 0)
      known.add(i, std::to_string(answers[i]));
    else
      known.add(i, std::nullopt);
  }
  if (known.ranking().empty()) return !open.empty();
  const std::string winner = known.ranking().front().normalised;
  size_t ways = 1;
  for (size_t i = 0; i < open.size(); i++) ways *= static_cast<size_t>(kinds) + 1;
  for (size_t way = 0; way < ways; way++) {
    Tally tally = known;
    size_t rest = way;
    for (uint32_t i : open) {
      const size_t answer = rest % (static_cast<size_t>(kinds) + 1);
      rest /= static_cast<size_t>(kinds) + 1;
      tally.add(i, answer == 0 ? std::nullopt : std::optional(std::to_string(answer)));
    }
    if (tally.ranking().front().normalised != winner) return true;
  }
  return false;
}

TEST(Tally, DecidedIsExact) {
  std::mt19937 random(11);
  constexpr int kKinds = 4;  // 1 to 3 come, 4 is one that nobody has given
  for (int round = 0; round < 2000; round++) {
    const size_t n = 1 + random() % 6;
    std::vector<int> answers(n);
    std::vector<bool> heard(n);
    Tally tally(static_cast<uint32_t>(n));
    for (uint32_t i = 0; i < n; i++) {
      answers[i] = static_cast<int>(random() % kKinds);
      heard[i] = random() % 3 != 0;
      if (heard[i]) tally.add(i, answers[i] > 0 ? std::optional(std::to_string(answers[i])) : std::nullopt);
    }
    ASSERT_EQ(tally.decided(), !can_change(answers, heard, kKinds)) << round;
  }
}

}  // namespace
}  // namespace reckon
