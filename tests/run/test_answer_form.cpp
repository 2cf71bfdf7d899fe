// Answers that must have a form, on the embedded model.
#include <reckon/answer_form.hpp>
#include <reckon/batch.hpp>
#include <reckon/session.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "model/model_impl.hpp"
#include "run/sampler.hpp"
#include "run/tiny_model.hpp"

namespace reckon {
namespace {

using Kind = AnswerForm::Kind;

constexpr const char* kSchema =
    R"({"type":"object","properties":{"sum":{"type":"integer","minimum":0,"maximum":2000},)"
    R"("sure":{"type":"boolean"}},"required":["sum","sure"]})";

GenerateOptions formed(Kind kind, const std::string& text, uint64_t seed = 1) {
  GenerateOptions o;
  o.sampling.seed = seed;
  o.answer_form = {kind, text};
  return o;
}

Generation generate(const GenerateOptions& options) { return Session(tiny()).generate(kQuestion, options); }

TEST(AnswerForm, TheAnswerHasTheFormAndTheThinkingIsAsWithoutIt) {
  for (uint64_t seed = 0; seed < 8; seed++) {
    const Generation free = generate(formed(Kind::none, "", seed));
    const Generation json = generate(formed(Kind::json_schema, kSchema, seed));
    const Generation number = generate(formed(Kind::regex, "= [0-9]{1,4}", seed));
    const Generation word = generate(formed(Kind::gbnf, "root ::= \"(\" [0-9]+ \")\" | \"no idea\"", seed));
    const auto value = nlohmann::json::parse(json.answer);
    EXPECT_EQ(value.size(), 2u);
    EXPECT_LE(value["sum"], 2000);
    EXPECT_TRUE(value["sure"].is_boolean());
    EXPECT_TRUE(std::regex_match(number.answer, std::regex("= [0-9]{1,4}"))) << number.answer;
    EXPECT_TRUE(std::regex_match(word.answer, std::regex("\\([0-9]+\\)|no idea"))) << word.answer;
    for (const Generation* g : {&json, &number, &word}) {
      EXPECT_FALSE(g->thinking.empty());
      EXPECT_EQ(g->thinking, free.thinking);
      EXPECT_EQ(g->usage.thinking_tokens, free.usage.thinking_tokens);
      EXPECT_EQ(g->finish_reason, FinishReason::stop);
    }
  }
}

TEST(AnswerForm, AFormThatFitsTakesNothingFromTheModel) {
  GenerateOptions options = formed(Kind::none, "");
  options.sampling.temperature = 0;
  const std::string answer = generate(options).answer;
  options.answer_form = {Kind::regex, ".*\\\\boxed\\{[0-9]+\\}"};
  EXPECT_EQ(generate(options).answer, answer);
}

TEST(AnswerForm, TheSameSeedGivesTheSameAnswerWithAndWithoutDrafts) {
  for (uint64_t seed = 0; seed < 4; seed++) {
    GenerateOptions options = formed(
        Kind::json_schema, R"({"type":"array","items":{"type":"integer"},"minItems":3,"maxItems":9})", seed);
    options.draft_tokens = 0;
    const Generation plain = generate(options);
    options.draft_tokens = 8;
    const Generation drafted = generate(options);
    EXPECT_EQ(plain.answer, drafted.answer);
    EXPECT_EQ(plain.thinking, drafted.thinking);
    EXPECT_EQ(plain.answer, generate(options).answer);
  }
}

TEST(AnswerForm, EndsAsSoonAsNothingElseCanFollow) {
  GenerateOptions options = formed(Kind::regex, "yes");
  options.sampling.logit_bias = {};
  for (size_t t = 0; t < tiny().info().vocab_size; t++)
    if (tiny().is_end_token(static_cast<TokenId>(t)))
      options.sampling.logit_bias.emplace_back(static_cast<TokenId>(t),
                                               -std::numeric_limits<float>::infinity());
  const Generation g = generate(options);  // though the end tokens are forbidden
  EXPECT_EQ(g.answer, "yes");
  EXPECT_EQ(g.finish_reason, FinishReason::stop);
}

TEST(AnswerForm, ALimitInTheMiddleIsALength) {
  GenerateOptions options = formed(Kind::regex, "[0-9]{500}");
  options.max_tokens = 150;
  const Generation g = generate(options);
  EXPECT_EQ(g.finish_reason, FinishReason::length);
  EXPECT_TRUE(std::regex_match(g.answer, std::regex("[0-9]+"))) << g.answer;
}

TEST(AnswerForm, HoldsWithoutAThoughtAndAfterAClosedOne) {
  GenerateOptions options = formed(Kind::regex, "[0-9]{2}");
  options.no_think = true;
  const Generation none = generate(options);
  EXPECT_TRUE(none.thinking.empty());
  EXPECT_TRUE(std::regex_match(none.answer, std::regex("[0-9]{2}"))) << none.answer;
  options.no_think = false;
  options.thinking.budget = 5;
  options.thinking.grace = 0;
  const Generation closed = generate(options);
  EXPECT_FALSE(closed.thinking.empty());
  EXPECT_EQ(closed.finish_reason, FinishReason::budget);
  EXPECT_TRUE(std::regex_match(closed.answer, std::regex("[0-9]{2}"))) << closed.answer;
}

TEST(AnswerForm, AWrongFormIsAnErrorBeforeAnyToken) {
  for (const auto& [kind, text, place] : std::vector<std::tuple<Kind, std::string, std::string>>{
           {Kind::json_schema, R"({"type":"x"})", "json_schema: \"#/type\""},
           {Kind::regex, "(", "regex: line 1, column 1"},
           {Kind::gbnf, "root ::= a", "grammar: line 1, column 10"},
           {Kind::regex, "\\n", "begins with a newline"},
           {Kind::gbnf, std::string((1 << 20) + 1, ' '), "expected at most 1048576"}}) {
    bool called = false;
    try {
      EXPECT_THROW(validate(AnswerForm{kind, text}), Error);
      Session(tiny()).generate(kQuestion, formed(kind, text), [&](const Event&) { return called = true; });
      ADD_FAILURE() << text.substr(0, 100);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
      EXPECT_NE(std::string(e.what()).find(place), std::string::npos) << e.what();
    }
    EXPECT_FALSE(called);
  }
}

TEST(AnswerForm, SamplesOfOnePromptShareWhatIsCompiled) {
  BatchRequest request;
  request.messages = kQuestion;
  request.options = formed(Kind::regex, "the sum is [0-9]{1,5}");
  request.samples = 4;
  Batch batch(tiny());
  batch.add(request);
  while (batch.running() < request.samples) batch.step();
  const auto compiled = tiny().impl().answer_forms().cache.get(request.options.answer_form);
  EXPECT_EQ(compiled.use_count(), 1 + 1 + 1 + 2 * request.samples)
      << "the cache's, this one, the request's and each sample's (its place's and its constraint's)";
}

TEST(AnswerForm, AWrongFormIsRefusedByTheBatchItIsAddedTo) {
  BatchRequest request;
  request.messages = kQuestion;
  Batch batch(tiny());
  for (const char* wrong : {"(", "\n"}) {
    request.options = formed(Kind::regex, wrong);
    EXPECT_THROW(batch.add(request), Error) << wrong;
  }
  EXPECT_TRUE(batch.idle());
}

// An answer that can be read in more and more ways. The parts of one that is interrupted make up the same.
TEST(AnswerForm, AnAmbiguousFormStillHasAnAnswer) {
  GenerateOptions options = formed(Kind::gbnf, "root ::= [a-d] root [0-9] | [a-d] root [5-9] | \".\"");
  options.no_think = true;
  options.max_tokens = 200;
  const auto has_form = [](const std::string& text) {
    const size_t point = text.find('.');
    if (point == std::string::npos) return std::regex_match(text, std::regex("[a-d]+"));
    return std::regex_match(text, std::regex("[a-d]*\\.[0-9]*")) && text.size() - point - 1 <= point;
  };
  options.sampling.logit_bias.emplace_back(tiny().tokenize(".")[0], -12.0f);
  const Generation whole = generate(options);
  EXPECT_GT(whole.answer.size(), 20u) << whole.answer;
  EXPECT_TRUE(has_form(whole.answer)) << whole.answer;
  Session session(tiny());
  int left = 60;
  session.generate(kQuestion, options, [&](const Event& e) { return e.token < 0 || --left > 0; });
  EXPECT_EQ(session.resume(options).answer, whole.answer);
}

TEST(Sampler, TokensThatAreNotAllowedAreOutBeforeTheNucleus) {
  SamplingOptions o;
  o.temperature = 0;
  const std::vector<float> logits(130, 0);
  std::vector<float> peaked = logits;
  peaked[0] = 9;
  peaked[129] = 1;
  const std::vector<uint64_t> allowed{0b10, 0, 0b11};
  run::Sampler greedy(o, logits.size(), kernels::select_table());
  EXPECT_EQ(greedy.sample(peaked), 0);
  EXPECT_EQ(greedy.sample(peaked, allowed), 129);
  o.temperature = 1;
  o.top_p = 0.5f;  // without the set, token 0 alone
  run::Sampler drawn(o, logits.size(), kernels::select_table());
  std::vector<int> counts(logits.size());
  for (int i = 0; i < 3000; i++) counts[static_cast<size_t>(drawn.sample(peaked, allowed))]++;
  EXPECT_EQ(counts[129], 3000);  // e / (e + 2) is more than half
  o.top_p = 1;
  run::Sampler all(o, logits.size(), kernels::select_table());
  counts.assign(logits.size(), 0);
  for (int i = 0; i < 3000; i++) counts[static_cast<size_t>(all.sample(peaked, allowed))]++;
  EXPECT_EQ(counts[1] + counts[128] + counts[129], 3000);
  EXPECT_NEAR(counts[1], 3000 / (2 + std::exp(1.0)), 110);
  EXPECT_THROW(all.sample(peaked, std::vector<uint64_t>{0, 0, 0}), Error);
}

}  // namespace
}  // namespace reckon
