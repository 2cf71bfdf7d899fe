// A model file that someone cuts off while the command uses it: an error with status 1, never a signal.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

class CutFile : public ::testing::Test {
 protected:
  void copy_model() {
    std::filesystem::copy_file(RECKON_SOURCE_DIR "/models/reckon-tiny.gguf", file_,
                               std::filesystem::copy_options::overwrite_existing);
  }
  TemporaryDirectory directory_;
  std::string file_ = directory_.file("model.gguf");
};

TEST_F(CutFile, EndsAChatThatHasBegun) {
  for (const uintmax_t left : {0, 1'000'000}) {
    copy_model();
    Command command({"chat", "--temp", "0", "--seed", "1", "-m", file_}, {.input_stays_open = true});
    command.type("What is 7 + 8?\n");
    ASSERT_TRUE(command.wait_for("seed 1\n", true)) << command.err();  // the turn's last words
    std::filesystem::resize_file(file_, left);
    command.type("What is 20 + 3?\n");
    command.end_input();
    const Result result = command.finish();
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.out.find("boxed{15}"), std::string::npos) << result.out;
    EXPECT_NE(result.err.find("\nreckon: error: " + file_ + ": became shorter while in use"),
              std::string::npos)
        << result.err;
  }
}

// From before it is opened to after the answer: wherever the cut falls.
TEST_F(CutFile, IsAnErrorWheneverItHappens) {
  int refused = 0;
  for (int pause_us = 0; pause_us < 40'000; pause_us += 1000) {
    copy_model();
    Command command({"run", "-q", "--temp", "0", "-m", file_, "What is 7 + 8?"});
    ::usleep(static_cast<useconds_t>(pause_us));
    std::filesystem::resize_file(file_, 1000);
    const Result result = command.finish();
    ASSERT_TRUE(result.status == 0 || result.status == 1) << result.status << " after " << pause_us << " us";
    if (result.status == 1) {
      EXPECT_EQ(result.err.find("reckon: error: " + file_), 0U) << result.err;
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace reckon::cli::testing
