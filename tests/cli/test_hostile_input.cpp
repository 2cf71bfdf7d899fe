// Files and pipes that never end, nest without end or hold no text: an error in bounded memory.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "load/allocation_counter.hpp"
#include "tools/reckon/batch_input.hpp"
#include "tools/reckon/bounded_json.hpp"
#include "tools/reckon/conversation.hpp"
#include "tools/reckon/input.hpp"

namespace reckon::cli::testing {
namespace {

using test::AllocationCounter;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

std::string complaint_about(const std::string& json, const JsonBounds& bounds = {}) {
  return message_of([&] { parse_json(json, bounds); });
}

TEST(BoundedJson, RefusesWhatIsTooDeepOrTooMuch) {
  EXPECT_EQ(complaint_about(std::string(65, '[') + std::string(65, ']')), "no error");
  EXPECT_EQ(complaint_about(std::string(67, '[') + std::string(67, ']')), "nested deeper than 64 levels");
  EXPECT_EQ(complaint_about("[1,2]", {.depth = 64, .values = 4}), "no error") << "two ends and two values";
  EXPECT_EQ(complaint_about("[1,2]", {.depth = 64, .values = 3}), "more than 3 values and keys");
  EXPECT_EQ(complaint_about("{\"a\":1,\"a\":2}", {.depth = 64, .values = 3}), "more than 3 values and keys");
}

TEST(BoundedJson, RefusesWhatIsNone) {
  for (const std::string text :
       {"", " ", "nul", "[1,]", "{\"a\"}", "'a'", "[1] 2", "NaN", "-", "\"\\ud800\"", "\"\xFF\"",
        "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"a\nb\"", "\xEF\xBB\xBF{"}) {
    EXPECT_TRUE(complaint_about(text).starts_with("not JSON (at byte "))
        << text << ": " << complaint_about(text);
  }
  EXPECT_TRUE(complaint_about(std::string("\"a\0b\"", 5)).starts_with("not JSON (at byte "));
  EXPECT_EQ(complaint_about("1e999"), "not JSON (a number is out of range)");
  EXPECT_EQ(complaint_about("[" + std::string(400, '9') + "]"), "not JSON (a number is out of range)");
}

// 16 million levels that would each be an object.
TEST(HostileInput, DeepNestingIsRefusedBeforeItIsBuilt) {
  const std::string deep(16 << 20, '[');
  const TemporaryDirectory directory;
  write_file(directory.file("deep.json"), deep);
  for (const auto& action : std::vector<std::function<void()>>{
           [&] { parse_json(deep); }, [&] { parse_request(deep, 1, {}); },
           [&] { parse_question(deep, 1, {}); }, [&] { parse_tokens(deep, "ids"); },
           [&] { parse_tokens("[1,[[" + deep, "ids"); }}) {
    const AllocationCounter counter;
    EXPECT_NE(message_of(action).find("nested deeper than"), std::string::npos) << message_of(action);
    EXPECT_LT(counter.bytes(), 36U << 20) << "the text itself, twice at most";
  }
  EXPECT_NE(message_of([&] { load_conversation(directory.file("deep.json")); }).find("nested deeper than 64"),
            std::string::npos);
}

TEST(HostileInput, AFileThatNeverEndsIsAnError) {
  Surroundings around;
  if (!kSanitized) around.limits = {{RLIMIT_AS, rlim_t{2} << 30}};
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"score", "--file", "/dev/zero"},
                                                    {"run", "--json-schema", "/dev/zero", "1"},
                                                    {"run", "--grammar", "/dev/zero", "1"}}) {
    const Result result = run_command(arguments, around);
    EXPECT_EQ(result.status, 1) << arguments[0];
    EXPECT_TRUE(only_an_error(result.out)) << result.out;
    EXPECT_NE(result.err.find("can't read /dev/zero: it has more than 256 MiB"), std::string::npos)
        << result.err;
  }
  const Result chat = run_command({"chat"}, {.input = "/load /dev/zero\n"});
  EXPECT_EQ(chat.status, 1);
  EXPECT_NE(chat.err.find("can't read /dev/zero: it has more than 256 MiB"), std::string::npos) << chat.err;
}

TEST(HostileInput, APipeThatNeverEndsIsAnError) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run"},
                                                    {"run", "sum", "-"},
                                                    {"vote", "-"},
                                                    {"tokenize"},
                                                    {"score", "--file", "-"}}) {
    const Result result = run_command(arguments, {.input_file = "/dev/zero"});
    EXPECT_EQ(result.status, 1) << arguments[0];
    EXPECT_NE(result.err.find("can't read standard input: it has more than 256 MiB"), std::string::npos)
        << result.err;
  }
}

TEST(HostileInput, ModelFilesThatAreNoneEndAtOnce) {
  for (const std::string file :
       {"/dev/zero", "/dev/full", "/dev/null", "/dev/tty", "/", ".", "/proc/self/mem", "/proc/self/environ",
        "/nonexistent/model.gguf", "/dev/null/model.gguf"}) {
    for (const std::string command : {"inspect", "tokenize", "score", "bench", "run", "vote", "chat"}) {
      std::vector<std::string> arguments{command, "-m", file};
      if (command == "score") arguments.insert(arguments.end(), {"--tokens", "[1]"});
      if (command == "run" || command == "vote") arguments.push_back("1");
      const Result result = run_command(arguments, {.input = ""});
      EXPECT_EQ(result.status, 1) << command << " " << file;
      EXPECT_TRUE(only_an_error(result.out)) << result.out;
      EXPECT_TRUE(result.err.starts_with("reckon: error: " + file + ": ")) << result.err;
    }
  }
}

// Nobody writes to it.
TEST(HostileInput, AFifoIsWaitedForUntilASignal) {
  const TemporaryDirectory directory;
  const std::string fifo = directory.file("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"score", "--file", fifo},
                                                    {"run", "--grammar", fifo, "1"},
                                                    {"batch", fifo, directory.file("out")},
                                                    {"eval", fifo}}) {
    for (const int number : {SIGINT, SIGTERM}) {
      Command command(arguments);
      ::usleep(100'000);
      command.signal(number);
      const Result result = command.finish();
      EXPECT_EQ(result.status, 128 + number) << arguments[0] << ": " << result.err;
      EXPECT_TRUE(only_an_error(result.out)) << result.out;
    }
  }
}

// Text that is none, everywhere where there is text.
TEST(HostileInput, AnyBytesGoThroughTheCommand) {
  const std::string bytes("\0\xFF\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80\x1b[2J\xE4\xBD", 17);
  const std::string argument = bytes.substr(1);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", "--json", "-n", "2"},
                                                    {"run", "--json", "-n", "2", argument},
                                                    {"run", "--json", "-n", "2", "--system", argument, "1"},
                                                    {"run", "--json", "-n", "2", "--raw", argument},
                                                    {"vote", "--json", "-k", "2", "-n", "2", argument}}) {
    const Result result = run_command(arguments, {.input = bytes});
    EXPECT_TRUE(result.status == 0 || (result.status >= 3 && result.status <= 5))
        << result.status << result.err;
    EXPECT_FALSE(nlohmann::json::parse(result.out, nullptr, false).is_discarded()) << result.out;
    EXPECT_EQ(result.err.find('\x1b'), std::string::npos) << "nothing reaches the terminal";
  }
  const Result stop = run_command({"run", "--stop", argument, "1"});
  EXPECT_EQ(stop.status, 2);
  EXPECT_NE(stop.err.find("stop: string 1 is not UTF-8"), std::string::npos) << stop.err;
  const Result message = run_command({"run", "--budget-message", argument, "1"});
  EXPECT_EQ(message.status, 2);
  EXPECT_NE(message.err.find("--budget-message: budget_message is not UTF-8"), std::string::npos)
      << message.err;
  const Result regex = run_command({"run", "--regex", "a\xFF", "1"});
  EXPECT_EQ(regex.status, 2);
  EXPECT_NE(regex.err.find("--regex: "), std::string::npos) << regex.err;
}

TEST(HostileInput, ABatchOfBytesFailsLineByLine) {
  const TemporaryDirectory directory;
  std::string lines;
  for (int byte = 0; byte < 256; ++byte) {
    if (byte != '\n') lines += std::string(3, static_cast<char>(byte)) + "\n";
  }
  lines += "{\"custom_id\":\"a\0\",\"prompt\":\"1\"}\n";
  lines += R"({"custom_id":"\u0000\ud800","prompt":"1"})"
           "\n";
  lines += R"({"custom_id":"nul","prompt":"\u0000","max_tokens":1})"
           "\n";
  lines += R"({"custom_id":"deep","prompt":)" + std::string(100'000, '[') + "\n";
  lines += R"({"custom_id":"huge","prompt":"1","max_tokens":1e300})"
           "\n";
  lines += R"({"custom_id":"more","prompt":"1","seed":123456789012345678901234567890})"
           "\n";
  write_file(directory.file("in"), lines);
  const Result result = run_command({"batch", directory.file("in"), directory.file("out")});
  EXPECT_EQ(result.status, 1) << result.err;
  size_t failed = 0, good = 0;
  for (const std::string& line : lines_of(read_file(directory.file("out")))) {
    const auto json = nlohmann::json::parse(line);
    json.at("error").is_null() ? ++good : ++failed;
  }
  EXPECT_EQ(good, 1u);
  EXPECT_GE(failed, 250u);
}

// What an earlier run is said to have written, and did not.
TEST(HostileInput, ResultsThatAreNoneAreRefused) {
  const TemporaryDirectory directory;
  const std::string in = directory.file("in"), out = directory.file("out");
  write_file(in, R"({"custom_id":"a","prompt":"1 + 1","question":"1 + 1","answer":"2","id":"a"})"
                 "\n");
  for (const std::string response : {"{}", R"({"body":5})", R"({"body":{"choices":7}})",
                                     R"({"body":{"choices":[{"message":3}],"usage":[]}})"}) {
    write_file(out, R"({"custom_id":"a","response":)" + response +
                        R"(,"error":null})"
                        "\n");
    const Result eval = run_command({"eval", in, "--out", out});
    EXPECT_EQ(eval.status, 1) << response << ": " << eval.err;
    EXPECT_TRUE(eval.err.starts_with("reckon: error: " + out)) << response << ": " << eval.err;
    const Result batch = run_command({"batch", in, out});
    EXPECT_TRUE(batch.status == 0 || batch.status == 1 || batch.status == 2) << batch.status << batch.err;
  }
}

// Deeper than any stack, where an error of an earlier run would be.
TEST(HostileInput, ResultsNestedTooDeeplyAreRefused) {
  const TemporaryDirectory directory;
  const std::string in = directory.file("in"), out = directory.file("out");
  write_file(in, R"({"custom_id":"a","prompt":"1 + 1","question":"1 + 1","answer":"2","id":"a"})"
                 "\n");
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string& line :
       {R"({"id":"batch_req_1","custom_id":"a","response":null,"error":{"line":1,"message":)" + deep + "}}",
        R"({"id":"batch_req_1","custom_id":"a","response":{"body":)" + deep + R"(},"error":null})",
        R"({"id":"batch_req_1","custom_id":"a","response":null,"error":null,"reckon":)" + deep + "}",
        R"({"id":"batch_req_1","custom_id":)" + deep}) {
    write_file(out, line + "\n");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"batch", in, out}, {"eval", in, "--out", out}}) {
      const Result result = run_command(arguments);
      EXPECT_EQ(result.status, 1) << arguments[0];
      EXPECT_EQ(result.err,
                "reckon: error: " + out + ": not the results of an earlier run: it is left as it is\n");
    }
    EXPECT_EQ(read_file(out), line + "\n");
  }
}

}  // namespace
}  // namespace reckon::cli::testing
