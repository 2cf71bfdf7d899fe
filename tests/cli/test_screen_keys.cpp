// What the screen shows of a thought, and the keys that steer it.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <regex>
#include <string>

#include <unistd.h>

#include "cli/tmux.hpp"
#include "tools/reckon/terminal.hpp"

namespace reckon::cli::testing {
namespace {

const std::string kPaused = "space goes on";

class ScreenKeys : public ::testing::Test {
 protected:
  void SetUp() override { RECKON_NEEDS_TMUX(); }
};

ScreenOptions slow(int columns = 80, int rows = 24) {
  return {.columns = columns, .rows = rows, .environment = slow_environment()};
}

std::vector<std::string> slow_run(const std::vector<std::string>& options) {
  return joined(long_thought(joined({"run", "--seed", "1"}, options)), {kQuestion});
}

bool shows(const Screen& screen, const std::string& pattern) {
  const std::regex wanted(pattern);
  return eventually([&] { return std::regex_search(screen.text(), wanted); });
}

const std::string kFigures = "[0-9.]+ (ms|s) · [0-9]+ tokens · [0-9.]+ tok/s · ";

TEST_F(ScreenKeys, AFoldedThoughtIsOneDimLineThatFits) {
  for (const int columns : {80, 60}) {
    Screen screen(slow_run({"--fold"}), slow(columns));
    ASSERT_TRUE(shows(screen, kFigures + "(…)?[A-Za-z0-9]")) << screen.text();
    const std::vector<std::string> lines = screen.lines();
    ASSERT_EQ(lines.size(), 1u) << screen.text();
    EXPECT_LT(columns_of(lines.front()), columns);
    EXPECT_EQ(screen.dim_lines().size(), 1u) << screen.text();
    screen.press({"C-c"});
    ASSERT_EQ(screen.wait_for_end(), 130);
    EXPECT_TRUE(
        std::regex_search(screen.lines().front(), std::regex("^thought for [0-9.]+ (ms|s), [0-9]+ tokens$")))
        << screen.text();
    EXPECT_EQ(screen.text().find("tok/s ·"), std::string::npos) << "the live line is gone\n" << screen.text();
  }
}

TEST_F(ScreenKeys, TheAnswerFollowsALineThatSaysHowLongItThought) {
  const Screen screen({"run", "--temp", "0", "--fold", kQuestion});
  ASSERT_EQ(screen.wait_for_end(), 0);
  const std::vector<std::string> lines = screen.lines();
  ASSERT_GE(lines.size(), 3u);
  std::smatch first;
  ASSERT_TRUE(std::regex_match(lines[0], first, std::regex("thought for [0-9.]+ m?s, ([0-9]+) tokens")))
      << screen.text();
  EXPECT_EQ(lines[1], "");
  EXPECT_NE(lines[2].find(kAnswer), std::string::npos) << screen.text();
  EXPECT_NE(screen.text().find(", " + first[1].str() + " thinking"), std::string::npos) << screen.text();
  EXPECT_NE(screen.text().find("thought for", lines[0].size()), std::string::npos) << "in the statistics too";
}

TEST_F(ScreenKeys, FoldingNeedsNoColour) {
  ScreenOptions options = slow();
  options.environment["NO_COLOR"] = "1";
  Screen screen(slow_run({"--fold"}), options);
  ASSERT_TRUE(shows(screen, kFigures)) << screen.text();
  EXPECT_TRUE(screen.dim_lines().empty());
}

TEST_F(ScreenKeys, TUnfoldsAndFolds) {
  Screen screen(slow_run({"--fold"}), slow());
  ASSERT_TRUE(shows(screen, kFigures)) << screen.text();
  screen.type("t");
  ASSERT_TRUE(shows(screen, "^[^·\n]*7 and 8")) << "the thought from its beginning\n" << screen.text();
  EXPECT_EQ(screen.text().find("tok/s"), std::string::npos) << screen.text();
  bool all_dim = false;  // between the two looks the thought may go on
  for (int i = 0; i < 20 && !all_dim; i++) all_dim = screen.dim_lines() == screen.lines();
  EXPECT_TRUE(all_dim) << screen.text();
  screen.type("t");
  ASSERT_TRUE(shows(screen, kFigures)) << screen.text();
  EXPECT_NE(screen.lines().front().find("7 and 8"), std::string::npos) << "what was shown stays";
}

TEST_F(ScreenKeys, SpacePausesAndGoesOn) {
  for (const std::vector<std::string>& options : {std::vector<std::string>{"--fold"}, {}}) {
    Screen screen(slow_run(options), slow());
    ASSERT_TRUE(eventually([&] { return screen.text().size() > 30; }));
    screen.press({"Space"});
    ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
    const std::string still = screen.text();
    for (int look = 0; look < 5; ++look) EXPECT_EQ(screen.text(), still);
    screen.press({"Space"});
    ASSERT_TRUE(eventually([&] { return screen.text().find(kPaused) == std::string::npos; }))
        << screen.text();
    ASSERT_TRUE(eventually([&] { return screen.text() != still && screen.text().size() > 30; }));
  }
}

TEST_F(ScreenKeys, TLeavesAPauseOnTheScreen) {
  for (const std::vector<std::string>& options : {std::vector<std::string>{"--fold"}, {}}) {
    Screen screen(slow_run(options), slow());
    ASSERT_TRUE(eventually([&] { return screen.text().size() > 30; }));
    screen.press({"Space"});
    ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
    for (int i = 0; i < 2; ++i) {
      screen.type("t");
      ::usleep(100'000);  // the key is obeyed at once
      ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
      EXPECT_TRUE(screen.lines().back().starts_with("paused; space goes on")) << screen.text();
    }
    EXPECT_GE(screen.lines().size(), 2u) << "the thought stands above it\n" << screen.text();
  }
}

TEST_F(ScreenKeys, APauseIsNotTimeOfTheThought) {
  Screen screen({"run", "--temp", "0", "--fold", "-t", "1", "What is 12 * 13?"}, slow());
  ASSERT_TRUE(shows(screen, kFigures)) << screen.text();
  screen.press({"Space"});
  ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
  ::usleep(1'500'000);
  screen.press({"Space"});
  ASSERT_EQ(screen.wait_for_end(), 0) << screen.text();
  std::smatch folded, told;
  const std::string text = screen.text();
  ASSERT_TRUE(std::regex_search(text, folded, std::regex("^thought for ([0-9.]+ m?s)"))) << text;
  ASSERT_TRUE(std::regex_search(text, told, std::regex("; ?\n?thought for ([0-9.]+ m?s);"))) << text;
  EXPECT_EQ(folded[1].str().back(), told[1].str().back());
  EXPECT_NEAR(std::stod(folded[1]), std::stod(told[1]), 0.2 * std::stod(told[1])) << text;
}

TEST_F(ScreenKeys, TheHintOfAPauseFitsANarrowTerminal) {
  Screen screen(slow_run({"--fold"}), slow(26));
  ASSERT_TRUE(eventually([&] { return screen.text().size() > 10; }));
  screen.press({"Space"});
  EXPECT_TRUE(screen.wait_for(kPaused)) << screen.text();
}

// A prompt of two steps, the first of which takes seconds.
TEST_F(ScreenKeys, KeysAreObeyedWhileThePromptIsRead) {
  std::string prompt;
  for (int i = 0; i < 78; ++i) prompt += "What is 7 + 8? ";
  Screen screen({"run", "--temp", "0", "-t", "1", "-n", "200", "--answer-reserve", "20", "--budget-message",
                 "That will do.", prompt},
                slow());
  ASSERT_TRUE(eventually([&] { return screen.reads_keys(); }));
  screen.type("a ");
  ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
  EXPECT_EQ(screen.lines().size(), 1u) << "before the thought\n" << screen.text();
  screen.press({"Space"});
  ASSERT_TRUE(screen.wait_for("That will do.")) << screen.text();
  ASSERT_TRUE(screen.wait_for_end()) << screen.text();
  EXPECT_TRUE(std::regex_search(screen.text(), std::regex(", 1?[0-9] thinking"))) << screen.text();
}

TEST_F(ScreenKeys, AnAnswerFitsATerminalThatHasBecomeNarrow) {
  Screen screen(slow_run({"--no-think", "--temp", "0"}), slow(80));
  ASSERT_TRUE(eventually([&] { return screen.text().size() > 40; }));
  screen.resize(30, 24);
  const size_t before = screen.text().size(), wide = screen.lines().size();
  ASSERT_TRUE(eventually([&] { return screen.text().size() > before + 200; })) << screen.text();
  screen.press({"C-c"});
  ASSERT_EQ(screen.wait_for_end(), 130);
  const std::vector<std::string> lines = screen.lines();
  const auto end = std::find_if(lines.begin(), lines.end(),
                                [](const std::string& line) { return line.starts_with("tokens: "); });
  ASSERT_NE(end, lines.end()) << screen.text();
  // Lines that wrap between words end before the last column. What was written for the wider terminal, and
  // the line that was begun there, are broken by this one.
  const auto first = lines.begin() + static_cast<std::ptrdiff_t>(wide) + 1;
  ASSERT_LT(first, end) << screen.text();
  for (auto line = first; line != end; ++line) EXPECT_LT(columns_of(*line), 30) << screen.text();
}

TEST_F(ScreenKeys, CtrlCEndsAPause) {
  Screen screen(slow_run({}), slow());
  ASSERT_TRUE(eventually([&] { return screen.text().size() > 30; }));
  screen.press({"Space"});
  ASSERT_TRUE(screen.wait_for(kPaused));
  screen.press({"C-c"});
  EXPECT_EQ(screen.wait_for_end(), 130) << screen.text();
  EXPECT_EQ(screen.lines().back(), "reckon: note: interrupted");
  EXPECT_EQ(screen.text().find(kPaused), std::string::npos);
}

// The beginning of an endless answer or thought, without the last word, which was cut off.
std::string cut_text(const std::string& text) {
  const std::string answer = text.substr(0, text.find("tokens: "));
  return answer.substr(0, answer.find_last_of(" \n", answer.find_last_not_of(" \n")));
}

TEST_F(ScreenKeys, AThoughtGoesOnWhereItWasFoldedOrPaused) {
  std::vector<std::string> thoughts;
  for (const bool touched : {false, true}) {
    Screen screen(slow_run({"--temp", "0"}), slow(40));
    for (size_t bytes = 50; touched && bytes < 300; bytes += 50) {
      ASSERT_TRUE(eventually([&] { return screen.text().size() > bytes; })) << screen.text();
      screen.type("t");
      ASSERT_TRUE(shows(screen, "tok/s")) << screen.text();
      screen.type("t ");
      ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
      screen.press({"Space"});
      ASSERT_TRUE(eventually([&] { return screen.text().find(kPaused) == std::string::npos; }));
    }
    ASSERT_TRUE(eventually([&] { return screen.text().size() > 400; })) << screen.text();
    screen.press({"C-c"});
    ASSERT_EQ(screen.wait_for_end(), 130);
    thoughts.push_back(cut_text(screen.text()));
  }
  const size_t common = std::min(thoughts[0].size(), thoughts[1].size());
  EXPECT_GT(common, 300u);
  EXPECT_EQ(thoughts[0].substr(0, common), thoughts[1].substr(0, common));
}

TEST_F(ScreenKeys, AnAnswerGoesOnWhereItWasPaused) {
  std::vector<std::string> answers;
  for (const bool pauses : {false, true}) {
    Screen screen(slow_run({"--no-think", "--temp", "0"}), slow(40));
    ASSERT_TRUE(eventually([&] { return screen.text().size() > 20; }));
    if (pauses) {
      screen.press({"Space"});
      ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
      screen.press({"Space"});
    }
    ASSERT_TRUE(eventually(
        [&] { return screen.text().find(kPaused) == std::string::npos && screen.text().size() > 100; }));
    screen.press({"C-c"});
    ASSERT_EQ(screen.wait_for_end(), 130);
    answers.push_back(cut_text(screen.text()));
  }
  const size_t common = std::min(answers[0].size(), answers[1].size());
  EXPECT_GT(common, 50u);
  EXPECT_EQ(answers[0].substr(0, common), answers[1].substr(0, common));
}

TEST_F(ScreenKeys, AEndsTheThoughtAndTheAnswerFollows) {
  for (const bool paused : {false, true}) {
    Screen screen(slow_run({"--fold", "--budget-message", "That will do.", "--temp", "0"}), slow());
    ASSERT_TRUE(shows(screen, kFigures)) << screen.text();
    if (paused) {
      screen.press({"Space"});
      ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
    }
    screen.type("t");
    screen.type("a");
    ASSERT_TRUE(screen.wait_for("That will do.")) << screen.text();
    EXPECT_TRUE(shows(screen, "That will do.\n\n[A-Z0-9]")) << "an answer follows\n" << screen.text();
    screen.press({"C-c"});
    EXPECT_EQ(screen.wait_for_end(), 130);
    const std::vector<std::string> dim = screen.dim_lines();
    EXPECT_TRUE(any_contains(dim, "That will do.")) << "the closing line is part of the thought";
  }
}

TEST_F(ScreenKeys, WhatIsTypedMeanwhileIsTheNextLine) {
  const TemporaryDirectory directory;
  ScreenOptions options = slow();
  options.environment["XDG_STATE_HOME"] = directory.path();
  Screen screen(long_thought({"chat", "-n", "150", "--seed", "1"}), options);
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.type(kQuestion);
  screen.press({"Enter"});
  ASSERT_TRUE(shows(screen, "7 and 8")) << screen.text();
  screen.type("/think at a time");
  screen.press({"Left", "BSpace", "Enter"});
  EXPECT_TRUE(screen.wait_for("> /think at a tim\n")) << screen.text();
  EXPECT_TRUE(screen.wait_for("/think takes nothing")) << screen.text();
}

// A shell's job control, and the modes it finds afterwards.
TEST_F(ScreenKeys, CtrlZGivesTheTerminalBackAndGoesOnWithFg) {
  if (!has_program("bash")) GTEST_SKIP() << "bash is missing";
  ScreenOptions options = slow();
  options.program = "bash";
  Screen screen({"--norc", "--noprofile", "-i"}, options);
  ASSERT_TRUE(shows(screen, "bash"));
  std::string line = "PS1='here: '; " RECKON_BINARY_DIR "/bin/reckon";
  for (const std::string& word : slow_run({"--fold"})) line += " '" + word + "'";
  screen.type(line);
  screen.press({"Enter"});
  ASSERT_TRUE(shows(screen, kFigures)) << screen.text();
  screen.press({"C-z"});
  ASSERT_TRUE(screen.wait_for("Stopped")) << screen.text();
  ASSERT_TRUE(screen.wait_for("\nhere:")) << screen.text();
  EXPECT_EQ(screen.text().find("tok/s ·"), std::string::npos) << "the live line is gone";
  screen.type("stty -a | tr ' ' '\\n' | grep -c '^-icanon$\\|^-echo$'");
  screen.press({"Enter"});
  EXPECT_TRUE(screen.wait_for("\n0\n")) << screen.text();
  screen.type("fg");
  screen.press({"Enter"});
  ASSERT_TRUE(shows(screen, kFigures)) << screen.text();
  screen.press({"Space"});
  ASSERT_TRUE(screen.wait_for(kPaused)) << "keys are read again\n" << screen.text();
  screen.press({"C-c"});
  EXPECT_TRUE(screen.wait_for("note: interrupted\nhere:")) << screen.text();
  screen.type("stty -a | tr ' ' '\\n' | grep -c '^icanon$\\|^echo$'");
  screen.press({"Enter"});
  EXPECT_TRUE(screen.wait_for("\n2\n")) << screen.text();
}

// A shell that runs the slow command with something in front of it and behind it.
std::vector<std::string> in_shell(const std::string& before, const std::vector<std::string>& command,
                                  const std::string& behind) {
  std::string line = before + "'" RECKON_BINARY_DIR "/bin/reckon'";
  for (const std::string& word : command) line += " '" + word + "'";
  return {"-c", line + behind};
}

TEST_F(ScreenKeys, SteerAlsoWhereTheQuestionComesFromAPipe) {
  ScreenOptions options = slow();
  options.program = "sh";
  Screen screen(
      in_shell("trap : INT; echo '" + kQuestion + "' | ", long_thought({"run", "--fold", "--temp", "0"}),
               "; stty -a | tr ' ' '\\n' | grep -c '^icanon$\\|^echo$'"),
      options);
  ASSERT_TRUE(shows(screen, kFigures)) << screen.text();
  screen.press({"Space"});
  ASSERT_TRUE(screen.wait_for(kPaused)) << screen.text();
  screen.type("t");
  ASSERT_TRUE(shows(screen, "^I need")) << screen.text();
  screen.type("a");
  ASSERT_TRUE(shows(screen, "\n\n[A-Z0-9]")) << "an answer follows\n" << screen.text();
  screen.press({"C-c"});
  EXPECT_TRUE(screen.wait_for_end().has_value());
  EXPECT_EQ(screen.lines().back(), "2") << "the terminal is in order\n" << screen.text();
}

// As a pager does.
TEST_F(ScreenKeys, AreLeftToWhatReadsTheAnswer) {
  ScreenOptions options = slow();
  options.program = "sh";
  Screen screen(in_shell("", slow_run({}), " | cat"), options);
  ASSERT_TRUE(shows(screen, "7 and 8")) << screen.text();
  EXPECT_FALSE(screen.reads_keys());
}

// Whether the second comes before the end that the first asked for or not.
TEST_F(ScreenKeys, SignalsLeaveTheTerminalInOrder) {
  ScreenOptions options = slow();
  options.program = "sh";
  Screen screen(
      in_shell("trap : INT; ", slow_run({}), "; stty -a | tr ' ' '\\n' | grep -c '^icanon$\\|^echo$'"),
      options);
  ASSERT_TRUE(shows(screen, "7 and 8")) << screen.text();
  screen.press({"C-c", "C-c"});
  EXPECT_TRUE(screen.wait_for_end().has_value());
  EXPECT_EQ(screen.lines().back(), "2") << screen.text();
}

TEST_F(ScreenKeys, AnAnswerIsRenderedUnlessAskedNotTo) {
  const Screen raw({"run", "--temp", "0", "--no-render", kQuestion});
  ASSERT_EQ(raw.wait_for_end(), 0);
  EXPECT_NE(raw.text().find("\\boxed{15}"), std::string::npos) << raw.text();
  const Screen rendered({"run", "--temp", "0", kQuestion});
  ASSERT_EQ(rendered.wait_for_end(), 0);
  EXPECT_NE(rendered.text().find(kAnswer), std::string::npos) << rendered.text();
  EXPECT_EQ(rendered.text().find("boxed"), std::string::npos) << rendered.text();
  EXPECT_NE(run_command({"run", "--temp", "0", kQuestion}).out.find("\\boxed{15}"), std::string::npos)
      << "as it is in a pipe";
}

}  // namespace
}  // namespace reckon::cli::testing
