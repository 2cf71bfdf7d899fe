// reckon batch: many prompts from a file to a file.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "cli/results.hpp"
#include "cli/tmux.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

class BatchCommand : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::string in_ = directory_.file("in.jsonl");
  std::string out_ = directory_.file("out.jsonl");

  Result batch(const std::vector<std::string>& options = {}, const Surroundings& around = {}) {
    return run_command(joined({"batch", "-q", in_, out_}, options), around);
  }
  // The results of lines, each of which is right or wrong in its own way.
  std::map<std::string, Json> results_for(const std::string& input,
                                          const std::vector<std::string>& options = {}) {
    write_file(in_, input);
    std::filesystem::remove(out_);
    batch(options);
    return results_of(out_);
  }
};

std::string openai_line(const std::string& id, const std::string& question, const Json& options = {}) {
  Json body = {{"model", "any"}, {"messages", {{{"role", "user"}, {"content", question}}}}};
  if (options.is_object()) body.update(options);
  return Json{{"custom_id", id}, {"method", "POST"}, {"url", "/v1/chat/completions"}, {"body", body}}.dump() +
         "\n";
}

std::string sum(int i) {
  return "What is " + std::to_string(100 + 7 * i) + " + " + std::to_string(13 * i) + "?";
}

// Some that are answered, with seeds of their own, and one that is wrong.
std::string many_lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += openai_line("q" + std::to_string(i), sum(i), {{"seed", i}, {"max_tokens", 120}});
    if (i == count / 2) lines += "this is no JSON\n";
  }
  return lines;
}

const Json& first_choice(const Json& result) { return result.at("response").at("body").at("choices").at(0); }

TEST_F(BatchCommand, AnswersWhatRunAnswers) {
  const Json options = {
      {"temperature", 0.8}, {"top_p", 0.9}, {"seed", 5}, {"max_completion_tokens", 90}, {"n", 2}};
  const Json short_form = {{"custom_id", "short"}, {"prompt", sum(2)}, {"seed", 9}, {"no_think", true}};
  const std::map<std::string, Json> results =
      results_for(openai_line("long", sum(1), options) + short_form.dump() + "\n\n");
  ASSERT_EQ(results.size(), 2u);
  const auto run = [](const std::vector<std::string>& settings) {
    return Json::parse(run_command(joined({"run", "--json"}, settings)).out);
  };
  const auto compare = [](const Json& choice, const Json& expected) {
    EXPECT_EQ(choice["message"]["content"], expected["answer"]);
    EXPECT_EQ(choice["message"]["reasoning_content"], expected["thinking"]);
    EXPECT_EQ(choice["reckon"]["finish_reason"], expected["finish_reason"]);
    EXPECT_EQ(choice["reckon"]["thought_end"], expected["thought_end"]);
    EXPECT_EQ(choice["reckon"]["seed"], expected["seed"]);
    EXPECT_EQ(choice["reckon"]["usage"], expected["usage"]);
  };
  const Json& body = results.at("long")["response"]["body"];
  ASSERT_EQ(body["choices"].size(), 2u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(body["choices"][i]["index"], i);
    compare(body["choices"][i],
            run({"--temp", "0.8", "--top-p", "0.9", "--seed", std::to_string(5 + i), "-n", "90", sum(1)}));
  }
  compare(first_choice(results.at("short")), run({"--seed", "9", "--no-think", sum(2)}));
}

TEST_F(BatchCommand, ResultsHaveTheFormOfOpenAIs) {
  const std::map<std::string, Json> results =
      results_for(openai_line("a", sum(1), {{"seed", 1}}) + openai_line("cut", sum(2), {{"max_tokens", 5}}));
  const Json& result = results.at("a");
  EXPECT_EQ(result["id"], "batch_req_1");
  EXPECT_TRUE(result["error"].is_null());
  EXPECT_EQ(result["response"]["status_code"], 200);
  const Json& body = result["response"]["body"];
  EXPECT_EQ(body["object"], "chat.completion");
  EXPECT_EQ(body["choices"][0]["message"]["role"], "assistant");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
  const Json& usage = body["usage"];
  EXPECT_EQ(usage["total_tokens"], usage["prompt_tokens"].get<int>() + usage["completion_tokens"].get<int>());
  EXPECT_GT(usage["completion_tokens_details"]["reasoning_tokens"], 0);
  EXPECT_EQ(first_choice(results.at("cut"))["finish_reason"], "length");
  EXPECT_EQ(first_choice(results.at("cut"))["reckon"]["usage"]["prompt_tokens"],
            results.at("cut")["response"]["body"]["usage"]["prompt_tokens"]);
}

TEST_F(BatchCommand, TheCommandLineSaysWhatALineDoesNot) {
  const std::string lines =
      openai_line("own", sum(1), {{"max_tokens", 6}, {"seed", 3}}) + openai_line("default", sum(1));
  const std::map<std::string, Json> results =
      results_for(lines, {"-n", "4", "--seed", "8", "--samples", "2", "--no-think", "--hide-thinking"});
  const Json& own = results.at("own")["response"]["body"];
  EXPECT_EQ(own["choices"].size(), 2u);
  EXPECT_EQ(own["choices"][1]["reckon"]["seed"], 4);
  EXPECT_LE(own["usage"]["completion_tokens"], 12 + 2 * 4);
  EXPECT_EQ(first_choice(results.at("default"))["reckon"]["seed"], 8);
  EXPECT_FALSE(first_choice(results.at("default"))["message"].contains("reasoning_content"));
  // Without any seed every line has one of its own.
  const std::map<std::string, Json> unseeded =
      results_for(openai_line("a", sum(1)) + openai_line("b", sum(1)), {"-n", "1"});
  EXPECT_NE(first_choice(unseeded.at("a"))["reckon"]["seed"],
            first_choice(unseeded.at("b"))["reckon"]["seed"]);
}

TEST_F(BatchCommand, NothingDependsOnWhatRunsBeside) {
  write_file(in_, many_lines(20));
  EXPECT_EQ(batch({"--parallel", "1"}).status, 1);
  const std::map<std::string, Json> expected = results_of(out_);
  EXPECT_EQ(expected.size(), 21u);
  for (const char* parallel : {"3", "256"}) {
    EXPECT_EQ(batch({"--restart", "--parallel", parallel}).status, 1);
    EXPECT_EQ(results_of(out_), expected) << parallel;
  }
}

TEST_F(BatchCommand, AWrongLineIsAResultWithAnErrorAndTheRestGoesOn) {
  std::string input = openai_line("good", sum(1), {{"max_tokens", 4}});
  input += "{\"custom_id\": \"open\n";                                        // 2
  input += "{\"messages\": []}\n";                                            // 3
  input += openai_line("good", sum(2));                                       // 4
  input += openai_line("hot", sum(1), {{"temperature", 300}});                // 5
  input += openai_line("odd", sum(1), {{"tools", {1}}});                      // 6
  input += openai_line("long", std::string(20'000, '7'));                     // 7
  input += openai_line("bias", sum(1), {{"logit_bias", {{"99999999", 1}}}});  // 8
  input += "[1]\n";                                                           // 9
  input += openai_line("last", sum(3), {{"max_tokens", 4}});
  write_file(in_, input);
  const Result result = run_command({"batch", in_, out_});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.find("10 requests, 8 failed; "), 0u) << result.err;
  std::map<std::string, Json> results = results_of(out_);
  ASSERT_EQ(results.size(), 10u);
  for (const char* id : {"good", "last"}) EXPECT_TRUE(results.at(id)["error"].is_null()) << id;
  const auto expect_error = [&](const std::string& key, const std::string& code, const std::string& message) {
    const Json& wrong = results.at(key);
    EXPECT_TRUE(wrong["response"].is_null()) << key;
    EXPECT_EQ(wrong["error"]["code"], code) << key;
    EXPECT_NE(wrong["error"]["message"].get<std::string>().find(message), std::string::npos) << wrong;
  };
  expect_error("line 2", "invalid_json", "line 2: not JSON (at byte 20)");
  expect_error("line 3", "invalid_request", "line 3: custom_id is missing");
  expect_error("line 4", "duplicate_custom_id", "line 4: custom_id: \"good\" is that of line 1");
  expect_error("hot", "invalid_request", "line 5: body.temperature: '300' is not a number in 0 to 100");
  expect_error("odd", "invalid_request", "line 6: body.tools: unknown or not supported");
  expect_error("long", "context_full", "line 7: ");
  expect_error("bias", "invalid_argument", "line 8: ");
  expect_error("line 9", "invalid_json", "line 9: expected a JSON object, got array");
  // They are done: a second run adds nothing and still tells that there are failures.
  const std::string before = read_file(out_);
  EXPECT_EQ(batch().status, 1);
  EXPECT_EQ(read_file(out_), before);
}

TEST_F(BatchCommand, LinesBeyondTheLimitAreErrors) {
  write_file(in_, "{\"custom_id\": \"" + std::string((64 << 20) + 1, 'x') + "\"}\n" +
                      openai_line("good", sum(1), {{"max_tokens", 4}}));
  EXPECT_EQ(batch().status, 1);
  const std::map<std::string, Json> results = results_of(out_);
  EXPECT_EQ(results.at("line 1")["error"]["code"], "line_too_long");
  EXPECT_TRUE(results.at("good")["error"].is_null());
}

TEST_F(BatchCommand, GoesOnFromAnyBytesOfItsResults) {
  write_file(in_, many_lines(8));
  EXPECT_EQ(batch().status, 1);
  const std::map<std::string, Json> expected = results_of(out_);
  ASSERT_EQ(expected.size(), 9u);
  const std::string whole = read_file(out_);
  // Whole lines, one byte short of them, one beyond, and places between.
  std::vector<size_t> places{0, 1, whole.size() - 1, whole.size()};
  for (size_t at = whole.find('\n'); at != std::string::npos; at = whole.find('\n', at + 1)) {
    if (at % 2 == 0) places.insert(places.end(), {at, at + 1});
  }
  for (size_t i = 1; i < 8; ++i) places.push_back(i * whole.size() / 8 + i);
  for (const size_t place : places) {
    write_file(out_, whole.substr(0, place));
    EXPECT_EQ(batch().status, 1);
    EXPECT_EQ(results_of(out_), expected) << "cut at " << place;
  }
}

TEST_F(BatchCommand, KilledAtAnyMomentItGoesOn) {
  write_file(in_, many_lines(40));
  EXPECT_EQ(batch().status, 1);
  const std::map<std::string, Json> expected = results_of(out_);
  std::filesystem::remove(out_);
  int kills = 0;
  for (;; ++kills) {
    ASSERT_LT(kills, 100);
    Command command({"batch", "-q", "--parallel", "4", in_, out_});
    const size_t before = std::filesystem::exists(out_) ? line_count(out_) : 0;
    const size_t wanted = std::min<size_t>(before + 1 + static_cast<size_t>(kills % 4), 41);
    ASSERT_TRUE(eventually([&] { return line_count(out_) >= wanted; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(kills % 5));
    command.signal(SIGKILL);
    command.finish();
    if (wanted == 41) break;
  }
  EXPECT_GE(kills, 5);
  EXPECT_EQ(batch().status, 1);
  EXPECT_EQ(results_of(out_), expected);
}

TEST_F(BatchCommand, CtrlCEndsItAndItGoesOn) {
  write_file(in_, many_lines(40));
  EXPECT_EQ(batch().status, 1);
  const std::map<std::string, Json> expected = results_of(out_);
  std::filesystem::remove(out_);
  {
    Command command({"batch", "--parallel", "2", in_, out_});
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(out_) && line_count(out_) > 3; }));
    command.signal(SIGINT);
    const Result result = command.finish();
    EXPECT_EQ(result.status, 130);
    EXPECT_NE(result.err.find("the same command goes on with the rest"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find(" requests of 41"), std::string::npos) << result.err;
  }
  EXPECT_LT(results_of(out_).size(), expected.size()) << "it ended before";
  const Result result = run_command({"batch", in_, out_});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("by earlier runs"), std::string::npos);
  EXPECT_EQ(results_of(out_), expected);
}

TEST_F(BatchCommand, TheInputMayGrowAndChangeItsOrder) {
  const Json few = {{"max_tokens", 4}, {"seed", 1}};
  write_file(in_, openai_line("a", sum(1), few) + openai_line("b", sum(2), few));
  EXPECT_EQ(batch().status, 0);
  const std::string before = read_file(out_);
  write_file(in_,
             openai_line("c", sum(3), few) + openai_line("b", sum(2), few) + openai_line("a", sum(1), few));
  EXPECT_EQ(batch().status, 0);
  const std::string after = read_file(out_);
  EXPECT_EQ(after.substr(0, before.size()), before);
  EXPECT_EQ(results_of(out_).size(), 3u);
  EXPECT_EQ(line_count(out_), 3u);
}

TEST_F(BatchCommand, SaysWhereAnswersWereMadeWithOtherSettings) {
  const Json few = {{"max_tokens", 4}};
  write_file(in_, openai_line("a", sum(1), few) + openai_line("b", sum(2), few));
  EXPECT_EQ(batch({"--temp", "0.5"}).status, 0);
  const std::string before = read_file(out_);
  write_file(in_, openai_line("a", sum(1), few) + openai_line("b", sum(2), {{"max_tokens", 4}, {"seed", 1}}) +
                      openai_line("c", sum(3), few));
  const auto noted = [&](const std::vector<std::string>& options) {
    return run_command(joined({"batch", in_, out_}, options)).err;
  };
  EXPECT_EQ(noted({"--temp", "0.5"}).find("settings"), std::string::npos) << "the seed is each line's own";
  const std::string said = noted({"--temp", "0.7"});
  EXPECT_NE(said.find("note: kept as made with other settings: 3 answers in " + out_ +
                      "; --restart makes all anew"),
            std::string::npos)
      << said;
  EXPECT_EQ(read_file(out_).substr(0, before.size()), before);
  EXPECT_EQ(batch({"--temp", "0.7"}).err, "");
}

TEST_F(BatchCommand, FailedLinesAreTriedAgainWhereThatIsAsked) {
  const std::string good = openai_line("a", sum(1), {{"max_tokens", 4}});
  write_file(in_, good + openai_line("b", sum(2), {{"temperature", -3}}) + "no JSON\n");
  ASSERT_EQ(batch().status, 1);
  const std::string first = read_file(out_);
  const Json answer = results_of(out_).at("a");
  ::chmod(out_.c_str(), 0640);
  write_file(in_, good + openai_line("b", sum(2), {{"max_tokens", 4}}) + "no JSON\n");
  EXPECT_EQ(batch().status, 1);
  EXPECT_EQ(read_file(out_), first) << "an error is a result";
  EXPECT_EQ(batch({"--retry-failed"}).status, 1);
  const std::map<std::string, Json> results = results_of(out_);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(line_count(out_), 3u);
  EXPECT_TRUE(results.at("b").at("error").is_null()) << results.at("b");
  EXPECT_EQ(results.at("a"), answer);
  EXPECT_FALSE(results.at("line 3").at("error").is_null()) << "still wrong";
  struct stat status {};
  ASSERT_EQ(::stat(out_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
  EXPECT_EQ(batch({"--retry-failed", "--restart"}).status, 2);
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory_.path())) ++files;
  EXPECT_EQ(files, 2u) << "nothing is left beside the results";
}

TEST_F(BatchCommand, TellsWhereErrorsAreAndHowToTryAgain) {
  write_file(in_, "no JSON\n");
  const Result result = run_command({"batch", in_, out_});
  EXPECT_NE(result.err.find("the errors are in " + out_ + "; --retry-failed tries these lines again"),
            std::string::npos)
      << result.err;
}

TEST_F(BatchCommand, RetryingDropsNothingOfAFileThatIsNoResult) {
  write_file(in_, openai_line("mine", sum(1), {{"max_tokens", 4}}));
  for (const std::string text : {"some text\n", "{\"custom_id\": 3, \"error\": {}}\n"}) {
    write_file(out_, text);
    EXPECT_EQ(batch({"--retry-failed"}).status, 1);
    EXPECT_EQ(read_file(out_), text);
  }
}

TEST_F(BatchCommand, ResultsOfAnotherInputAreRefusedAndKept) {
  const std::string foreign = results_for(openai_line("other", sum(1), {{"max_tokens", 4}})).empty()
                                  ? std::string()
                                  : read_file(out_);
  write_file(in_, openai_line("mine", sum(1), {{"max_tokens", 4}}));
  Result result = batch();
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("has results of 1 requests that"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("such as \"other\"; --restart overwrites it"), std::string::npos) << result.err;
  EXPECT_EQ(read_file(out_), foreign);
  for (const std::string text : {"some text\n", "{\"custom_id\": \"mine\"}\n", "\n"}) {
    write_file(out_, text);
    for (const std::vector<std::string>& options : {std::vector<std::string>{}, {"--restart"}}) {
      result = batch(options);
      EXPECT_EQ(result.status, 1);
      EXPECT_NE(result.err.find("not the results of an earlier run"), std::string::npos) << result.err;
      EXPECT_EQ(read_file(out_), text);
    }
  }
  write_file(out_, foreign);
  EXPECT_EQ(batch({"--restart"}).status, 0);
  EXPECT_EQ(results_of(out_).count("mine"), 1u);
}

TEST_F(BatchCommand, AnswersFromAPipeAsTheLinesCome) {
  Command command({"batch", "-q", "-", out_}, {.input = openai_line("a", sum(1)), .input_stays_open = true});
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(out_) && line_count(out_) == 1; }));
  command.type(openai_line("b", sum(2)));
  EXPECT_TRUE(eventually([&] { return line_count(out_) == 2; }));
  command.end_input();
  EXPECT_EQ(command.finish().status, 0);
  // Results there are, so the pipe is read to its end before they are gone on from.
  const std::string lines = openai_line("c", sum(3)) + openai_line("b", sum(2)) + openai_line("a", sum(1));
  EXPECT_EQ(run_command({"batch", "-q", "-", out_}, {.input = lines}).status, 0);
  EXPECT_EQ(results_of(out_).size(), 3u);
  const Result foreign = run_command({"batch", "-q", "-", out_}, {.input = openai_line("d", sum(4))});
  EXPECT_EQ(foreign.status, 1);
  EXPECT_EQ(line_count(out_), 3u);
}

TEST_F(BatchCommand, TwoDoNotWriteTheSameFile) {
  write_file(in_, many_lines(2));
  Command first({"batch", "-q", "-", out_}, {.input = openai_line("a", sum(1)), .input_stays_open = true});
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(out_) && line_count(out_) == 1; }));
  const Result second = batch();
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.err.find("is being written by another process"), std::string::npos) << second.err;
}

TEST_F(BatchCommand, MistakesAreTold) {
  write_file(in_, many_lines(1));
  for (const auto& [arguments, status, message] :
       std::vector<std::tuple<std::vector<std::string>, int, std::string>>{
           {{}, 2, "IN.jsonl is missing"},
           {{in_}, 2, "OUT.jsonl is missing"},
           {{in_, in_}, 2, "the same file"},
           {{"--samples", "0", in_, out_}, 2, "--samples"},
           {{"--parallel", "257", in_, out_}, 2, "--parallel"},
           {{"--logit-bias", "99999999=1", in_, out_}, 2, "--logit-bias: token 99999999; expected 0 to"},
           {{directory_.file("none"), out_}, 1, "can't open"},
           {{in_, directory_.path()}, 1, "can't write"},
           {{in_, "/dev/null"}, 1, "expected a regular file"}}) {
    const Result result = run_command(joined({"batch"}, arguments));
    EXPECT_EQ(result.status, status) << message;
    EXPECT_EQ(result.err.find("reckon: error: "), 0u) << result.err;
    EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
  }
  EXPECT_EQ(line_count(in_), 2u) << "the input is untouched";
}

TEST_F(BatchCommand, AFullDiskLosesNothingThatWasThere) {
  write_file(in_, many_lines(4));
  // A limit on the size of files stands for the disk: the line that does not fit is taken back.
  const std::string line = "ulimit -f 4; trap '' XFSZ; exec " RECKON_BINARY_DIR "/bin/reckon batch -q " +
                           in_ + " " + out_ + " 2> " + directory_.file("err");
  EXPECT_NE(std::system(("sh -c \"" + line + "\"").c_str()), 0);
  EXPECT_NE(read_file(directory_.file("err")).find("can't write"), std::string::npos);
  EXPECT_GT(results_of(out_).size(), 0u);  // whole lines only
  EXPECT_EQ(batch().status, 1);
  EXPECT_EQ(results_of(out_).size(), 5u);
}

TEST_F(BatchCommand, SaysNothingButTheSummaryWhereThereIsNoTerminal) {
  write_file(in_, openai_line("a", sum(1), {{"max_tokens", 4}}));
  const Result result = run_command({"batch", in_, out_});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
  EXPECT_EQ(result.err.find("1 request; "), 0u) << result.err;
  EXPECT_EQ(batch({"--restart"}).err, "");
}

TEST_F(BatchCommand, ShowsABarOnATerminalThatFitsAndGoesAway) {
  RECKON_NEEDS_TMUX();
  write_file(in_, many_lines(30));
  for (const int columns : {40, 100}) {
    std::filesystem::remove(out_);
    Screen screen({"batch", "-t", "1", "--parallel", "2", in_, out_},
                  {.columns = columns, .environment = {{"RECKON_ISA", "scalar"}}});
    ASSERT_TRUE(screen.wait_for("ETA ")) << screen.text();
    const std::vector<std::string> lines = screen.lines();
    EXPECT_EQ(lines.size(), 1u) << "it is rewritten in place and does not wrap: " << screen.text();
    EXPECT_NE(lines.front().find("/31"), std::string::npos) << screen.text();
    if (columns == 100) {
      EXPECT_EQ(lines.front().find('['), 0u) << screen.text();
      EXPECT_NE(lines.front().find(" tok/s"), std::string::npos) << screen.text();
      EXPECT_NE(lines.front().find(" running"), std::string::npos) << screen.text();
    }
    screen.press({"C-c"});
    ASSERT_EQ(screen.wait_for_end(), 130) << screen.text();
    EXPECT_EQ(screen.text().find("ETA"), std::string::npos) << screen.text();
    EXPECT_NE(screen.text().find("of 31"), std::string::npos) << screen.text();
  }
}

}  // namespace
}  // namespace reckon::cli::testing
