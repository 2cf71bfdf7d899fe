// Lines of `reckon batch` and `reckon eval`.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tools/reckon/batch_input.hpp"

namespace reckon::cli {
namespace {

PromptRequest parsed(const std::string& text, const RequestDefaults& defaults = {}) {
  return parse_request(text, 1, defaults);
}

// What is said about a line, and to which id it belongs.
std::string complaint(const std::string& text, bool question = false) {
  try {
    question ? parse_question(text, 1, {}) : parse_request(text, 1, {});
  } catch (const LineError& error) {
    return fmt::format("{}{}: {}", error.id() ? *error.id() + " " : "", error.code(), error.what());
  }
  return "";
}

TEST(BatchInput, TakesAllOptionsByTheirNames) {
  const PromptRequest request = parsed(
      R"({"custom_id": "x", "body": {"model": "m", "messages": [{"role": "user", "content": "hi"}],
          "temperature": 0.25, "top_p": 0.5, "max_completion_tokens": 77, "seed": 18446744073709551615,
          "stop": ["a", "b"], "presence_penalty": -0.5, "frequency_penalty": 1.5, "n": 3,
          "logit_bias": {"5": -100, "6": 1.5}, "top_k": 4, "min_p": 0.125, "think_budget": 9,
          "answer_temp": 0, "no_think": true, "loop_breaker": false, "budget_message": "now",
          "user": "u", "stream": false, "response_format": {"type": "text"}, "tools": null}})");
  const GenerateOptions& options = request.generation.generate;
  EXPECT_EQ(request.id, "x");
  EXPECT_EQ(request.samples, 3u);
  EXPECT_EQ(options.sampling.temperature, 0.25f);
  EXPECT_EQ(options.sampling.top_p, 0.5f);
  EXPECT_EQ(options.sampling.top_k, 4);
  EXPECT_EQ(options.sampling.min_p, 0.125f);
  EXPECT_EQ(options.sampling.presence_penalty, -0.5f);
  EXPECT_EQ(options.sampling.frequency_penalty, 1.5f);
  EXPECT_EQ(options.sampling.seed, UINT64_MAX);
  EXPECT_EQ(options.max_tokens, 77u);
  EXPECT_EQ(options.stop, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(options.sampling.logit_bias, (std::vector<std::pair<TokenId, float>>{{5, -100.f}, {6, 1.5f}}));
  EXPECT_EQ(options.thinking.budget, 9u);
  EXPECT_EQ(options.thinking.budget_message, "now");
  EXPECT_FALSE(options.thinking.loop_breaker);
  EXPECT_EQ(options.answer_sampling.temperature, 0.f);
  EXPECT_TRUE(options.no_think);
}

TEST(BatchInput, ThinkIsNoThinkTheOtherWayRound) {
  EXPECT_TRUE(parsed(R"({"custom_id": "x", "prompt": "hi", "think": false})").generation.generate.no_think);
  RequestDefaults defaults;
  defaults.generation.generate.no_think = true;
  EXPECT_FALSE(
      parsed(R"({"custom_id": "x", "prompt": "hi", "think": true})", defaults).generation.generate.no_think);
  EXPECT_NE(
      complaint(R"({"custom_id": "x", "prompt": "hi", "think": "no"})").find("think: expected true or false"),
      std::string::npos);
  EXPECT_NE(complaint(R"({"custom_id": "x", "prompt": "hi", "think": true, "no_think": true})")
                .find("given twice, under two names"),
            std::string::npos);
}

TEST(BatchInput, AFieldThatIsMistypedIsTold) {
  EXPECT_EQ(complaint(R"({"custom_id": "x", "prompt": "hi", "think_buget": 5})"),
            "x invalid_request: think_buget: unknown or not supported; did you mean think_budget?");
  EXPECT_EQ(complaint(R"({"custom_id": "x", "prompt": "hi", "tools": [1]})"),
            "x invalid_request: tools: unknown or not supported");
}

TEST(BatchInput, TakesTheShortForm) {
  const PromptRequest request = parsed(R"({"custom_id": "x", "prompt": "hi", "stop": "."})");
  ASSERT_EQ(request.messages.size(), 1u);
  EXPECT_EQ(request.messages[0].role, "user");
  EXPECT_EQ(request.messages[0].content, "hi");
  EXPECT_EQ(request.generation.generate.stop, std::vector<std::string>{"."});
  const PromptRequest parts = parsed(
      R"({"custom_id": "x", "messages": [{"role": "user", "content": [{"type": "text", "text": "a"},
          {"type": "text", "text": "b"}]}, {"role": "assistant", "content": "c", "reasoning_content": "d"}]})");
  ASSERT_EQ(parts.messages.size(), 2u);
  EXPECT_EQ(parts.messages[0].content, "ab");
  EXPECT_EQ(parts.messages[1].content, "c");
}

TEST(BatchInput, ALineReplacesTheDefaultsItNames) {
  RequestDefaults defaults{.generation = {}, .samples = 5};
  defaults.generation.generate.stop = {"default"};
  defaults.generation.generate.sampling.logit_bias = {{1, 1.f}};
  defaults.generation.generate.max_tokens = 10;
  defaults.generation.seed = 4;
  defaults.generation.system = "be brief";
  const PromptRequest kept = parsed(R"({"custom_id": "x", "prompt": "hi", "stop": null})", defaults);
  EXPECT_EQ(kept.samples, 5u);
  EXPECT_EQ(kept.generation.generate.stop, std::vector<std::string>{"default"});
  EXPECT_EQ(kept.generation.generate.sampling.seed, 4u);
  EXPECT_EQ(kept.messages.at(0).role, "system");
  const PromptRequest own = parsed(
      R"({"custom_id": "x", "stop": "own", "logit_bias": {"2": 2}, "n": 1, "max_tokens": 3, "seed": 6,
          "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "hi"}]})",
      defaults);
  EXPECT_EQ(own.samples, 1u);
  EXPECT_EQ(own.generation.generate.stop, std::vector<std::string>{"own"});
  EXPECT_EQ(own.generation.generate.sampling.logit_bias, (std::vector<std::pair<TokenId, float>>{{2, 2.f}}));
  EXPECT_EQ(own.generation.generate.max_tokens, 3u);
  EXPECT_EQ(own.generation.generate.sampling.seed, 6u);
  EXPECT_EQ(own.messages.at(0).content, "s");
}

TEST(BatchInput, MistakesNameTheFieldAndTheLinesId) {
  const std::string m = R"("messages": [{"role": "user", "content": "hi"}])";
  const auto body = [&](const std::string& fields) {
    return R"({"custom_id": "x", "body": {)" + m + ", " + fields + "}}";
  };
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"", "invalid_json: not JSON (at byte 1)"},
           {"7", "invalid_json: expected a JSON object, got number"},
           {"{\"a\": 1e999}", "invalid_json: not JSON (a number is out of range)"},
           {"{\"a\": \"\xff\"}", "invalid_json: not JSON (at byte 8)"},
           {"{}", "invalid_request: custom_id is missing"},
           {R"({"custom_id": 5})", "invalid_request: custom_id: expected a string, got number"},
           {R"({"custom_id": ""})", "invalid_request: custom_id: expected 1 to 1024 bytes, got 0"},
           {R"({"custom_id": "x"})", "x invalid_request: messages or prompt is missing"},
           {R"({"custom_id": "x", "body": {}})", "x invalid_request: body.messages is missing"},
           {R"({"custom_id": "x", "body": []})", "x invalid_request: body: expected an object, got array"},
           {R"({"custom_id": "x", "prompt": "p", "body": {}})",
            "x invalid_request: prompt: unknown beside body"},
           {R"({"custom_id": "x", "url": "/v1/embeddings", "body": {}})",
            "x invalid_request: url: expected \"/v1/chat/completions\""},
           {R"({"custom_id": "x", "method": "GET", "body": {}})",
            "x invalid_request: method: expected \"POST\""},
           {R"({"custom_id": "x", "prompt": "p", )" + m + "}",
            "x invalid_request: messages and prompt: expected only one"},
           {R"({"custom_id": "x", "messages": []})", "x invalid_request: messages: there is no message"},
           {R"({"custom_id": "x", "messages": [{"role": "user"}]})",
            "x invalid_request: messages[0].content is missing"},
           {R"({"custom_id": "x", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]})",
            R"(x invalid_request: messages[0].content: expected parts {"type": "text", "text": STRING})"},
           {R"({"custom_id": "x", "prompt": ""})", "x invalid_request: prompt: the text is empty"},
           {R"({"custom_id": "x", "messages": [{"role": "user", "content": ""}]})",
            "x invalid_request: messages[0].content: the text is empty"},
           {R"({"custom_id": "x", "messages": [{"role": "robot", "content": "hi"}]})",
            "x invalid_request: messages[0].role: expected system, user or assistant"},
           {R"({"custom_id": "x", "messages": [{"role": "user", "content": "", "tool_calls": []}]})",
            "x invalid_request: messages[0].tool_calls: not supported"},
           {body(R"("temperature": "hot")"),
            "x invalid_request: body.temperature: expected a number, got string"},
           {body(R"("top_p": 0)"), "x invalid_request: body.top_p: '0' is not a number above 0, at most 1"},
           {body(R"("max_tokens": 2.5)"),
            "x invalid_request: body.max_tokens: '2.5' is not a whole number in 1 to 1000000000"},
           {body(R"("max_tokens": 2, "max_completion_tokens": 3)"),
            "x invalid_request: body.max_tokens: given twice, under two names"},
           {body(R"("seed": -1)"),
            "x invalid_request: body.seed: '-1' is not a whole number in 0 to 18446744073709551615"},
           {body(R"("n": 0)"), "x invalid_request: body.n: expected a whole number in 1 to 65536"},
           {body(R"("stop": [1])"), "x invalid_request: body.stop: expected strings, got number"},
           {body(R"("stop": "")"), "x invalid_request: body.stop: the text is empty"},
           {body(R"("logit_bias": {"a": 1})"),
            "x invalid_request: body.logit_bias: 'a=1' is not a token id, '=' and a number ('-inf' forbids "
            "the "
            "token)"},
           {body(R"("no_think": 1)"), "x invalid_request: body.no_think: expected true or false, got number"},
           {body(R"("stream": true)"), "x invalid_request: body.stream: unknown or not supported"},
           {body(R"("fold": true)"), "x invalid_request: body.fold: unknown or not supported"},
           {body(R"("grammar": 5)"), "x invalid_request: body.grammar: unknown or not supported"},
           {body(R"("json_schema": "/etc/passwd")"),
            "x invalid_request: body.json_schema: unknown or not supported"},
           {body(R"("ctx": 100)"), "x invalid_request: body.ctx: unknown or not supported"}}) {
    EXPECT_EQ(complaint(text), expected) << text;
  }
}

TEST(BatchInput, HostileLinesAreRefusedInBoundedMemory) {
  const std::string deep(1 << 20, '[');
  EXPECT_EQ(complaint(deep), "invalid_json: nested deeper than 64 levels");
  std::string wide = "[";
  for (int i = 0; i < 1'100'000; ++i) wide += "0,";
  EXPECT_EQ(complaint(wide + "0]"), "invalid_json: more than 1000000 values and keys");
  EXPECT_EQ(complaint(R"({"custom_id": ")" + std::string(2000, 'x') + "\"}"),
            "invalid_request: custom_id: expected 1 to 1024 bytes, got 2000");
  EXPECT_LT(shortened(std::string(1 << 20, 'x')).size(), 400u);
}

TEST(BatchInput, QuestionsHaveAnAnswerAndMayHaveMore) {
  const PromptRequest plain = parse_question(R"({"question": "1+1?", "answer": 2, "level": 9})", 7, {});
  EXPECT_EQ(plain.id, "line-7");
  EXPECT_FALSE(plain.named);
  EXPECT_EQ(plain.messages.at(0).content, "1+1?");
  ASSERT_TRUE(plain.question);
  EXPECT_EQ(plain.question->answer, "2");
  EXPECT_EQ(plain.question->category, "");
  const PromptRequest full =
      parse_question(R"({"question": "q", "answer": "\\frac12", "category": "c", "id": "i"})", 7, {});
  EXPECT_EQ(full.id, "i");
  EXPECT_TRUE(full.named);
  EXPECT_EQ(full.question->category, "c");
  EXPECT_EQ(complaint(R"({"answer": 1, "id": "i"})", true), "i invalid_request: question is missing");
  EXPECT_EQ(complaint(R"({"question": "", "answer": 1})", true), "invalid_request: question is empty");
  EXPECT_EQ(complaint(R"({"question": "q"})", true), "invalid_request: answer is missing");
  EXPECT_EQ(complaint(R"({"question": "q", "answer": []})", true),
            "invalid_request: answer: expected a string or a number, got array");
  EXPECT_EQ(complaint(R"({"question": "q", "answer": "a", "category": 3})", true),
            "invalid_request: category: expected a string, got number");
}

}  // namespace
}  // namespace reckon::cli
