// Keys while a line is typed in chat, as terminals and multiplexers send them.
#include <gtest/gtest.h>

#include "cli/tmux.hpp"
#include "tools/reckon/line_editor.hpp"

namespace reckon::cli::testing {
namespace {

class LineKeys : public ::testing::Test {
 protected:
  void SetUp() override { RECKON_NEEDS_TMUX(); }
  Screen chat(const std::string& term) const {
    return Screen({"chat", "-q", "--no-history"},
                  {.environment = {{"TERM", term}, {"XDG_DATA_HOME", directory_.path()}}});
  }
  static std::string line(const Screen& screen) {
    return screen.lines().empty() ? "" : screen.lines().back();
  }
  TemporaryDirectory directory_;
};

// What is typed last stands where the keys have led.
#define EXPECT_LINE(screen, expected) \
  EXPECT_TRUE(eventually([&] { return line(screen) == (expected); })) << term << ": " << screen.text()

TEST_F(LineKeys, MoveAndDeleteByWordsWhateverTermSays) {
  for (const std::string term :
       {"screen-256color", "tmux-256color", "xterm-256color", "linux", "none-such"}) {
    Screen screen = chat(term);
    ASSERT_TRUE(screen.wait_for(">") && eventually([&] { return screen.reads_keys(); })) << term;
    screen.type("one three");
    screen.press({"C-Left"});
    screen.type("two ");
    EXPECT_LINE(screen, "> one two three");
    screen.press({"M-Left", "M-Left", "C-Right"});
    screen.type(",");
    EXPECT_LINE(screen, "> one, two three");
    screen.press({"Home"});
    screen.type("0 ");
    screen.press({"End"});
    screen.type("!");
    EXPECT_LINE(screen, "> 0 one, two three!");
    screen.press({"PageUp", "F5", "S-F3", "PageDown", "IC"});
    screen.type("?");
    EXPECT_LINE(screen, "> 0 one, two three!?");
    screen.press({"Home", "DC", "DC", "C-DC"});
    screen.type("1");
    EXPECT_LINE(screen, "> 1, two three!?");
    screen.press({"M-f"});
    screen.type("x");
    EXPECT_LINE(screen, "> 1, twox three!?");
  }
}

TEST_F(LineKeys, TabCompletesCommandsSettingsAndSessions) {
  const std::string term = "screen";
  run_command({"run", "--session", "sums", "1 + 1"}, {.environment = {{"XDG_DATA_HOME", directory_.path()}}});
  Screen screen = chat(term);
  ASSERT_TRUE(screen.wait_for(">") && eventually([&] { return screen.reads_keys(); }));
  screen.type("/sy\t");
  screen.type("S");
  EXPECT_LINE(screen, "> /system S");
  screen.press({"C-u"});
  screen.type("/set min\t0.5");
  EXPECT_LINE(screen, "> /set min-p 0.5");
  screen.press({"C-u"});
  screen.type("/load s\tx");
  EXPECT_LINE(screen, "> /load sums x");
  screen.press({"C-u"});
  screen.type("/set think\t");
  screen.type("\t");
  EXPECT_TRUE(screen.wait_for("think-budget")) << screen.text();
  EXPECT_LINE(screen, "> /set think-");
  screen.press({"C-u"});
  screen.type("no command\t!");
  EXPECT_LINE(screen, "> no command!");
}

TEST(Completion, GoesAsFarAsTheCandidatesAgree) {
  const std::vector<std::string> words{"answer-temp", "answer-top-k", "temp"};
  EXPECT_EQ(complete("t", words).insertion, "emp ");
  EXPECT_EQ(complete("ans", words).insertion, "wer-t");
  EXPECT_EQ(complete("answer-t", words).insertion, "");
  EXPECT_EQ(complete("answer-t", words).candidates,
            (std::vector<std::string>{"answer-temp", "answer-top-k"}));
  EXPECT_TRUE(complete("x", words).candidates.empty());
}

}  // namespace
}  // namespace reckon::cli::testing
