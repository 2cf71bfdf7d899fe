// Disks that are full or broken, readers that are gone, writes that are cut short or interrupted: whatever
// the command writes, it says what went wrong and with which file, and leaves no half of anything behind.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "cli/command.hpp"
#include "cli/results.hpp"
#include "cli/tmux.hpp"

namespace reckon::cli::testing {
namespace {

using Arguments = std::vector<std::string>;

constexpr std::pair<const char*, const char*> kErrors[] = {
    {"ENOSPC", "No space left on device"}, {"EIO", "Input/output error"}, {"EDQUOT", "Disk quota exceeded"}};

class WriteErrors : public ::testing::Test {
 protected:
  // The command, its writes going wrong as `plan` says (failing_writes.cpp); "" lets it alone.
  Result run(const Arguments& arguments, const std::string& plan, const std::string& input = "",
             const std::string& output_file = "") const {
    Surroundings around{.input = input, .output_file = output_file};
    around.environment = {{"XDG_DATA_HOME", directory_.path()}};
    if (!plan.empty()) {
      around.environment["RECKON_TEST_WRITES"] = plan;
      around.environment["LD_PRELOAD"] = RECKON_FAILING_WRITES;
      around.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";
    }
    return run_command(arguments, around);
  }
  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path()))
      all.push_back(entry.path().string());
    std::ranges::sort(all);
    return all;
  }
  // Files as they were, whatever was tried.
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> all;
    for (const std::string& file : files())
      if (std::filesystem::is_regular_file(file)) all[file] = read_file(file);
    return all;
  }
  TemporaryDirectory directory_;
};

void expect_refused(const Result& result, const std::string& file, const std::string& why) {
  EXPECT_EQ(result.status, 1);
  const std::string error = "reckon: error: ";
  const size_t at = result.err.find(error);
  ASSERT_NE(at, std::string::npos) << result.err;
  EXPECT_NE(result.err.find(file, at), std::string::npos) << result.err;
  EXPECT_NE(result.err.find(why, at), std::string::npos) << result.err;
}

const Arguments kFirst = {"run", "-q", "--temp", "0", "--session", "a", kQuestion};
const Arguments kSecond = {"run", "-q", "--temp", "0", "--session", "a", "What is 20 + 3?"};

TEST_F(WriteErrors, ASessionStaysAsItWas) {
  ASSERT_EQ(run(kFirst, "").status, 0);
  const auto before = contents();
  ASSERT_EQ(before.size(), 1U);
  const std::string file = before.begin()->first;
  for (const auto& [name, message] : kErrors) {
    for (const std::string call : {"write", "fsync", "rename"}) {
      for (const int n : {1, 2, 3, 6}) {
        if (call != "write" && n > 1) continue;
        SCOPED_TRACE(call + " " + name + " " + std::to_string(n));
        const Result result = run(kSecond, call + " " + name + " " + std::to_string(n) + " a.session");
        expect_refused(result, file, message);
        EXPECT_NE(result.out.find("23"), std::string::npos) << "the answer is there: " << result.out;
        EXPECT_EQ(contents(), before);
      }
    }
  }
  for (const std::string how : {"short", "EINTR"}) {
    EXPECT_EQ(run(kSecond, "write " + how + " 1 a.session").status, 0);
    EXPECT_EQ(files().size(), 3U) << "the session and its folders";
  }
  EXPECT_EQ(run({"run", "-q", "--session", "a", "What is 1 + 1?"}, "").status, 0)
      << "what was written can be read";
}

// For programs too: one object has the answer and says why it is not saved.
TEST_F(WriteErrors, AnAnswerThatCantBeSavedIsOneObject) {
  for (const std::string format : {"--json", "--events"}) {
    const Result result =
        run({"run", "-q", format, "--temp", "0", "--session", "a", kQuestion}, "write ENOSPC 1 a.session");
    expect_refused(result, "a.session", "No space left on device");
    const std::vector<std::string> lines = lines_of(result.out);
    ASSERT_FALSE(lines.empty());
    const nlohmann::json last = nlohmann::json::parse(lines.back());
    EXPECT_EQ(last.at("finish_reason"), "stop") << "the answer's own line";
    EXPECT_EQ(last.at("error").at("code"), "io");
    EXPECT_NE(last.at("error").at("message").get<std::string>().find("a.session"), std::string::npos);
    if (format == "--json") {
      EXPECT_EQ(lines.size(), 1U);
      EXPECT_NE(last.at("answer").get<std::string>().find("15"), std::string::npos);
    } else {
      EXPECT_EQ(last.at("phase"), "done");
    }
  }
}

TEST_F(WriteErrors, TheLineForTheEditorIsKept) {
  RECKON_NEEDS_TMUX();
  ScreenOptions around{.columns = 160};
  around.environment = {{"EDITOR", "true"},
                        {"RECKON_TEST_WRITES", "write ENOSPC 1 .md"},
                        {"LD_PRELOAD", RECKON_FAILING_WRITES},
                        {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
  Screen screen({"chat", "--no-history"}, around);
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.type("kept");
  screen.press({"C-g"});
  EXPECT_TRUE(screen.wait_for(".md: No space left on device; the line is as it was\n> kept"))
      << screen.text();
  screen.press({"C-c"});
  screen.press({"C-d"});
  EXPECT_EQ(screen.wait_for_end(), 0) << screen.text();
}

TEST_F(WriteErrors, AChatSaysThatItsSessionIsNotSaved) {
  ASSERT_EQ(run(kFirst, "").status, 0);
  const auto before = contents();
  const std::string file = before.begin()->first;
  const Result result = run({"chat", "-q", "--temp", "0", "--session", "a"}, "write ENOSPC 1 a.session",
                            "What is 20 + 3?\nWhat is 2 + 3?\n");
  expect_refused(result, file, "No space left on device");
  EXPECT_EQ(contents(), before);
}

TEST_F(WriteErrors, APromptThatCantBeKeptIsANote) {
  std::string prompt = kQuestion;
  for (int i = 0; i < 100; ++i) prompt += " And 1 + 2 is 3.";
  const std::string cache = directory_.file("prompts");
  const Arguments arguments = {"run", "--temp", "0", "-n", "40", "--prompt-cache", cache, prompt};
  const Result alone = run({"run", "-q", "--temp", "0", "-n", "40", prompt}, "");
  for (const std::string plan :
       {"write ENOSPC 2 .prefix", "fsync EIO 1 .prefix", "rename EDQUOT 1 .prefix"}) {
    const Result result = run(arguments, plan);
    EXPECT_EQ(result.status, alone.status);
    EXPECT_EQ(result.out, alone.out);
    EXPECT_NE(result.err.find("the prompt is not kept in the prompt cache: " + cache), std::string::npos)
        << result.err;
    for (const std::string& file : files()) {
      EXPECT_FALSE(file.ends_with(".prefix") || file.ends_with(".tmp")) << file;
    }
  }
  EXPECT_EQ(run(arguments, "write short 1 .prefix").out, alone.out);
  const Result again = run(arguments, "");
  EXPECT_EQ(again.out, alone.out);
  EXPECT_NE(again.err.find("cached"), std::string::npos) << again.err;
}

// After any failure the results are whole lines, and the next run completes them.
TEST_F(WriteErrors, ABatchGoesOnWhereTheDiskWasFull) {
  const std::string in = directory_.file("in.jsonl"), out = directory_.file("out.jsonl");
  std::string lines;
  for (int i = 0; i < 6; ++i)
    lines += R"({"custom_id": "q)" + std::to_string(i) + R"(", "prompt": "What is 7 + )" + std::to_string(i) +
             "?\"}\n";
  write_file(in, lines);
  const Arguments arguments = {"batch", "-q", "--temp", "0", "-n", "40", in, out};
  ASSERT_EQ(run(arguments, "").status, 0);
  const auto results = results_of(out);
  ASSERT_EQ(results.size(), 6U);
  for (const auto& [name, message] : kErrors) {
    for (const int n : {1, 2, 4, 6}) {
      std::filesystem::remove(out);
      expect_refused(run(arguments, std::string("write ") + name + " " + std::to_string(n) + " out.jsonl"),
                     out, message);
      const std::string text = read_file(out);
      EXPECT_TRUE(text.empty() || text.back() == '\n') << text;
      EXPECT_EQ(lines_of(text).size(), static_cast<size_t>(n - 1));
      ASSERT_EQ(run(arguments, "").status, 0);
      EXPECT_EQ(results_of(out).size(), results.size());
    }
  }
  std::filesystem::remove(out);
  expect_refused(run(arguments, "fsync EIO 1 out.jsonl"), out, "Input/output error");
  for (const std::string how : {"short", "EINTR"}) {
    std::filesystem::remove(out);
    EXPECT_EQ(run(arguments, "write " + how + " 1 out.jsonl").status, 0);
    EXPECT_EQ(results_of(out).size(), results.size());
  }
}

// Everything that goes to standard output.
const std::vector<Arguments>& printing_commands() {
  static const std::vector<Arguments> all = {{"run", "-q", "--temp", "0", "-n", "60", kQuestion},
                                             {"run", "-q", "--json", "--temp", "0", "-n", "60", kQuestion},
                                             {"run", "-q", "--events", "--temp", "0", "-n", "60", kQuestion},
                                             {"vote", "-q", "-k", "2", "--seed", "1", "-n", "60", kQuestion},
                                             {"tokenize"},
                                             {"inspect"},
                                             {"inspect", "--json"},
                                             {"bench", "-p", "8", "-n", "4", "-r", "1", "-o", "json"},
                                             {"sessions"},
                                             {"man"},
                                             {"completions", "bash"},
                                             {"completions", "zsh"},
                                             {"--version"},
                                             {"--help"},
                                             {"run", "--help"}};
  return all;
}

std::string input_of(const Arguments& arguments) { return arguments.front() == "tokenize" ? "seven" : ""; }

TEST_F(WriteErrors, StandardOutputThatFailsIsAnError) {
  ASSERT_EQ(run(kFirst, "").status, 0);
  const std::string out = directory_.file("out.txt");
  for (const Arguments& arguments : printing_commands()) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    for (const auto& [name, message] : kErrors) {
      const Result result =
          run(arguments, std::string("write ") + name + " 1 out.txt", input_of(arguments), out);
      EXPECT_EQ(result.status, 1);
      EXPECT_EQ(result.err, std::string("reckon: error: can't write to standard output: ") + message + "\n");
    }
    const Result gone = run(arguments, "write EPIPE 1 out.txt", input_of(arguments), out);
    EXPECT_EQ(gone.status, 1);
    EXPECT_EQ(gone.err, "");
  }
}

// The same arrives in the end; as many lines where they say what was measured.
TEST_F(WriteErrors, WritesThatTakeLittleOrAreInterruptedGoOn) {
  ASSERT_EQ(run(kFirst, "").status, 0);
  for (const Arguments& arguments : printing_commands()) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    const bool measures =
        arguments.front() == "bench" || arguments.front() == "inspect" || arguments.back() == kQuestion;
    std::string expected;
    for (const std::string how : {"none", "short", "EINTR"}) {
      const std::string out = directory_.file("out.txt");
      std::filesystem::remove(out);
      EXPECT_EQ(run(arguments, "write " + how + " 1 out.txt", input_of(arguments), out).status, 0);
      const std::string text = read_file(out);
      if (how == "none") expected = text;
      EXPECT_EQ(lines_of(text).size(), lines_of(expected).size()) << how;
      if (!measures) {
        EXPECT_EQ(text, expected) << how;
      }
      EXPECT_EQ(text.back(), '\n');
    }
  }
}

// Where people are told something nobody may be listening; the answer counts.
TEST_F(WriteErrors, StandardErrorThatFailsChangesNothing) {
  const Result fine = run({"run", "--temp", "0", kQuestion}, "");
  const std::string pipe = "pipe:";
  const std::string out = directory_.file("out.txt");
  const Result result = run({"run", "--temp", "0", kQuestion}, "write EIO 1 " + pipe, "", out);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(read_file(out), fine.out);
}

}  // namespace
}  // namespace reckon::cli::testing
