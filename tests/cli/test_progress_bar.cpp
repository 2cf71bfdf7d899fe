// The line that tells how far many prompts are.
#include <gtest/gtest.h>

#include "tools/reckon/progress_bar.hpp"

namespace reckon::cli {
namespace {

BatchProgress some_progress() {
  BatchProgress progress;
  progress.done = 34;
  progress.total = 200;
  progress.running = 16;
  progress.tok_s = 812.4;
  progress.seconds_left = 83;
  return progress;
}

TEST(ProgressBar, ShowsAllWhereThereIsRoom) {
  EXPECT_EQ(progress_text(some_progress(), 100),
            "[#####.........................] 34/200  ETA 1:23  812 tok/s  16 running");
}

TEST(ProgressBar, FitsEveryWidth) {
  for (int columns = 0; columns < 120; ++columns) {
    EXPECT_LE(progress_text(some_progress(), columns).size(), static_cast<size_t>(columns));
  }
  EXPECT_EQ(progress_text(some_progress(), 50), "[#.......] 34/200  ETA 1:23  812 tok/s  16 running");
  EXPECT_EQ(progress_text(some_progress(), 40), "34/200  ETA 1:23  812 tok/s  16 running");
  EXPECT_EQ(progress_text(some_progress(), 20), "34/200  ETA 1:23");
  EXPECT_EQ(progress_text(some_progress(), 8), "34/200");
}

TEST(ProgressBar, SaysWhatIsKnown) {
  BatchProgress progress = some_progress();
  progress.total.reset();
  progress.seconds_left.reset();
  EXPECT_EQ(progress_text(progress, 100), "34 done  812 tok/s  16 running");
  progress.tok_s = 0;
  progress.total = 0;
  progress.done = 0;
  EXPECT_EQ(progress_text(progress, 100), "[##############################] 0/0  16 running");
  progress.seconds_left = 3 * 3600 + 4 * 60 + 9;
  EXPECT_NE(progress_text(progress, 100).find("ETA 3:04:09"), std::string::npos);
}

TEST(ProgressBar, TheRestTakesAsLongAsWhatWasDoneInThisRun) {
  EXPECT_EQ(seconds_left(0, 100, 5), std::nullopt);
  EXPECT_DOUBLE_EQ(*seconds_left(10, 90, 20), 180);
  EXPECT_DOUBLE_EQ(*seconds_left(10, 0, 20), 0);
}

}  // namespace
}  // namespace reckon::cli
