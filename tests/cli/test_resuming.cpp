// What `reckon batch` and `reckon eval` go on from, and what they refuse and leave as it is.
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/results.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

std::string prompt(const std::string& id, const Json& options = Json::object()) {
  Json line = {{"custom_id", id}, {"prompt", "What is 7 + 8?"}, {"max_tokens", 4}};
  line.update(options);
  return line.dump() + "\n";
}

std::string question(int a, int b, const Json& more = Json::object()) {
  Json line = {{"question", "What is " + std::to_string(a) + " + " + std::to_string(b) + "?"},
               {"answer", a + b}};
  line.update(more);
  return line.dump() + "\n";
}

class Resuming : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::string in_ = directory_.file("in.jsonl");
  std::string out_ = directory_.file("out.jsonl");

  Result batch(const std::vector<std::string>& options = {}) {
    return run_command(joined({"batch", in_, out_}, options));
  }
  Result eval(const std::vector<std::string>& options = {}) {
    return run_command(joined({"eval", "-q", "--temp", "0", "--json", "--out", out_, in_}, options));
  }
  // An error that says all of `parts`, and results that are the same bytes as before.
  void expect_refused(const std::function<Result()>& command, const std::vector<std::string>& parts) {
    const std::string before = read_file(out_);
    const Result result = command();
    EXPECT_EQ(result.status, 1);
    EXPECT_TRUE(only_an_error(result.out)) << result.out;
    EXPECT_EQ(result.err.find("reckon: error: "), 0u) << result.err;
    for (const std::string& part : parts) EXPECT_NE(result.err.find(part), std::string::npos) << result.err;
    EXPECT_EQ(read_file(out_), before);
  }
};

TEST_F(Resuming, WhatIsNoFileOfResultsIsLeftAsItIs) {
  write_file(in_, prompt("a"));
  const std::string result = [&] {
    EXPECT_EQ(batch().status, 0);
    return read_file(out_);
  }();
  for (const std::string& text :
       {std::string("notes"), std::string("GGUF\x03\0\0\0 two\nlines", 18),
        prompt("a") + "{\"custom_id\": \"b\"", std::string("{\"custom_id\": \"a\", \"prompt\": \"1\"}")}) {
    write_file(out_, text);
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{}, {"--retry-failed"}, {"--restart"}}) {
      expect_refused([&] { return batch(options); }, {out_, "not the results of an earlier run"});
    }
    expect_refused([&] { return eval(); }, {out_});
    EXPECT_EQ(read_file(out_), text);
  }
  write_file(out_, result + "notes\n" + result.substr(0, 9));
  for (const std::vector<std::string>& options : {std::vector<std::string>{}, {"--retry-failed"}}) {
    expect_refused([&] { return batch(options); }, {out_, " of an earlier run; --restart overwrites it"});
  }
  // Behind whole results it is what a run that was killed has left.
  write_file(out_, result + "notes");
  EXPECT_EQ(batch().status, 0);
  EXPECT_EQ(read_file(out_), result);
  // Nothing goes before the model is there.
  write_file(out_, result + "notes");
  EXPECT_EQ(batch({"-m", directory_.file("none.gguf")}).status, 1);
  EXPECT_EQ(read_file(out_), result + "notes");
}

TEST_F(Resuming, RetryingRefusesResultsOfAnotherInputFirst) {
  write_file(in_, prompt("a") + prompt("b", {{"temperature", -1}}));
  ASSERT_EQ(batch().status, 1);
  ASSERT_EQ(results_of(out_).size(), 2u);
  write_file(in_, prompt("b") + prompt("c"));
  expect_refused([&] { return batch({"--retry-failed"}); }, {"has results of 1 requests", "such as \"a\""});
  write_file(in_, prompt("a") + prompt("c"));
  expect_refused([&] { return batch(); }, {"such as \"b\""});
  // The failed line may have got another name when it was mended.
  EXPECT_EQ(batch({"--retry-failed"}).status, 0);
  std::map<std::string, Json> results = results_of(out_);
  EXPECT_EQ(results.size(), 2u);
  EXPECT_EQ(results.count("c"), 1u);
  // But where nothing of the input is known, these are errors of another one.
  write_file(in_, prompt("b", {{"temperature", -1}}));
  ASSERT_EQ(batch({"--restart"}).status, 1);
  write_file(in_, prompt("c"));
  expect_refused([&] { return batch({"--retry-failed"}); }, {"such as \"b\""});
}

TEST_F(Resuming, AnErrorWithoutAnIdGoesWithItsLine) {
  write_file(in_, "oops\n" + prompt("a"));
  ASSERT_EQ(batch().status, 1);
  const std::string before = read_file(out_);
  const Result unchanged = batch();
  EXPECT_EQ(unchanged.status, 1);
  EXPECT_NE(unchanged.err.find("2 requests, 1 failed, 2 by earlier runs"), std::string::npos)
      << unchanged.err;
  EXPECT_EQ(read_file(out_), before) << "it is still the same error";
  // Moved, it is one error of another line.
  write_file(in_, prompt("a") + "oops\n");
  EXPECT_EQ(batch().status, 1);
  std::map<std::string, Json> results = results_of(out_);
  EXPECT_EQ(results.size(), 2u);
  EXPECT_EQ(results.count("line 2"), 1u);
  // Another mistake on the line is another error.
  write_file(in_, prompt("a") + prompt("a"));
  EXPECT_EQ(batch().status, 1);
  results = results_of(out_);
  EXPECT_EQ(results.size(), 2u);
  EXPECT_EQ(results.at("line 2")["error"]["code"], "duplicate_custom_id");
  // Mended, it is none.
  write_file(in_, prompt("a") + prompt("b"));
  const Result mended = batch();
  EXPECT_EQ(mended.status, 0);
  EXPECT_NE(mended.err.find("2 requests, 1 by earlier runs"), std::string::npos) << mended.err;
  results = results_of(out_);
  EXPECT_EQ(results.size(), 2u);
  EXPECT_EQ(results.count("b"), 1u);
}

TEST_F(Resuming, AQuestionWithoutAnIdFailsAsItsLine) {
  write_file(in_, "{\"question\": \"What?\"}\n" + question(20, 3));
  EXPECT_EQ(eval().status, 1);
  EXPECT_EQ(results_of(out_).count("line 1"), 1u) << read_file(out_);
  // Too long for the model: known when it is asked, and asked again each time.
  const Json too_long = {{"question", std::string(20'000, '7')}, {"answer", 1}};
  write_file(in_, too_long.dump() + "\n" + question(20, 3));
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(eval().status, 1);
    const std::map<std::string, Json> results = results_of(out_);
    ASSERT_EQ(results.size(), 2u);
    EXPECT_EQ(results.at("line 1")["error"]["code"], "context_full");
  }
  write_file(in_, question(7, 8) + question(20, 3));
  const Result mended = eval();
  EXPECT_EQ(mended.status, 0) << mended.err;
  EXPECT_EQ(Json::parse(mended.out)["questions"], 2);
  EXPECT_EQ(Json::parse(mended.out)["failed"], 0);
}

TEST_F(Resuming, AnAnswerIsNotTakenForThatToAnotherPrompt) {
  write_file(in_, prompt("a"));
  ASSERT_EQ(batch().status, 0);
  const std::string refusal = in_ + ", line 1: the request \"a\" is another one than that of the answer in ";
  for (const Json& changed :
       {Json{{"prompt", "What is 7 + 9?"}}, Json{{"n", 2}},
        Json{{"prompt", nullptr},
             {"messages", Json::array({{{"role", "assistant"}, {"content", "8"}},
                                       {{"role", "user"}, {"content", "What is 7 + 8?"}}})}}}) {
    write_file(in_, prompt("a", changed));
    expect_refused([&] { return batch(); },
                   {refusal + out_, "give the changed request an id of its own", "--restart overwrites it"});
  }
  write_file(in_, prompt("a"));
  expect_refused([&] { return batch({"--system", "Be brief."}); }, {refusal});
  // How it is answered may change on the way.
  write_file(in_, prompt("a", {{"max_tokens", 8}, {"temperature", 0.5}}) + prompt("b"));
  EXPECT_EQ(batch().status, 0);
  EXPECT_EQ(results_of(out_).size(), 2u);
}

TEST_F(Resuming, AnswersAreNotComparedWithAnotherQuestion) {
  write_file(in_, question(2, 3) + question(4, 5));
  ASSERT_EQ(eval().status, 0);
  const std::string both = read_file(in_);
  write_file(in_, question(7, 8) + both);
  expect_refused([&] { return eval(); },
                 {in_ + ", line 1: the request of this line, which has no id, is another one", out_,
                  "have to stay where they are", "--restart overwrites it"});
  write_file(in_, both + question(7, 8));
  const Result grown = eval();
  EXPECT_EQ(grown.status, 0) << grown.err;
  EXPECT_EQ(Json::parse(grown.out)["questions"], 3);
  write_file(in_, question(2, 3, {{"id", "x"}}));
  ASSERT_EQ(eval({"--restart"}).status, 0);
  write_file(in_, question(7, 8) + question(7, 8, {{"id", "x"}}));
  expect_refused([&] { return eval(); }, {in_ + ", line 2: the request \"x\" is another one"});
}

TEST_F(Resuming, ResultsOfAnotherModelAreRefused) {
  std::string model = read_file(RECKON_SOURCE_DIR "/models/reckon-tiny.gguf");
  const size_t name = model.find("reckon-tiny");
  ASSERT_NE(name, std::string::npos);
  model.replace(name, 11, "reckon-\xff\x1bny");
  const std::string other = directory_.file("other.gguf");
  write_file(other, model);
  write_file(in_, prompt("a"));
  ASSERT_EQ(batch().status, 0);
  expect_refused(
      [&] {
        return batch({"-m", other});
      },
      {out_ + ", line 1: of another model: \"reckon-tiny\"", "--restart overwrites it"});
  EXPECT_EQ(batch({"-m", RECKON_SOURCE_DIR "/models/reckon-tiny.gguf"}).status, 0) << "the embedded one";
  write_file(in_, question(2, 3));
  ASSERT_EQ(eval({"--restart", "-m", other}).status, 0);
  EXPECT_EQ(eval({"-m", other}).status, 0) << "the name is compared as it was written";
  expect_refused([&] { return eval(); }, {out_ + ", line 1: of another model: "});
  // The same name in another weight format.
  ASSERT_EQ(eval({"--restart"}).status, 0);
  std::string text = read_file(out_);
  const std::string key = "\"system_fingerprint\":\"";
  ASSERT_NE(text.find(key), std::string::npos) << text;
  write_file(out_, text.insert(text.find(key) + key.size(), "Q1 "));
  expect_refused([&] { return eval(); },
                 {"of another model: \"reckon-tiny\" (Q1 ", "instead of \"reckon-tiny\" ("});
}

TEST_F(Resuming, OddResultsAreToldByFileAndLine) {
  write_file(in_, prompt("a"));
  ASSERT_EQ(batch().status, 0);
  const Json good = Json::parse(read_file(out_));
  const auto with = [&](const char* pointer, const Json& value) {
    Json json = good;
    json[Json::json_pointer(pointer)] = value;
    return json.dump();
  };
  for (const std::string& line :
       {std::string(R"({"custom_id":null,"response":{},"error":{"line":1}})"),
        std::string(R"({"custom_id":null,"response":null,"error":{"line":1}})"),
        std::string(R"({"custom_id":null,"response":null,"error":{"line":-1,"message":""}})"),
        with("/custom_id", nullptr), with("/custom_id", 7), with("/error", "x"),
        with("/response", Json::array()), with("/response/body", "x"), with("/reckon", nullptr),
        with("/reckon/request", 7), with("/error", Json{{"line", 1}, {"message", "x"}})}) {
    write_file(out_, good.dump() + "\n" + line + "\n");
    expect_refused([&] { return batch(); }, {out_ + ", line 2: not a result of an earlier run"});
  }
  write_file(in_, question(2, 3, {{"id", "a"}}));
  ASSERT_EQ(eval({"--restart"}).status, 0);
  Json kept = Json::parse(read_file(out_));
  for (const char* pointer : {"/response/body/choices", "/eval", "/eval/question"}) {
    Json odd = kept;
    odd[Json::json_pointer(pointer)] = {{"x", 1}};
    write_file(out_, odd.dump() + "\n");
    expect_refused([&] { return eval(); },
                   {out_ + ", line 1: the result of \"a\" is not one of reckon eval's"});
  }
}

}  // namespace
}  // namespace reckon::cli::testing
