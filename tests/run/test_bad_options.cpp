// Options and requests out of range, through every way into the library: a typed error that names the option,
// and a session that goes on as if nothing had been asked.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include <reckon/reckon.hpp>

#include "load/allocation_counter.hpp"
#include "load/expect_error.hpp"
#include "model/random_model.hpp"
#include "run/infinity.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

using test::expect_error;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr auto kInvalid = ErrorCode::invalid_argument;

const std::vector<Message> kSmallSum = {{"user", "What is 7 + 8?"}};

struct BadOption {
  std::string names;  // what the message has to name
  std::function<void(GenerateOptions&)> set;
};

void add_sampling(std::vector<BadOption>& cases) {
  const auto number = [&](const char* name, float SamplingOptions::*option,
                          std::initializer_list<float> values) {
    for (const float value : values) {
      cases.push_back({name, [=](GenerateOptions& o) { o.sampling.*option = value; }});
    }
  };
  const auto whole = [&](const char* name, int SamplingOptions::*option, std::initializer_list<int> values) {
    for (const int value : values) {
      cases.push_back({name, [=](GenerateOptions& o) { o.sampling.*option = value; }});
    }
  };
  number("temperature", &SamplingOptions::temperature, {kNaN, -1, -kInfinity, kInfinity, 100.5f, 1e30f});
  number("top_p", &SamplingOptions::top_p, {kNaN, 0, -1, 1.5f, kInfinity});
  number("min_p", &SamplingOptions::min_p, {kNaN, -0.5f, 1.5f, -kInfinity});
  number("repeat_penalty", &SamplingOptions::repeat_penalty, {kNaN, 0, -1, 101, kInfinity});
  number("presence_penalty", &SamplingOptions::presence_penalty, {kNaN, -101, 101, kInfinity});
  number("frequency_penalty", &SamplingOptions::frequency_penalty, {kNaN, -101, 101, -kInfinity});
  whole("top_k", &SamplingOptions::top_k, {-1, INT_MIN});
  whole("repeat_last", &SamplingOptions::repeat_last, {-2, INT_MIN});
  const auto n_vocab = static_cast<TokenId>(tiny().info().vocab_size);
  for (const auto& [token, bias] : std::vector<std::pair<TokenId, float>>{
           {-1, 0.f}, {INT32_MIN, 0.f}, {INT32_MAX, 0.f}, {n_vocab, 0.f}, {5, kNaN}, {5, kInfinity}}) {
    cases.push_back({"logit_bias", [=](GenerateOptions& o) { o.sampling.logit_bias = {{token, bias}}; }});
  }
}

void add_phases(std::vector<BadOption>& cases) {
  for (PhaseSampling GenerateOptions::*const phase :
       {&GenerateOptions::thinking_sampling, &GenerateOptions::answer_sampling}) {
    const std::string said =
        phase == &GenerateOptions::thinking_sampling ? "thinking_sampling: " : "answer_sampling: ";
    const auto number = [&](const char* name, std::optional<float> PhaseSampling::*option,
                            std::initializer_list<float> values) {
      for (const float value : values) {
        cases.push_back({said + name, [=](GenerateOptions& o) { o.*phase.*option = value; }});
      }
    };
    number("temperature", &PhaseSampling::temperature, {kNaN, -1, kInfinity});
    number("top_p", &PhaseSampling::top_p, {kNaN, 0, 2});
    number("min_p", &PhaseSampling::min_p, {kNaN, -1, 2});
    number("repeat_penalty", &PhaseSampling::repeat_penalty, {kNaN, 0, 101});
    number("presence_penalty", &PhaseSampling::presence_penalty, {kNaN, 101});
    number("frequency_penalty", &PhaseSampling::frequency_penalty, {kNaN, -101});
    cases.push_back({said + "top_k", [=](GenerateOptions& o) { (o.*phase).top_k = -1; }});
  }
}

void add_others(std::vector<BadOption>& cases) {
  for (const float bias : {kNaN, -101.f, 101.f, kInfinity}) {
    cases.push_back({"hesitation_bias", [=](GenerateOptions& o) { o.thinking.hesitation_bias = bias; }});
  }
  cases.push_back(
      {"budget_message", [](GenerateOptions& o) { o.thinking.budget_message = std::string(1 << 20, 'x'); }});
  cases.push_back(
      {"budget_message", [](GenerateOptions& o) { o.thinking.budget_message = "Enough. </think> Now"; }});
  for (const char* message : {"Enough \xFF", "\xC0\x80", "\xED\xA0\x80", "cut \xE4\xBD"}) {
    cases.push_back({"budget_message", [=](GenerateOptions& o) { o.thinking.budget_message = message; }});
  }
  for (const int tokens : {-2, 17, INT_MIN, INT_MAX}) {
    cases.push_back({"draft_tokens", [=](GenerateOptions& o) { o.draft_tokens = tokens; }});
  }
  for (const std::vector<std::string>& stops : {std::vector<std::string>{""},
                                                {"a", ""},
                                                {"\xC0\x80"},
                                                {"\xED\xA0\x80"},
                                                {"a\xFF"},
                                                std::vector<std::string>(10'001, "x"),
                                                {std::string((1 << 20) + 1, 'x')}}) {
    cases.push_back({"stop", [=](GenerateOptions& o) { o.stop = stops; }});
  }
  for (const AnswerForm& form :
       {AnswerForm{AnswerForm::Kind::regex, "("}, AnswerForm{AnswerForm::Kind::regex, "\xFF"},
        AnswerForm{AnswerForm::Kind::regex, std::string("(a{100000}){100000}b{0,100000}{9}")},
        AnswerForm{AnswerForm::Kind::json_schema, std::string(1 << 20, '[')},
        AnswerForm{AnswerForm::Kind::gbnf, "root ::= " + std::string(1 << 19, '(')},
        AnswerForm{AnswerForm::Kind::gbnf, std::string((1 << 20) + 1, '#')}}) {
    cases.push_back({"", [=](GenerateOptions& o) { o.answer_form = form; }});
  }
}

std::vector<BadOption> bad_options() {
  std::vector<BadOption> cases;
  add_sampling(cases);
  add_phases(cases);
  add_others(cases);
  return cases;
}

TEST(BadOptions, AResumeRefusesThemAndCanStillBeMade) {
  Session session(tiny());
  GenerateOptions first;
  first.max_tokens = 4;
  session.generate(kSmallSum, first);
  GenerateOptions bad;
  bad.thinking.budget_message = "Enough. </think> Now";
  expect_error(kInvalid, {"budget_message"}, [&] { session.resume(bad); });
  bad = {};
  bad.answer_sampling.top_p = 0.0f;
  expect_error(kInvalid, {"answer_sampling: top_p 0"}, [&] { session.resume(bad); });
  ASSERT_TRUE(session.can_resume());
  EXPECT_EQ(session.resume().finish_reason, FinishReason::stop);
}

TEST(BadOptions, AreRefusedByEveryWayIn) {
  Session session(tiny());
  Batch batch(tiny());
  const std::vector<TokenId> tokens = tiny().tokenize("7 + 8");
  for (const BadOption& c : bad_options()) {
    SCOPED_TRACE(c.names);
    GenerateOptions o;
    c.set(o);
    expect_error(kInvalid, {c.names}, [&] { session.generate(kSmallSum, o); });
    expect_error(kInvalid, {c.names}, [&] { session.complete("7 + 8", o); });
    expect_error(kInvalid, {c.names}, [&] { session.complete_tokens(tokens, o); });
    expect_error(kInvalid, {c.names}, [&] { session.stream(kSmallSum, o).finish(); });
    expect_error(kInvalid, {c.names}, [&] {
      batch.add({.messages = kSmallSum, .text = {}, .options = o, .samples = 1, .on_event = {}});
    });
    expect_error(kInvalid, {c.names}, [&] { vote(tiny(), kSmallSum, o); });
  }
  EXPECT_TRUE(batch.idle());
  GenerateOptions greedy;
  greedy.sampling.temperature = 0;
  EXPECT_NE(session.generate(kSmallSum, greedy).answer.find("15"), std::string::npos);
}

// Sums with these would pass the types' ends.
TEST(BadOptions, EnormousOnesThatMeanNoLimitAreTaken) {
  GenerateOptions o;
  o.sampling.temperature = 0;
  o.sampling.top_k = INT_MAX;
  o.sampling.repeat_last = INT_MAX;
  o.sampling.seed = UINT64_MAX;
  o.max_tokens = UINT64_MAX;
  o.thinking.budget = UINT64_MAX;
  o.thinking.grace = UINT64_MAX;
  Session session(tiny());
  const Generation whole = session.generate(kSmallSum, o);
  EXPECT_EQ(whole.finish_reason, FinishReason::stop);
  EXPECT_NE(whole.answer.find("15"), std::string::npos);
  const Generation added = session.generate(kSmallSum, o, [&](const Event&) {
    session.add_budget(UINT64_MAX);
    return true;
  });
  EXPECT_EQ(added.answer, whole.answer);
  o.thinking.answer_reserve = UINT64_MAX;  // nothing is left for the thought
  EXPECT_EQ(session.generate(kSmallSum, o).thought_end, ThoughtEnd::reserve);
}

TEST(BadOptions, OfSessionsBatchesAndVotesAreNamed) {
  const uint64_t most = tiny().info().context_length;
  for (const uint64_t context : {uint64_t{1}, most + 1, uint64_t{1} << 62, UINT64_MAX}) {
    expect_error(kInvalid, {"context", std::to_string(context)},
                 [&] { Session s(tiny(), {.context = context}); });
    expect_error(kInvalid, {"context", std::to_string(context)},
                 [&] { Batch b(tiny(), {.context = context}); });
    expect_error(kInvalid, {"context"}, [&] { vote(tiny(), kSmallSum, {}, {.context = context}); });
  }
  for (const uint32_t chunk : {(1U << 16) + 1, UINT32_MAX}) {
    expect_error(kInvalid, {"prefill_chunk"}, [&] { Session s(tiny(), {.prefill_chunk = chunk}); });
    expect_error(kInvalid, {"prefill_chunk"}, [&] { Batch b(tiny(), {.prefill_chunk = chunk}); });
  }
  for (const uint32_t parallel : {0U, 257U, UINT32_MAX}) {
    expect_error(kInvalid, {"parallel"}, [&] { Batch b(tiny(), {.parallel = parallel}); });
    expect_error(kInvalid, {"parallel"}, [&] { vote(tiny(), kSmallSum, {}, {.parallel = parallel}); });
  }
}

TEST(BadOptions, NumbersThatAreNoCacheTypeAreNamed) {
  for (const int number : {2, 17, 255}) {
    const auto type = static_cast<CacheType>(number);
    const std::string said = "cache_type " + std::to_string(number);
    expect_error(kInvalid, {said}, [&] { Session s(tiny(), {.cache_type = type}); });
    expect_error(kInvalid, {said}, [&] { Batch b(tiny(), {.cache_type = type}); });
    expect_error(kInvalid, {said}, [&] { Engine e(tiny(), {.cache_type = type}); });
    expect_error(kInvalid, {said}, [&] { vote(tiny(), kSmallSum, {}, {.cache_type = type}); });
    expect_error(kInvalid, {said}, [&] { Model::estimate_memory(Model::describe_embedded(), 0, type); });
    EXPECT_EQ(Model::cache_bytes_per_token(tiny().info(), type), 0U);
  }
}

TEST(BadOptions, AnImportWithoutAFunctionIsRefused) {
  Engine engine(tiny());
  const SequenceId sequence = engine.add_sequence();
  expect_error(kInvalid, {"function"}, [&] { engine.import_kv(sequence, 1, nullptr); });
  EXPECT_EQ(engine.length(sequence), 0U);
}

// Memory that no machine has: 2 TiB.
TEST(BadOptions, AContextLargerThanMemoryIsRefusedAtOnce) {
  test::RandomModel m;
  m.layers = 8;
  m.heads = m.kv_heads = 4;
  m.head_dim = 256;
  m.context = 1 << 26;
  const test::LoadedModel model(make_content(m), test::load_options(1));
  const uint64_t context = uint64_t{1} << 26;
  expect_error(ErrorCode::out_of_memory, {"context of 67108864", "MiB"},
               [&] { Session s(*model, {.context = context}); });
  expect_error(ErrorCode::out_of_memory, {"context of 67108864", "MiB"},
               [&] { Batch b(*model, {.context = context}); });
  EXPECT_NO_THROW(Session(*model).complete_tokens(std::vector<TokenId>{1, 2},
                                                  [] {
                                                    GenerateOptions o;
                                                    o.max_tokens = 1;
                                                    return o;
                                                  }()))
      << "without a wish, memory is taken as the context fills";
}

TEST(BadOptions, ANumberOfSamplesOutOfRangeAllocatesNothing) {
  for (const uint32_t samples : {0U, 65'537U, UINT32_MAX}) {
    const test::AllocationCounter counter;
    expect_error(kInvalid, {"samples", std::to_string(samples)}, [&] {
      Batch(tiny()).add(
          {.messages = kSmallSum, .text = {}, .options = {}, .samples = samples, .on_event = {}});
    });
    expect_error(kInvalid, {"samples", std::to_string(samples)},
                 [&] { vote(tiny(), kSmallSum, {}, {.samples = samples}); });
    EXPECT_LT(counter.bytes(), 8U << 20);
  }
}

TEST(BadPrompts, TokensOutOfTheVocabularyAreNamed) {
  const auto n_vocab = static_cast<TokenId>(tiny().info().vocab_size);
  Session session(tiny());
  Engine engine(tiny());
  const SequenceId sequence = engine.add_sequence();
  for (const TokenId token : {-1, INT32_MIN, INT32_MAX, n_vocab}) {
    const std::string id = std::to_string(token);
    const std::vector<TokenId> prompt = {1, 2, token, 3};
    expect_error(kInvalid, {"token", id}, [&] { session.complete_tokens(prompt); });
    expect_error(kInvalid, {"token", id}, [&] { session.stream_tokens(prompt).finish(); });
    expect_error(kInvalid, {"token", id}, [&] { tiny().detokenize(prompt); });
    expect_error(kInvalid, {"token", id}, [&] {
      engine.forward(std::vector<BatchRow>{{sequence, 1, false}, {sequence, token, true}});
    });
  }
  EXPECT_EQ(engine.length(sequence), 0u);
  expect_error(kInvalid, {"sequence 99"}, [&] { engine.forward(std::vector<BatchRow>{{99, 1, true}}); });
}

TEST(BadPrompts, EmptyAndTooLongOnesAreRefused) {
  Session session(tiny(), {.context = 64});
  expect_error(kInvalid, {"prompt is empty"}, [&] { session.complete_tokens({}); });
  const std::string digits(100'000, '7');
  const std::vector<Message> long_message = {{"user", digits}};
  const std::vector<TokenId> long_prompt(64, 1);
  expect_error(ErrorCode::context_full, {"64"}, [&] { session.complete(digits); });
  expect_error(ErrorCode::context_full, {"64"}, [&] { session.generate(long_message); });
  expect_error(ErrorCode::context_full, {"64"}, [&] { session.complete_tokens(long_prompt); });
  expect_error(ErrorCode::context_full, {"64"}, [&] { session.stream(long_message).finish(); });
  EXPECT_EQ(session.cached_tokens(), 0u) << "refused before anything is computed";
}

// Bytes that are no text anywhere in a request.
TEST(BadPrompts, AnyBytesAreTakenAsText) {
  GenerateOptions o;
  o.max_tokens = 2;
  for (const std::string& bytes :
       {std::string("\0", 1), std::string("a\0b\0", 4), std::string("\xC0\x80"), std::string("\xED\xA0\x80"),
        std::string("\xF4\x90\x80\x80"), std::string("\xE4\xBD"), std::string(300, '\xFF'),
        std::string("\xEF\xBF\xBE")}) {
    Session session(tiny());
    EXPECT_NO_THROW(session.complete(bytes, o));
    EXPECT_NO_THROW(
        session.generate(std::vector<Message>{{"user", bytes}, {"assistant", bytes}, {"user", bytes}}, o));
    EXPECT_EQ(tiny().detokenize(tiny().tokenize(bytes)), bytes);
  }
}

}  // namespace
}  // namespace reckon
