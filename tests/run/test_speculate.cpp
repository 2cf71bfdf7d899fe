// Speculation changes nothing but the time: the same tokens, events, counts and cache with and without it.
#include "run/speculate.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include <reckon/reckon.hpp>

#include "model/random_model.hpp"
#include "run/infinity.hpp"
#include "run/sampler.hpp"
#include "run/step.hpp"
#include "run/tiny_model.hpp"
#include "run/turn.hpp"

namespace reckon::run {
namespace {

using Tokens = std::vector<TokenId>;

const std::vector<int> kLengths = {1, 2, 3, 4, 5, 6, 7, 8, DraftPolicy::kMost, DraftPolicy::kAuto};
const std::vector<int> kFewLengths = {3, 8};

const test::LoadedModel& random_model() {
  static const test::LoadedModel model(test::make_content(test::RandomModel{}));
  return model;
}

Tokens question(const std::string& text) {
  std::vector<Message> messages = {{"user", text}};
  return tiny().tokenize(tiny().render_chat(messages));
}

struct SeenEvent {
  Phase phase;
  std::string text;
  TokenId token;
  uint64_t prompt_done;
  bool operator==(const SeenEvent&) const = default;
};

struct Outcome {
  std::vector<SeenEvent> events;
  Generation generation;
  uint64_t cached;
};

using Stop = std::function<bool(const Event&)>;  // true: the callback ends the generation

Outcome run(Session& session, const Tokens& prompt, const GenerateOptions& options, const Stop& stop = {}) {
  Outcome o;
  o.generation = session.complete_tokens(prompt, options, [&](const Event& e) {
    o.events.push_back({e.phase, std::string(e.text), e.token, e.prompt_done});
    return !stop || !stop(e);
  });
  o.cached = session.cached_tokens();
  return o;
}

void expect_same(const Outcome& a, const Outcome& b, const std::string& what) {
  ASSERT_EQ(a.events.size(), b.events.size()) << what;
  for (size_t i = 0; i < a.events.size(); i++) ASSERT_EQ(a.events[i], b.events[i]) << what << ", event " << i;
  const Generation &g = a.generation, &h = b.generation;
  EXPECT_EQ(g.thinking, h.thinking) << what;
  EXPECT_EQ(g.answer, h.answer) << what;
  EXPECT_EQ(g.finish_reason, h.finish_reason) << what;
  EXPECT_EQ(g.ended_in_thinking, h.ended_in_thinking) << what;
  EXPECT_EQ(g.usage.thinking_tokens, h.usage.thinking_tokens) << what;
  EXPECT_EQ(g.usage.answer_tokens, h.usage.answer_tokens) << what;
  EXPECT_EQ(g.usage.cached_tokens, h.usage.cached_tokens) << what;
  EXPECT_EQ(a.cached, b.cached) << what;
}

struct Counts {
  uint64_t drafted = 0, accepted = 0;
};

// Plain decoding against every length of drafts. The sum of what was drafted says whether anything was
// tested.
Counts compare(const Model& model, const Tokens& prompt, GenerateOptions options, const std::string& what,
               const std::vector<int>& lengths, const SessionOptions& session_options = {},
               const Stop& stop = {}) {
  options.draft_tokens = 0;
  Session plain_session(model, session_options);
  Outcome plain = run(plain_session, prompt, options, stop);
  EXPECT_EQ(plain.generation.speculation.drafted_tokens, 0u);
  Counts counts;
  for (int length : lengths) {
    options.draft_tokens = length;
    Session session(model, session_options);
    Outcome drafted = run(session, prompt, options, stop);
    expect_same(plain, drafted, what + ", drafts of " + std::to_string(length));
    const Speculation& s = drafted.generation.speculation;
    EXPECT_LE(s.accepted_tokens, s.drafted_tokens);
    counts.drafted += s.drafted_tokens;
    counts.accepted += s.accepted_tokens;
  }
  return counts;
}

void expect_both(const Counts& counts) {
  EXPECT_GT(counts.accepted, 100u);
  EXPECT_GT(counts.drafted - counts.accepted, 100u);
}

GenerateOptions at(float temperature, uint64_t max_tokens = 0) {
  GenerateOptions o;
  o.sampling.temperature = temperature;
  o.sampling.seed = 11;
  o.max_tokens = max_tokens;
  return o;
}

TEST(Speculation, GivesTheSameTokensAtEveryTemperature) {
  for (float temperature : {0.0f, 0.6f, 1.0f}) {
    Counts sum;
    for (const char* text : {"What is 4839 + 7581?", "What is 47 * 86?"}) {
      Counts c = compare(tiny(), question(text), at(temperature, 120),
                         text + (" at " + std::to_string(temperature)), kLengths);
      sum.drafted += c.drafted;
      sum.accepted += c.accepted;
    }
    expect_both(sum);
  }
}

TEST(Speculation, GivesTheSameTokensOnRandomPrompts) {
  Counts sum;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    for (float temperature : {0.0f, 0.05f, 0.6f, 1.0f}) {
      Tokens prompt = test::random_tokens(seed, 20 + 17 * seed, 12);  // few different ones: many matches
      GenerateOptions options = at(temperature, 120);
      options.sampling.logit_bias = {{256, -kInfinity}, {257, -kInfinity}, {258, -kInfinity}};
      Counts c = compare(*random_model(), prompt, options,
                         "seed " + std::to_string(seed) + " at " + std::to_string(temperature), kLengths);
      sum.drafted += c.drafted;
      sum.accepted += c.accepted;
    }
  }
  expect_both(sum);
}

TEST(Speculation, KeepsToPenaltiesBiasAndTheOtherSamplers) {
  std::vector<GenerateOptions> all(5, at(0.6f, 120));
  all[0].sampling.repeat_penalty = 1.3f;
  all[1].sampling.presence_penalty = 0.7f;
  all[1].sampling.repeat_last = 5;
  all[2].sampling.frequency_penalty = 0.2f;
  all[2].sampling.repeat_last = -1;
  all[3].sampling.top_k = 3;
  all[3].sampling.min_p = 0.02f;
  all[4].sampling.temperature = 0;
  all[4].sampling.repeat_penalty = 1.2f;
  const Tokens prompt = question("What is 4839 + 7581?");
  const TokenId biased = prompt[prompt.size() / 2];
  Counts sum;
  for (size_t i = 0; i < all.size(); i++) {
    all[i].sampling.logit_bias = {{biased, 1.5f}, {biased + 1, -kInfinity}};
    Counts c = compare(tiny(), prompt, all[i], "options " + std::to_string(i), {1, 4, 8});
    sum.drafted += c.drafted;
    sum.accepted += c.accepted;
  }
  expect_both(sum);
}

TEST(Speculation, EndsAtEveryTokenLimit) {
  const Tokens prompt = question("What is 47 * 86?");
  for (uint64_t most = 1; most <= 40; most++) {
    compare(tiny(), prompt, at(0, most), std::to_string(most) + " tokens at most", kFewLengths);
  }
}

TEST(Speculation, EndsAtEveryEndOfTheContext) {
  const Tokens prompt = question("What is 47 * 86?");
  for (uint64_t more = 1; more <= 20; more++) {
    SessionOptions session;
    session.context = prompt.size() + more;
    compare(tiny(), prompt, at(0), std::to_string(more) + " positions left", kFewLengths, session);
  }
}

TEST(Speculation, EndsBeforeStopStringsInsideADraft) {
  const Tokens prompt = question("What is 4839 + 7581?");
  Session session(tiny());
  const std::string answer = run(session, prompt, at(0)).generation.answer;
  ASSERT_GT(answer.size(), 10u);
  for (size_t i = 0; i + 3 <= answer.size(); i += 4) {
    GenerateOptions options = at(0);
    options.stop = {answer.substr(i, 3), "never said"};
    compare(tiny(), prompt, options, "stop '" + options.stop[0] + "'", kFewLengths);
  }
}

TEST(Speculation, EndsWhereTheCallbackEndsIt) {
  const Tokens prompt = question("What is 47 * 86?");
  for (int after : {1, 2, 3, 5, 8, 13, 21, 34, 55}) {
    int left = 0;
    compare(tiny(), prompt, at(0), "cancelled after " + std::to_string(after), kFewLengths, {},
            [&](const Event& e) {
              if (e.phase == Phase::prompt) left = after;
              return e.token >= 0 && --left == 0;
            });
  }
}

// The next turn finds the same positions in the cache, whatever was drafted when the one before it ended.
TEST(Speculation, LeavesTheCacheAsWithoutIt) {
  const Tokens prompt = question("What is 4839 + 7581?");
  for (uint64_t most : {20u, 41u, 62u, 0u}) {
    std::vector<Outcome> next;
    for (int length : {0, 3, 8}) {
      Session session(tiny());
      GenerateOptions options = at(0.6f, most);
      options.draft_tokens = length;
      Outcome first = run(session, prompt, options);
      Tokens longer = prompt;
      for (const SeenEvent& e : first.events) {
        if (e.token >= 0) longer.push_back(e.token);
      }
      longer.push_back(prompt[1]);
      next.push_back(run(session, longer, options));
      EXPECT_EQ(next.back().generation.usage.cached_tokens, first.cached);
      EXPECT_GE(first.cached, longer.size() - 2);
      expect_same(next[0], next.back(), "drafts of " + std::to_string(length));
    }
  }
}

TEST(Speculation, AnExceptionOfTheCallbackLeavesTheSessionUsable) {
  const Tokens prompt = question("What is 47 * 86?");
  Session fresh(tiny());
  GenerateOptions options = at(0);
  options.draft_tokens = 8;
  const Outcome expected = run(fresh, prompt, options);
  for (int after : {3, 30, 31, 32, 33, 34}) {
    Session session(tiny());
    int left = after;
    EXPECT_THROW(run(session, prompt, options,
                     [&](const Event& e) {
                       if (e.token >= 0 && --left == 0) throw std::runtime_error("enough");
                       return false;
                     }),
                 std::runtime_error);
    EXPECT_EQ(session.cached_tokens(), prompt.size() + static_cast<size_t>(after) - 1);
    EXPECT_EQ(run(session, prompt, options).generation.answer, expected.generation.answer);
  }
}

TEST(Speculation, RefusesLengthsOutOfRange) {
  Session session(tiny());
  GenerateOptions options = at(0, 3);
  for (int wrong : {-2, 17}) {
    options.draft_tokens = wrong;
    EXPECT_THROW(session.complete_tokens(question("7 * 8"), options), Error);
  }
}

// ---- several sequences ----

// A sample of a prompt: its sequence, its sampler, its drafts.
struct Sample {
  Sample(Engine& engine, SequenceId id, DraftIndex& index, size_t history, uint64_t seed, float temperature)
      : sampler(options(seed, temperature), tiny().info().vocab_size, kernels::select_table()),
        policy(8),
        speculator(engine, id, index, history, policy) {}
  static SamplingOptions options(uint64_t seed, float temperature) {
    SamplingOptions o;
    o.seed = seed;
    o.temperature = temperature;
    return o;
  }
  Sampler sampler;
  DraftPolicy policy;
  Speculator speculator;
  Tokens tokens;
};

void prefill(Engine& engine, SequenceId id, const Tokens& prompt) {
  std::vector<BatchRow> rows;
  for (TokenId t : prompt) rows.push_back({id, t, false});
  rows.back().logits = true;
  engine.forward(rows);
}

// The token goes into the sequence, with up to `most` drafts behind it if it was not drafted itself.
void advance(Engine& engine, Speculator& speculator, TokenId token, size_t most) {
  if (speculator.take(token)) return;
  std::vector<BatchRow> rows;
  speculator.add_rows(std::span(&token, 1), most, rows);
  engine.forward(rows);
  speculator.computed(0);
}

// Tokens of a sample decoded alone; the steps it took.
size_t decode_alone(Engine& engine, Sample& sample, size_t n) {
  size_t steps = 0;
  for (size_t i = 0; i < n; i++) {
    TokenId token = sample.sampler.sample(engine.logits(sample.speculator.row()));
    sample.tokens.push_back(token);
    if (i + 1 == n) break;
    uint64_t drafted = sample.speculator.counts().accepted_tokens;
    advance(engine, sample.speculator, token, n - i - 2);
    steps += sample.speculator.counts().accepted_tokens == drafted;
  }
  return steps;
}

TEST(Speculation, ASampleDraftsFromItsSiblings) {
  const Tokens prompt = question("What is 4839 + 7581?");
  constexpr size_t kTokens = 60;
  Engine engine(tiny());
  SequenceId first = engine.add_sequence(), second = engine.add_sequence();
  DraftIndex index(2);
  index.append(0, prompt);
  index.append(1, prompt);
  prefill(engine, first, prompt);
  Sample a(engine, first, index, 0, 1, 0);
  decode_alone(engine, a, kTokens);
  prefill(engine, second, prompt);
  Sample b(engine, second, index, 1, 1, 0);
  size_t steps = decode_alone(engine, b, kTokens);
  EXPECT_EQ(b.tokens, a.tokens);
  EXPECT_LE(steps, kTokens / 4) << "most of it was drafted from the first";
}

// Both in the same steps: each gets the tokens it would get alone.
TEST(Speculation, SamplesShareStepsAndKeepTheirTokens) {
  const Tokens prompt = question("What is 4839 + 7581?");
  constexpr size_t kTokens = 60;
  constexpr float kTemperature = 2.5f;  // the model is sure of itself
  std::vector<Tokens> alone;
  for (uint64_t seed : {1u, 2u}) {
    Engine engine(tiny());
    DraftIndex index(1);
    SequenceId id = engine.add_sequence();
    prefill(engine, id, prompt);
    Sample s(engine, id, index, 0, seed, kTemperature);
    decode_alone(engine, s, kTokens);
    alone.push_back(s.tokens);
  }
  EXPECT_NE(alone[0], alone[1]);

  Engine engine(tiny());
  DraftIndex index(2);
  SequenceId first = engine.add_sequence();
  prefill(engine, first, prompt);
  SequenceId second = engine.fork(first);
  index.append(0, prompt);
  index.append(1, prompt);
  Sample a(engine, first, index, 0, 1, kTemperature), b(engine, second, index, 1, 2, kTemperature);
  std::vector<Sample*> samples = {&a, &b};
  while (a.tokens.size() < kTokens || b.tokens.size() < kTokens) {
    std::vector<BatchRow> rows;
    std::vector<size_t> first_rows;
    for (Sample* s : samples) {  // each goes on alone as far as its drafts came true
      TokenId token;
      do s->tokens.push_back(token = s->sampler.sample(engine.logits(s->speculator.row())));
      while (s->speculator.take(token));
      first_rows.push_back(rows.size());
      s->speculator.add_rows(std::span(&token, 1), 8, rows);
    }
    engine.forward(rows);
    for (size_t i = 0; i < samples.size(); i++) samples[i]->speculator.computed(first_rows[i]);
  }
  uint64_t accepted = 0;
  for (size_t i = 0; i < samples.size(); i++) {
    samples[i]->tokens.resize(kTokens);
    EXPECT_EQ(samples[i]->tokens, alone[i]) << i;
    accepted += samples[i]->speculator.counts().accepted_tokens;
  }
  EXPECT_GT(accepted, 0u);
}

// A cache with room for the tokens, and for no draft beyond them.
TEST(Speculation, DraftsGiveWayWhereTheCacheIsFull) {
  Prompt prompt{question("What is 4839 + 7581?"), text::Phase::thinking};
  while (prompt.tokens.size() < 40) prompt.tokens.push_back(prompt.tokens[prompt.tokens.size() - 3]);
  ASSERT_LT(prompt.tokens.size(), 60u);
  GenerateOptions options = at(0, 65 - prompt.tokens.size());  // the last is chosen from position 63's logits
  options.thinking.answer_reserve = 0;
  std::vector<std::string> texts;
  for (int length : {0, 8}) {
    Engine engine(tiny(), {.max_positions = 64});
    Requests requests;
    Tokens cached;
    DraftIndex index(1);
    DraftPolicy policy(length);
    const EventCallback nobody;  // outlives the turn
    Turn turn({tiny(), engine, engine.add_sequence(), cached, 2048, requests, index, 0, policy}, prompt,
              options, nobody);
    Turn* const turns[] = {&turn};
    while (turn.running()) step(engine, turns, 256);
    texts.push_back(turn.finish().thinking);
    EXPECT_EQ(cached.size(), 64u);
  }
  EXPECT_FALSE(texts[0].empty());
  EXPECT_EQ(texts[0], texts[1]);
}

}  // namespace
}  // namespace reckon::run
