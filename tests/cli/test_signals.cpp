// Interruption, closed pipes, full disks.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

// Thinks until the context is full, which is more than small pipes take: it can't have ended before it is
// read.
std::vector<std::string> endless_run(const std::vector<std::string>& options = {}) {
  return joined(joined({"run"}, options), joined(endless_thinking(), {kSum}));
}

TEST(Signals, TheFirstEndsTheGenerationAndKeepsWhatThereIs) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    Command command(endless_run(), {.small_pipes = true});
    ASSERT_TRUE(command.wait_for_bytes(20, true)) << command.err();
    command.signal(number);
    const Result result = command.finish();
    EXPECT_EQ(result.status, 128 + number);
    EXPECT_NE(result.err.find("\ntokens: "), std::string::npos) << "the statistics of what there is";
    EXPECT_NE(result.err.find("reckon: note: interrupted"), std::string::npos);
  }
}

TEST(Signals, AnInterruptedRunStillWritesItsJson) {
  Command command(endless_run({"--events"}), {.small_pipes = true});
  ASSERT_TRUE(command.wait_for("\"thinking\""));
  command.signal(SIGINT);
  const Result result = command.finish();
  EXPECT_EQ(result.status, 130);
  const auto done = nlohmann::json::parse(lines_of(result.out).back());
  EXPECT_EQ(done.at("phase"), "done");
  EXPECT_EQ(done.at("finish_reason"), "cancelled");
}

TEST(Signals, TheSecondExitsAtOnce) {
  // The pipe is full and never read again: only an exit from the signal handler ends this.
  Command command(endless_run({"--events"}), {.small_pipes = true});
  ASSERT_TRUE(command.wait_for_bytes(100));
  ::usleep(200'000);  // until it stands still in a write
  command.signal(SIGINT);
  ::usleep(200'000);
  command.signal(SIGINT);
  int status = 0;
  ASSERT_EQ(::waitpid(command.pid(), &status, 0), command.pid());
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
}

TEST(Signals, InterruptingWhileThePromptIsReadEnds) {
  Command command({"run"}, {.input = "half a prompt", .input_stays_open = true});
  ::usleep(200'000);
  command.signal(SIGINT);
  EXPECT_EQ(command.finish().status, 130);
}

TEST(Signals, AReaderThatLeavesEndsTheRunQuietly) {
  Command command(endless_run({"--events"}), {.small_pipes = true});
  ASSERT_TRUE(command.wait_for("\"thinking\""));
  command.close_output();
  const Result result = command.finish();
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "");
}

TEST(Signals, AFullDiskIsAnError) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run", "-q", "--temp", "0", kSum},
        {"run", "--json", "--temp", "0", kSum},
        {"run", "--events", "--temp", "0", kSum},
        {"inspect"},
        {"man"},
        {"--version"}}) {
    const Result result = run_command(arguments, {.output_file = "/dev/full"});
    EXPECT_EQ(result.status, 1) << arguments.back();
    EXPECT_EQ(result.err, "reckon: error: can't write to standard output: No space left on device\n");
  }
}

TEST(Signals, AClosedOutputIsAnErrorAndTouchesNoOtherFile) {
  const Result result = run_command({"run", "-q", "--temp", "0", kSum}, {.output_closed = true});
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("can't write to standard output"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace reckon::cli::testing
