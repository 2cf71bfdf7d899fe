// Counted answers and votes through the C interface.
#include <vector>

#include <reckon/vote.hpp>

#include "capi/owned.hpp"

namespace reckon::test {
namespace {

reckon_generate_options warm() {
  auto options = initialised(reckon_generate_options_init);
  options.temperature = 1;
  options.top_p = 1;
  options.seed = 40;
  return options;
}

// Few at once, so that some have ended while others wait.
constexpr uint32_t kParallel = 2;

reckon_vote_options samples(uint32_t n, int32_t early_stop = 0) {
  auto options = initialised(reckon_vote_options_init);
  options.samples = n;
  options.parallel = kParallel;
  options.early_stop = early_stop;
  return options;
}

VoteHandle vote_of(const reckon_vote_options& options, reckon_vote_function on_progress = nullptr,
                   void* data = nullptr) {
  const reckon_prompt prompt = question();
  const reckon_generate_options generate = warm();
  reckon_vote_result* result = nullptr;
  reckon_error* error = nullptr;
  EXPECT_EQ(reckon_vote(tiny(), &prompt, &generate, &options, on_progress, data, &result, &error), RECKON_OK)
      << reckon_error_message(error);
  return VoteHandle(result);
}

VoteResult expected_vote(uint32_t n, bool early_stop) {
  GenerateOptions options;
  options.sampling.temperature = 1;
  options.sampling.top_p = 1;
  options.sampling.seed = 40;
  const std::vector<Message> messages = {{"user", kQuestion.content}};
  return vote(Model::embedded(), messages, options,
              {.samples = n, .parallel = kParallel, .early_stop = early_stop});
}

TEST(CTally, CountsAnswersThatMeanTheSame) {
  reckon_tally* t = nullptr;
  ASSERT_EQ(reckon_tally_new(5, &t, nullptr), RECKON_OK);
  const TallyHandle tally(t);
  EXPECT_EQ(reckon_tally_remaining(t), 5U);
  EXPECT_EQ(reckon_tally_add(t, 3, "1/2", 3, nullptr), RECKON_OK);
  EXPECT_EQ(reckon_tally_add(t, 1, "7", 1, nullptr), RECKON_OK);
  EXPECT_EQ(reckon_tally_add(t, 1, "8", 1, nullptr), RECKON_OK) << "heard already: ignored";
  EXPECT_EQ(reckon_tally_add(t, 2, "0.5", 3, nullptr), RECKON_OK);
  EXPECT_EQ(reckon_tally_decided(t), 0);
  EXPECT_EQ(reckon_tally_add(t, 0, nullptr, 0, nullptr), RECKON_OK) << "has none";
  EXPECT_EQ(reckon_tally_votes(t), 3U);
  EXPECT_EQ(reckon_tally_remaining(t), 1U);
  EXPECT_EQ(reckon_tally_add(t, 4, "0.50", 4, nullptr), RECKON_OK);
  EXPECT_NE(reckon_tally_decided(t), 0);
  reckon_answer_count* ranking = nullptr;
  size_t count = 0;
  ASSERT_EQ(reckon_tally_ranking(t, &ranking, &count, nullptr), RECKON_OK);
  const Memory owned(ranking);
  ASSERT_EQ(count, 2U);
  EXPECT_EQ(ranking[0].votes, 3U);
  EXPECT_EQ(ranking[0].first_sample, 2U);
  EXPECT_STREQ(ranking[0].answer, "0.5");
  EXPECT_EQ(ranking[0].answer_length, 3U);
  EXPECT_STREQ(ranking[0].normalised, "1/2");
  EXPECT_EQ(ranking[0].normalised_length, 3U);
  EXPECT_STREQ(ranking[1].answer, "7");
}

TEST(CTally, BadArgumentsAreRefused) {
  reckon_tally* t = nullptr;
  reckon_answer_count* ranking;
  size_t count;
  ASSERT_EQ(reckon_tally_new(1, &t, nullptr), RECKON_OK);
  const TallyHandle tally(t);
  EXPECT_REFUSED("out", reckon_tally_new(1, nullptr, &error));
  EXPECT_REFUSED("tally", reckon_tally_add(nullptr, 0, "x", 1, &error));
  EXPECT_REFUSED("tally", reckon_tally_ranking(nullptr, &ranking, &count, &error));
  EXPECT_REFUSED("out", reckon_tally_ranking(t, nullptr, &count, &error));
  EXPECT_REFUSED("count", reckon_tally_ranking(t, &ranking, nullptr, &error));
  reckon_tally_free(nullptr);
  EXPECT_EQ(reckon_tally_votes(nullptr), 0U);
  EXPECT_EQ(reckon_tally_remaining(nullptr), 0U);
  EXPECT_EQ(reckon_tally_decided(nullptr), 0);
}

TEST(CVote, IsThatOfTheCppInterface) {
  const VoteResult expected = expected_vote(5, false);
  const VoteHandle r = vote_of(samples(5));
  ASSERT_NE(r, nullptr);
  EXPECT_EQ(r->size, sizeof *r);
  ASSERT_EQ(r->ranking_count, expected.ranking.size());
  for (size_t i = 0; i < r->ranking_count; i++) {
    EXPECT_EQ(r->ranking[i].answer, expected.ranking[i].answer);
    EXPECT_EQ(r->ranking[i].normalised, expected.ranking[i].normalised);
    EXPECT_EQ(r->ranking[i].votes, expected.ranking[i].votes);
  }
  ASSERT_EQ(r->samples, 5U);
  for (uint32_t i = 0; i < 5; i++) {
    const reckon_vote_sample* s = reckon_vote_result_sample(r.get(), i);
    const VoteSample& e = expected.samples[i];
    EXPECT_EQ(s->size, sizeof *s);
    EXPECT_EQ(s->seed, 40 + i);
    EXPECT_EQ(s->state, RECKON_SAMPLE_DONE);
    EXPECT_EQ(s->tokens, e.tokens);
    EXPECT_EQ(s->result->thinking, e.generation.thinking);
    EXPECT_EQ(std::string(s->answer, s->answer_length), e.answer);
    EXPECT_EQ(std::string(s->normalised, s->normalised_length), e.normalised);
    EXPECT_STREQ(s->error, "");
  }
  EXPECT_EQ(reckon_vote_result_sample(r.get(), 5), nullptr);
  EXPECT_EQ(r->votes, expected.votes);
  EXPECT_EQ(r->tokens, expected.tokens);
  EXPECT_EQ(r->prompt_tokens, expected.prompt_tokens);
  EXPECT_EQ(r->cancelled, 0);
}

TEST(CVote, StopsOnceItIsDecided) {
  const VoteResult expected = expected_vote(9, true);
  const VoteHandle r = vote_of(samples(9, 1));
  ASSERT_GT(r->not_needed, 0U) << "an early stop, to be told";
  EXPECT_EQ(r->not_needed, expected.not_needed);
  EXPECT_EQ(r->ranking[0].answer, expected.winner->answer);
}

struct Seen {
  int calls = 0;
  uint32_t most_votes = 0;
  uint64_t last_tokens = 0;
  uint32_t stop_at_votes = UINT32_MAX;
};

int watch(void* data, const reckon_vote_progress* p) {
  auto& seen = *static_cast<Seen*>(data);
  EXPECT_EQ(p->size, sizeof *p);
  EXPECT_EQ(p->samples, 4U);
  EXPECT_GE(p->tokens, seen.last_tokens);
  uint64_t tokens = 0;
  for (uint32_t i = 0; i < p->samples; i++) {
    const reckon_vote_sample* s = reckon_vote_progress_sample(p, i);
    EXPECT_EQ(s->seed, 40 + i);
    EXPECT_EQ(s->answer != nullptr, s->state == RECKON_SAMPLE_DONE);
    tokens += s->tokens;
  }
  EXPECT_EQ(tokens, p->tokens);
  EXPECT_EQ(reckon_vote_progress_sample(p, 4), nullptr);
  EXPECT_EQ(reckon_tally_votes(p->tally) + reckon_tally_remaining(p->tally), 4U);
  EXPECT_REFUSED("vote", reckon_tally_add(const_cast<reckon_tally*>(p->tally), 0, "x", 1, &error));
  seen.calls++;
  seen.last_tokens = p->tokens;
  seen.most_votes = reckon_tally_votes(p->tally);
  return int{seen.most_votes >= seen.stop_at_votes};
}

TEST(CVote, ProgressIsToldAndCanEndIt) {
  Seen seen;
  const VoteHandle whole = vote_of(samples(4), watch, &seen);
  EXPECT_EQ(static_cast<uint64_t>(seen.calls), whole->steps);
  EXPECT_EQ(seen.last_tokens, whole->tokens);
  Seen stopped{.stop_at_votes = 1};
  const VoteHandle part = vote_of(samples(4), watch, &stopped);
  EXPECT_NE(part->cancelled, 0);
  EXPECT_LT(part->votes, 4U);
  EXPECT_GE(part->votes, 1U);
}

TEST(CVote, BadArgumentsAreRefused) {
  const reckon_prompt prompt = question();
  reckon_vote_result* r;
  EXPECT_REFUSED("model", reckon_vote(nullptr, &prompt, nullptr, nullptr, nullptr, nullptr, &r, &error));
  EXPECT_REFUSED("prompt", reckon_vote(tiny(), nullptr, nullptr, nullptr, nullptr, nullptr, &r, &error));
  EXPECT_REFUSED("out", reckon_vote(tiny(), &prompt, nullptr, nullptr, nullptr, nullptr, nullptr, &error));
  reckon_vote_options options = samples(0);
  EXPECT_REFUSED("samples 0", reckon_vote(tiny(), &prompt, nullptr, &options, nullptr, nullptr, &r, &error));
  options = samples(UINT32_MAX);
  EXPECT_REFUSED("samples", reckon_vote(tiny(), &prompt, nullptr, &options, watch, nullptr, &r, &error));
  options = samples(2);
  options.cache_type = -1;
  EXPECT_REFUSED("cache_type", reckon_vote(tiny(), &prompt, nullptr, &options, nullptr, nullptr, &r, &error));
  options.size = 0;
  EXPECT_REFUSED("vote_options.size",
                 reckon_vote(tiny(), &prompt, nullptr, &options, nullptr, nullptr, &r, &error));
  reckon_vote_result_free(nullptr);
  EXPECT_EQ(reckon_vote_result_sample(nullptr, 0), nullptr);
  EXPECT_EQ(reckon_vote_progress_sample(nullptr, 0), nullptr);
}

}  // namespace
}  // namespace reckon::test
