// SIGINT and SIGTERM at any moment: before a command has begun, while it loads, reads its prompt, generates
// and saves. It ends with the signal's status or is done; terminals are left in order and files whole.
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Delays = std::vector<int>;  // in milliseconds

const Delays kFirstMoments{0, 1, 2, 4, 7, 11, 16, 23, 32, 45, 64, 90, 128};

// Runs `command` once for each signal and delay; `check` looks at each result.
template <class Check>
void signal_at_any_moment(const std::vector<std::string>& arguments, const Surroundings& around, Check check,
                          const Delays& delays = kFirstMoments) {
  size_t interrupted = 0;
  for (const int number : {SIGINT, SIGTERM}) {
    for (const int delay : delays) {
      SCOPED_TRACE(arguments.front() + ", signal " + std::to_string(number) + " after " +
                   std::to_string(delay) + " ms");
      Command command(arguments, around);
      ::usleep(static_cast<useconds_t>(delay) * 1000);
      command.signal(number);
      const Result result = command.finish();
      const bool done = result.status == 0 || (result.status >= 3 && result.status <= 6);
      EXPECT_TRUE(done || result.status == 128 + number) << result.status << ": " << result.err;
      interrupted += done ? 0 : 1;
      check(result);
    }
  }
  EXPECT_GT(interrupted, 0u);
}

size_t files_in(const std::string& folder) {
  std::error_code none;
  size_t files = 0;
  for (std::filesystem::recursive_directory_iterator it(folder, none), end; !none && it != end; ++it) {
    files += it->is_regular_file();
  }
  return files;
}

class AnyMoment : public ::testing::Test {
 protected:
  Surroundings around() const { return {.input = "", .environment = {{"XDG_DATA_HOME", directory_.path()}}}; }
  TemporaryDirectory directory_;
};

TEST_F(AnyMoment, OfARunItsEventsAreWholeLines) {
  signal_at_any_moment({"run", "--events", "--temp", "0", kSum}, around(), [](const Result& result) {
    EXPECT_TRUE(result.out.empty() || result.out.ends_with('\n'));
    for (const std::string& line : lines_of(result.out)) {
      EXPECT_FALSE(nlohmann::json::parse(line, nullptr, false).is_discarded()) << line;
    }
  });
}

// Thousands of tokens to read, slowly.
TEST_F(AnyMoment, OfAPromptBeingReadItEnds) {
  Surroundings slow = around();
  slow.environment["RECKON_ISA"] = "scalar";
  slow.input = std::string(900, '7');
  signal_at_any_moment(
      {"run", "--json", "-t", "1", "-n", "1", "--answer-reserve", "0", "-", "-q", "--temp", "0"}, slow,
      [](const Result& result) {
        EXPECT_TRUE(result.out.empty() || !nlohmann::json::parse(result.out).empty());
      });
}

// Moments until a whole run of `command` is over: whatever time this machine takes for it, some are near the
// end.
Delays moments_of(const std::vector<std::string>& command) {
  const TemporaryDirectory elsewhere;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run_command(command, {.environment = {{"XDG_DATA_HOME", elsewhere.path()}}}).status, 0);
  const std::chrono::duration<double, std::milli> whole = std::chrono::steady_clock::now() - begin;
  Delays delays;
  for (int percent = 0; percent <= 130; percent += 10) {
    delays.push_back(static_cast<int>(whole.count() * percent / 100));
  }
  return delays;
}

TEST_F(AnyMoment, OfASessionBeingSavedTheOldOrTheNewOneIsThere) {
  const std::vector<std::string> run{"run", "-q", "--session", "a", "--temp", "0", kSum};
  size_t before = 0;
  const auto check = [&](const Result&) {
    const Result shown = run_command({"sessions", "show", "a", "--json"}, around());
    if (before == 0 && shown.status == 2) return;  // none was begun yet
    ASSERT_EQ(shown.status, 0) << shown.err;
    const size_t messages = nlohmann::json::parse(shown.out).at("messages").size();
    EXPECT_TRUE(messages + 1 >= before && messages <= before + 2) << messages << " after " << before;
    before = messages;
    EXPECT_EQ(files_in(directory_.path()), 1u) << "no temporary file is left";
  };
  signal_at_any_moment(run, around(), check, moments_of(run));
  EXPECT_GT(before, 0u);
}

TEST_F(AnyMoment, OfABatchItsResultsAreWholeLinesAndItGoesOn) {
  std::string lines;
  for (int i = 0; i < 8; ++i) {
    lines += R"({"custom_id":")" + std::to_string(i) +
             R"(","prompt":"What is 7 + 8?","temperature":0})"
             "\n";
  }
  const std::string in = directory_.file("in"), out = directory_.file("out");
  write_file(in, lines);
  signal_at_any_moment({"batch", "-q", in, out}, around(), [&](const Result& result) {
    const std::string results = read_file(out);
    EXPECT_TRUE(results.empty() || results.ends_with('\n'));
    for (const std::string& line : lines_of(results)) {
      EXPECT_FALSE(nlohmann::json::parse(line, nullptr, false).is_discarded()) << line;
    }
    if (result.status == 0) std::filesystem::remove(out);
  });
  EXPECT_EQ(run_command({"batch", "-q", in, out}, around()).status, 0);
  EXPECT_EQ(lines_of(read_file(out)).size(), 8u);
}

TEST_F(AnyMoment, OfOtherCommandsTheyEnd) {
  const std::string questions = directory_.file("questions");
  write_file(questions, R"({"question":"What is 7 + 8?","answer":"15"})"
                        "\n");
  const auto ignore = [](const Result&) {};
  signal_at_any_moment({"vote", "-q", "-k", "4", "--temp", "1", kSum}, around(), ignore);
  signal_at_any_moment({"eval", "-q", questions}, around(), ignore);
  signal_at_any_moment({"run", "-q", "--samples", "3", "--temp", "0", kSum}, around(), ignore);
  signal_at_any_moment({"bench", "-q", "-p", "64", "-n", "8", "-r", "2"}, around(), ignore);
  std::string sums;  // as many tokens as the model's context takes
  for (int i = 0; i < 90; i++) sums += "What is 12 + 30? 42. ";
  const std::string text = directory_.file("sums");
  write_file(text, sums);
  signal_at_any_moment({"score", "--file", text}, around(), ignore);
}

// Of a terminal that no command has touched: one that is started may have set its own before a look at them.
termios fresh_modes() {
  int master = -1, slave = -1;
  termios modes{};
  EXPECT_EQ(::openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
  EXPECT_EQ(::tcgetattr(slave, &modes), 0);
  ::close(slave);
  ::close(master);
  return modes;
}

// Local and input modes are what keys and lines depend on.
void expect_same_modes(const termios& now, const termios& before) {
  EXPECT_EQ(now.c_lflag, before.c_lflag);
  EXPECT_EQ(now.c_iflag, before.c_iflag);
  EXPECT_EQ(now.c_oflag, before.c_oflag);
  for (const int character : {VMIN, VTIME, VINTR, VEOF})
    EXPECT_EQ(now.c_cc[character], before.c_cc[character]);
}

// On a terminal, where keys are read one by one and the thought is dim. Two signals end it at once.
TEST_F(AnyMoment, OnATerminalItsModesAreRestored) {
  const std::vector<std::string> thinks = joined(joined({"run"}, endless_thinking()), {kSum});
  for (const bool twice : {false, true}) {
    for (const int number : {SIGINT, SIGTERM}) {
      for (const int delay : kFirstMoments) {
        SCOPED_TRACE(std::to_string(delay) + " ms" + (twice ? ", twice" : ""));
        Command command(thinks, {.terminal = true});
        const termios before = fresh_modes();
        ::usleep(static_cast<useconds_t>(delay) * 1000);
        command.signal(number);
        if (twice) command.signal(number);
        const Result result = command.finish();
        EXPECT_EQ(result.status, 128 + number);
        const size_t dim = result.out.rfind("\x1b[2m");
        EXPECT_TRUE(dim == std::string::npos || result.out.find("\x1b[0m", dim) != std::string::npos)
            << result.out;
        expect_same_modes(command.modes(), before);
      }
    }
  }
}

TEST_F(AnyMoment, OfAChatOnATerminalItsModesAreRestoredAndItsSessionIsWhole) {
  Surroundings terminal{.terminal = true, .environment = {{"XDG_DATA_HOME", directory_.path()}}};
  bool saved = false;
  for (const int delay : kFirstMoments) {
    SCOPED_TRACE(std::to_string(delay) + " ms");
    Command command({"chat", "--session", "a", "--temp", "0"}, terminal);
    const termios before = fresh_modes();
    ASSERT_TRUE(command.wait_for_editing());
    command.type(kSum + "\r");
    ::usleep(static_cast<useconds_t>(delay) * 1000);
    command.signal(SIGTERM);
    EXPECT_EQ(command.finish().status, 143);
    expect_same_modes(command.modes(), before);
    const Result shown = run_command({"sessions", "show", "a", "--json"}, around());
    if (!saved && shown.status == 2) continue;  // ended before there was anything to save
    saved = true;
    ASSERT_EQ(shown.status, 0) << shown.err;
    EXPECT_FALSE(nlohmann::json::parse(shown.out).contains("problem"));
    EXPECT_EQ(files_in(directory_.path()), 1u) << "no temporary file is left";
  }
  EXPECT_TRUE(saved);
}

}  // namespace
}  // namespace reckon::cli::testing
