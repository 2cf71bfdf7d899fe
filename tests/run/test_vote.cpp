// Votes on the embedded model.
#include <reckon/vote.hpp>

#include <gtest/gtest.h>

#include <algorithm>

#include <reckon/reckon.hpp>

#include "run/tiny_model.hpp"

namespace reckon {
namespace {

const std::vector<Message> kProduct = {{"user", "What is 48 * 37?"}};

GenerateOptions warm(uint64_t seed = 1) {
  GenerateOptions o;
  o.sampling.temperature = 1;
  o.sampling.top_p = 1;
  o.sampling.seed = seed;
  return o;
}

size_t count(const VoteResult& result, SampleState state) {
  return static_cast<size_t>(std::count_if(result.samples.begin(), result.samples.end(),
                                           [&](const VoteSample& s) { return s.state == state; }));
}

TEST(Vote, TheMajorityWins) {
  const VoteResult result = vote(tiny(), kProduct, warm(), {.samples = 8, .early_stop = false});
  ASSERT_TRUE(result.winner);
  EXPECT_EQ(result.winner->answer, "1776");
  EXPECT_EQ(result.votes, 8u);
  EXPECT_EQ(count(result, SampleState::done), 8u);
  EXPECT_GT(result.winner->votes, 4u);
  uint32_t votes = 0;
  for (const AnswerCount& c : result.ranking) votes += c.votes;
  EXPECT_EQ(votes, result.votes);
  EXPECT_FALSE(result.cancelled);
}

TEST(Vote, EachSampleIsWhatItsSeedGivesAlone) {
  const VoteResult result = vote(tiny(), kProduct, warm(40), {.samples = 5, .early_stop = false});
  uint64_t tokens = 0;
  for (size_t i = 0; i < 5; i++) {
    const VoteSample& sample = result.samples[i];
    EXPECT_EQ(sample.seed, 40 + i);
    const Generation alone = Session(tiny()).generate(kProduct, warm(40 + i));
    EXPECT_EQ(sample.generation.thinking, alone.thinking) << i;
    EXPECT_EQ(sample.generation.answer, alone.answer) << i;
    EXPECT_EQ(sample.answer, final_answer(alone.answer)) << i;
    tokens += sample.tokens;
  }
  EXPECT_EQ(tokens, result.tokens);
}

TEST(Vote, StopsOnceTheRestCanNotChangeTheWinner) {
  GenerateOptions o = warm();
  o.draft_tokens = 0;  // so that steps can be compared
  const VoteResult all = vote(tiny(), kProduct, o, {.samples = 12, .parallel = 4, .early_stop = false});
  const VoteResult early = vote(tiny(), kProduct, o, {.samples = 12, .parallel = 4});
  EXPECT_EQ(early.winner->normalised, all.winner->normalised);
  EXPECT_GT(early.not_needed, 0u);
  EXPECT_EQ(count(early, SampleState::not_needed), early.not_needed);
  EXPECT_EQ(early.votes + early.not_needed, 12u);
  EXPECT_LT(early.tokens, all.tokens);
  EXPECT_LT(early.steps, all.steps);
  EXPECT_EQ(all.not_needed, 0u);
  for (const VoteSample& s : early.samples) EXPECT_EQ(s.answer.has_value(), s.state == SampleState::done);
}

TEST(Vote, SamplesThatNeverBeganAreNotNeededEither) {
  const VoteResult result = vote(tiny(), kProduct, warm(), {.samples = 9, .parallel = 1});
  EXPECT_GE(result.not_needed, 1u);
  EXPECT_LE(result.samples.back().tokens, 0u);
  EXPECT_EQ(result.samples.back().state, SampleState::not_needed);
}

TEST(Vote, GivesTheSameEveryTime) {
  const VoteResult first = vote(tiny(), kProduct, warm(3), {.samples = 12});
  const VoteResult again = vote(tiny(), kProduct, warm(3), {.samples = 12});
  EXPECT_EQ(first.steps, again.steps);
  EXPECT_EQ(first.tokens, again.tokens);
  for (size_t i = 0; i < 12; i++) {
    EXPECT_EQ(first.samples[i].state, again.samples[i].state) << i;
    EXPECT_EQ(first.samples[i].generation.answer, again.samples[i].generation.answer) << i;
  }
}

TEST(Vote, TheWinnerDependsOnNeitherParallelNorEarlyStop) {
  const std::vector<Message> hard = {{"user", "What is 7488 divided by 36?"}};
  GenerateOptions o = warm(5);
  o.sampling.temperature = 1.6f;  // so that answers differ
  const VoteResult all = vote(tiny(), hard, o, {.samples = 8, .early_stop = false});
  ASSERT_TRUE(all.winner);
  ASSERT_GT(all.ranking.size(), 1u);
  for (uint32_t parallel : {1u, 3u, 8u}) {
    const VoteResult result = vote(tiny(), hard, o, {.samples = 8, .parallel = parallel});
    ASSERT_TRUE(result.winner);
    EXPECT_EQ(result.winner->normalised, all.winner->normalised) << parallel;
  }
}

TEST(Vote, SamplesThatEndInTheThinkingHaveNoVote) {
  GenerateOptions o = warm();
  o.max_tokens = 10;
  o.thinking.answer_reserve = 0;
  const VoteResult result = vote(tiny(), kProduct, o, {.samples = 4});
  EXPECT_FALSE(result.winner);
  EXPECT_EQ(result.votes, 0u);
  EXPECT_EQ(count(result, SampleState::done), 4u);
  for (const VoteSample& s : result.samples) {
    EXPECT_EQ(s.generation.finish_reason, FinishReason::length_in_thinking);
    EXPECT_FALSE(s.answer);
  }
}

TEST(Vote, AnAnswerThatWasCutOffHasNoVote) {
  GenerateOptions o = warm();
  o.no_think = true;
  o.max_tokens = 3;
  const VoteResult result = vote(tiny(), kProduct, o, {.samples = 3});
  EXPECT_FALSE(result.winner);
  for (const VoteSample& s : result.samples) {
    EXPECT_EQ(s.generation.finish_reason, FinishReason::length);
    EXPECT_FALSE(s.generation.answer.empty());
  }
}

TEST(Vote, TheCallbackSeesItGrowAndCanEndIt) {
  uint64_t tokens = 0;
  uint32_t most_running = 0;
  const VoteResult result =
      vote(tiny(), kProduct, warm(), {.samples = 8, .early_stop = false}, [&](const VoteProgress& p) {
        EXPECT_GE(p.tokens, tokens);
        EXPECT_EQ(p.samples.size(), 8u);
        tokens = p.tokens;
        most_running = std::max(most_running, p.running);
        return p.tally.votes() < 2;
      });
  EXPECT_EQ(most_running, 8u);
  EXPECT_TRUE(result.cancelled);
  EXPECT_GE(result.votes, 2u);
  EXPECT_LT(result.votes, 8u);
  EXPECT_TRUE(result.winner);
  EXPECT_EQ(count(result, SampleState::cancelled), 8 - result.votes);
}

TEST(Vote, OfATextOrTokensTakesThemAsTheyAre) {
  const std::string text = tiny().render_chat(kProduct);
  const VoteResult a = vote(tiny(), text, warm(), {.samples = 2, .early_stop = false});
  const VoteResult c = vote(tiny(), tiny().tokenize(text), warm(), {.samples = 2, .early_stop = false});
  const VoteResult b = vote(tiny(), kProduct, warm(), {.samples = 2, .early_stop = false});
  EXPECT_EQ(a.samples[1].generation.answer, b.samples[1].generation.answer);
  EXPECT_EQ(c.samples[1].generation.answer, b.samples[1].generation.answer);
}

TEST(Vote, OptionsOutOfRangeAreRefused) {
  EXPECT_THROW(vote(tiny(), kProduct, warm(), {.samples = 0}), Error);
  EXPECT_THROW(vote(tiny(), kProduct, warm(), {.samples = 65'537}), Error);
  EXPECT_THROW(vote(tiny(), kProduct, warm(), {.samples = 2, .parallel = 0}), Error);
  EXPECT_THROW(vote(tiny(), kProduct, warm(), {.samples = 2, .parallel = 257}), Error);
}

}  // namespace
}  // namespace reckon
