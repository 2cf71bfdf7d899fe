// What the screen shows: the command in a real terminal, tmux's.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "cli/results.hpp"
#include "cli/tmux.hpp"
#include "tools/reckon/json_output.hpp"
#include "tools/reckon/terminal.hpp"

namespace reckon::cli::testing {
namespace {

const std::vector<std::string> kRun{"run", "--temp", "0", kQuestion};
const std::vector<std::string> kChat{"chat", "--temp", "0", "--seed", "1"};

TEST(Screen, ShowsThinkingDimAndTheAnswerPlain) {
  RECKON_NEEDS_TMUX();
  const Screen screen(kRun);
  ASSERT_EQ(screen.wait_for_end(), 0) << screen.text();
  const std::vector<std::string> dim = screen.dim_lines();
  const std::vector<std::string> plain = screen.plain_lines();
  ASSERT_FALSE(dim.empty());
  EXPECT_EQ(dim.front(), screen.lines().front()) << "the thought comes first";
  EXPECT_TRUE(any_contains(dim, "tokens: "));
  EXPECT_TRUE(any_contains(plain, kAnswer)) << screen.text();
  EXPECT_FALSE(any_contains(plain, dim.front()));
  const std::vector<std::string> lines = screen.lines();
  const auto answer = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find(kAnswer) != std::string::npos;
  });
  ASSERT_NE(answer, lines.begin());
  EXPECT_EQ(*(answer - 1), "") << "an empty line sets the answer off";
}

TEST(Screen, ShowsNothingDimWithNoColor) {
  RECKON_NEEDS_TMUX();
  const Screen screen(kRun, {.environment = {{"NO_COLOR", "1"}}});
  ASSERT_EQ(screen.wait_for_end(), 0);
  EXPECT_TRUE(screen.wait_for(kAnswer));
  EXPECT_TRUE(screen.dim_lines().empty()) << screen.text();
}

TEST(Screen, LosesTheProgressLineWhenTheTextBegins) {
  RECKON_NEEDS_TMUX();
  std::string prompt;
  for (int i = 0; i < 42; ++i) prompt += "What is 7 + 8? ";
  // Slow enough for a progress line: plain C++, one thread.
  const Screen screen({"run", "--temp", "0", "-t", "1", "-n", "3", prompt},
                      {.columns = 30, .environment = slow_environment()});
  EXPECT_TRUE(screen.wait_for("reading the prompt: ")) << screen.text();
  ASSERT_EQ(screen.wait_for_end(), 3) << screen.text();
  EXPECT_EQ(screen.text().find("reading"), std::string::npos) << screen.text();
}

TEST(Screen, BreaksTheStatisticsBetweenTheirParts) {
  RECKON_NEEDS_TMUX();
  for (const int columns : {32, 40, 80, 200}) {
    const Screen screen(kRun, {.columns = columns});
    ASSERT_EQ(screen.wait_for_end(), 0);
    const std::vector<std::string> lines = screen.lines();
    auto line = std::find_if(lines.begin(), lines.end(),
                             [](const std::string& text) { return text.starts_with("tokens: "); });
    ASSERT_NE(line, lines.end()) << screen.text();
    for (; line + 1 != lines.end(); ++line) {
      EXPECT_TRUE(line->ends_with(";") || line->ends_with(",")) << columns << ": " << screen.text();
    }
    EXPECT_NE(line->find("seed "), std::string::npos) << columns << ": " << screen.text();
    EXPECT_TRUE(any_contains(screen.dim_lines(), *line)) << "every line of them is dim";
  }
}

TEST(Screen, HelpFitsTheTerminal) {
  RECKON_NEEDS_TMUX();
  for (const int columns : {50, 80}) {
    const Screen screen({"run", "--help"}, {.columns = columns});
    ASSERT_EQ(screen.wait_for_end(), 0);
    ASSERT_TRUE(screen.wait_for("by SIGTERM.")) << screen.text();
    const std::vector<std::string> lines = screen.lines();
    auto line = std::find(lines.begin(), lines.end(), "Options:");
    ASSERT_NE(line, lines.end()) << screen.text();
    const auto end = std::find(line, lines.end(), "Examples:");
    ASSERT_NE(end, lines.end()) << screen.text();
    for (++line; line != end; ++line) {
      EXPECT_LE(columns_of(*line), columns) << *line;
      EXPECT_TRUE(line->empty() || line->starts_with("  ")) << "broken by the terminal: " << *line;
    }
  }
}

TEST(Screen, CtrlCKeepsWhatThereIs) {
  RECKON_NEEDS_TMUX();
  Screen screen(joined(long_thought({"run"}), {kQuestion}), {.environment = slow_environment()});
  ASSERT_TRUE(eventually([&] { return screen.dim_lines().size() > 1; })) << "it thinks";
  screen.press({"C-c"});
  ASSERT_EQ(screen.wait_for_end(), 130) << screen.text();
  const std::vector<std::string> lines = screen.lines();
  EXPECT_EQ(lines.back(), "reckon: note: interrupted");
  EXPECT_FALSE(any_contains(screen.dim_lines(), lines.back())) << "dim mode is left";
  EXPECT_TRUE(any_contains(screen.dim_lines(), "tokens: ")) << screen.text();
  EXPECT_GT(screen.dim_lines().size(), 2U) << "the thought is kept";
}

// Whether the second comes before the end that the first asked for or not.
TEST(Screen, CtrlCTwiceExits) {
  RECKON_NEEDS_TMUX();
  Screen screen(joined(long_thought({"run"}), {kQuestion}), {.environment = slow_environment()});
  ASSERT_TRUE(eventually([&] { return screen.dim_lines().size() > 1; }));
  screen.press({"C-c", "C-c"});
  EXPECT_EQ(screen.wait_for_end(), 130) << screen.text();
}

class ScreenChat : public ::testing::Test {
 protected:
  void SetUp() override { RECKON_NEEDS_TMUX(); }
  ScreenOptions options(int columns = 80) const {
    return {.columns = columns, .environment = {{"XDG_STATE_HOME", directory_.path()}}};
  }
  std::string conversation_file() const { return directory_.file("conversation.json"); }
  bool has_history() const { return std::filesystem::exists(directory_.file("reckon")); }

 private:
  TemporaryDirectory directory_;
};

TEST_F(ScreenChat, EditsLinesWithTheKeys) {
  Screen screen(kChat, options());
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.type("hat is 7 + 9");
  screen.press({"Home"});
  screen.type("W");
  screen.press({"End", "Left", "DC"});
  screen.type("8?");
  EXPECT_TRUE(screen.wait_for("> What is 7 + 8?")) << screen.text();
  screen.press({"Enter"});
  EXPECT_TRUE(screen.wait_for(kAnswer)) << screen.text();
  EXPECT_FALSE(any_contains(screen.dim_lines(), kAnswer));
  ASSERT_TRUE(screen.wait_for("\n>", 2));
  screen.press({"C-d"});
  EXPECT_EQ(screen.wait_for_end(), 0);
}

TEST_F(ScreenChat, RecallsLinesOfThisAndOfEarlierChats) {
  {
    Screen screen(kChat, options());
    ASSERT_TRUE(screen.wait_for("\n>"));
    screen.type(kQuestion);
    screen.press({"Enter"});
    ASSERT_TRUE(screen.wait_for("\n>", 2)) << screen.text();
    screen.press({"Up"});
    ASSERT_TRUE(screen.wait_for("> " + kQuestion, 2)) << screen.text();
    screen.press({"Enter"});
    EXPECT_TRUE(screen.wait_for(kAnswer, 2)) << screen.text();
    ASSERT_TRUE(screen.wait_for("\n>", 3));
    screen.type("/exit");
    screen.press({"Enter"});
    ASSERT_EQ(screen.wait_for_end(), 0);
  }
  Screen screen(kChat, options());
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.press({"Up", "Up"});
  EXPECT_TRUE(screen.wait_for("> " + kQuestion)) << screen.text();
}

TEST_F(ScreenChat, LinesPastedTogetherAreOneMessage) {
  Screen screen(kChat, options());
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.paste("/stats is no command here:\n\tWhat is\n\n7 + 8?\n");
  ASSERT_TRUE(screen.wait_for("... 7 + 8?")) << screen.text();
  EXPECT_FALSE(any_contains(screen.lines(), "tokens: ")) << "nothing is sent yet";
  screen.press({"BSpace"});
  screen.type(" =");
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("\n>", 2)) << screen.text();
  screen.type("/save " + conversation_file());
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("reckon: note: saved")) << screen.text();
  const Json saved = Json::parse(read_file(conversation_file()));
  EXPECT_EQ(saved.at("messages").at(0).at("content"), "/stats is no command here:\n\tWhat is\n\n7 + 8 =");
}

TEST_F(ScreenChat, WhatIsPastedWhileItThinksIsOneMessageToo) {
  ScreenOptions around = options();
  around.environment.merge(slow_environment());
  Screen screen(long_thought({"chat", "-n", "40", "--seed", "1"}), around);
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.type(kQuestion);
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("7 and 8")) << screen.text();
  screen.paste("a line\nand another\n");
  ASSERT_TRUE(screen.wait_for("> a line\n... and another")) << screen.text();
}

// The line is there again, and so are the keys that edit it.
TEST_F(ScreenChat, CtrlZAndFgAtThePromptGoOnWithTheLine) {
  if (!has_program("bash")) GTEST_SKIP() << "bash is missing";
  ScreenOptions around = options();
  around.program = "bash";
  Screen screen({"--norc", "--noprofile", "-i"}, around);
  screen.type("PS1='here: '; " RECKON_BINARY_DIR "/bin/reckon chat");
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("\n>")) << screen.text();
  screen.type("hat is 3");
  ASSERT_TRUE(screen.wait_for("> hat is 3")) << screen.text();
  screen.press({"C-z"});
  ASSERT_TRUE(screen.wait_for("Stopped")) << screen.text();
  ASSERT_TRUE(screen.wait_for("\nhere:")) << screen.text();
  screen.type("fg");
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("> hat is 3", 2)) << screen.text();
  screen.press({"Home"});
  screen.type("W");
  EXPECT_TRUE(screen.wait_for("> What is 3")) << screen.text();
}

TEST_F(ScreenChat, HelpFitsTheTerminal) {
  for (const int columns : {40, 80}) {
    Screen screen(kChat, options(columns));
    ASSERT_TRUE(screen.wait_for("\n>"));
    screen.type("/help");
    screen.press({"Enter"});
    ASSERT_TRUE(screen.wait_for("end (also Ctrl-D)")) << screen.text();
    for (const std::string& line : screen.lines()) {
      const bool begins = line.empty() || std::string_view("/>\"\\CTwr").find(line.front()) != line.npos;
      EXPECT_TRUE(begins || line.starts_with(std::string(17, ' '))) << "broken by the terminal: " << line;
    }
  }
}

TEST_F(ScreenChat, ShowsStatisticsAndForgets) {
  Screen screen(kChat, options(50));
  const auto say = [&](const std::string& line, const std::string& reply) {
    screen.type(line);
    screen.press({"Enter"});
    ASSERT_TRUE(screen.wait_for(reply)) << line << "\n" << screen.text();
  };
  ASSERT_TRUE(screen.wait_for("\n>"));
  say(kQuestion, "seed 1");
  say("/stats", "conversation: 2 messages");
  say("/reset", "forgotten: 2 messages; /undo brings\nthem back\n>");
  say("/stats", "conversation: 0 messages,");
  // What every next prompt begins with may be computed already.
  ASSERT_TRUE(screen.wait_for("of 2048 positions in the cache", 2)) << screen.text();
  EXPECT_TRUE(screen.text().find("0 messages,\n0 of 2048") != std::string::npos ||
              screen.text().find("0 messages,\n2 of 2048") != std::string::npos)
      << screen.text();
  say("/help", "forget the conversation");
  say("/nonsense", "reckon: error: unknown command /nonsense");
  say("/exit", "/exit");
  EXPECT_EQ(screen.wait_for_end(), 0);
}

TEST_F(ScreenChat, CtrlCEndsTheTurnOrDropsTheLine) {
  ScreenOptions around = options();
  around.environment.merge(slow_environment());
  Screen screen(long_thought({"chat"}), around);
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.type("never sent");
  ASSERT_TRUE(screen.wait_for("> never sent"));
  screen.press({"C-c"});
  ASSERT_TRUE(screen.wait_for("> never sent\n>")) << screen.text();
  screen.type(kQuestion);
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("7 and 8")) << screen.text();
  screen.press({"C-c"});
  ASSERT_TRUE(screen.wait_for("interrupted; /continue goes on")) << screen.text();
  screen.type("/stats");
  screen.press({"Enter"});
  EXPECT_TRUE(screen.wait_for("conversation: 0 messages")) << screen.text();
}

TEST_F(ScreenChat, TakesMessagesOfSeveralLines) {
  Screen screen(kChat, options());
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.type("\"\"\"dropped");
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("\n..."));
  screen.type("/exit is text");
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("... /exit is text\n...")) << screen.text();
  screen.press({"C-c"});
  ASSERT_TRUE(screen.wait_for("\n...\n>")) << screen.text();
  screen.type("\"\"\"");
  screen.press({"Enter"});
  screen.type("What is");
  screen.press({"Enter"});
  screen.type("7 + 8?\"\"\"");
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("seed 1\n>")) << screen.text();
  screen.press({"Up"});
  ASSERT_TRUE(screen.wait_for("> What is⏎7 + 8?")) << "recalled as a whole\n" << screen.text();
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("seed 1\n>", 2)) << screen.text();
  screen.type("/save " + conversation_file());
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("saved 4 messages")) << screen.text();
  const std::string saved = read_file(conversation_file());
  EXPECT_NE(saved.rfind("What is\\n7 + 8?"), saved.find("What is\\n7 + 8?")) << saved;
  screen.press({"C-d"});
  EXPECT_EQ(screen.wait_for_end(), 0) << screen.text();
}

TEST_F(ScreenChat, ShowsTheThoughtAgainRetriesBranchesAndDrops) {
  Screen screen(joined(kChat, {"--fold"}), options());
  const auto say = [&](const std::string& line, const std::string& reply, int times = 1) {
    screen.type(line);
    screen.press({"Enter"});
    ASSERT_TRUE(screen.wait_for(reply, times)) << line << "\n" << screen.text();
  };
  ASSERT_TRUE(screen.wait_for("\n>"));
  say(kQuestion, "seed 1\n>");
  EXPECT_EQ(screen.text().find("7+8=15"), std::string::npos) << "folded\n" << screen.text();
  say("/think", "7+8=15");
  EXPECT_TRUE(any_contains(screen.dim_lines(), "7+8=15"));
  say("/retry", "seed 2\n>");
  say("/branch aside", "on branch aside, a copy of main\n>");
  say("/undo", "dropped: " + kQuestion + "\n>");
  say("/branch", "  main: 2 messages\n* aside: 0 messages\n>");
  say("/branch main", "on branch main: 2 messages\n>");
  say("/exit", "/exit");
  EXPECT_EQ(screen.wait_for_end(), 0);
}

TEST_F(ScreenChat, TheSignForALineBreakIsItselfWhereItIsTyped) {
  Screen screen(kChat, options());
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.paste("What is ⏎\n7 + 8?");
  ASSERT_TRUE(screen.wait_for("... 7 + 8?")) << screen.text();
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("seed 1\n>")) << screen.text();
  screen.type("/save " + conversation_file());
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("saved 2 messages")) << screen.text();
  EXPECT_NE(read_file(conversation_file()).find("What is ⏎\\n7 + 8?"), std::string::npos)
      << read_file(conversation_file());
}

TEST_F(ScreenChat, ABackslashContinuesTheLine) {
  Screen screen(kChat, options());
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.type("What is 7 \\");
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("\n...")) << screen.text();
  screen.type("+ 8?");
  screen.press({"Enter"});
  EXPECT_TRUE(screen.wait_for("seed 1")) << screen.text();
}

TEST_F(ScreenChat, CtrlGOpensTheLineInTheEditor) {
  const TemporaryDirectory directory;
  const std::string editor = directory.file("editor with a blank");
  ScreenOptions around = options();
  around.environment["EDITOR"] = "sh '" + editor + "'";
  Screen screen(kChat, around);
  ASSERT_TRUE(screen.wait_for("\n>"));
  write_file(editor, "sed -i s/9/8/ \"$1\"\n");
  screen.type("What is 7 + 9");
  screen.press({"Left", "C-g"});
  ASSERT_TRUE(screen.wait_for("> What is 7 + 8")) << screen.text();
  screen.type("?");
  ASSERT_TRUE(screen.wait_for("> What is 7 + 8?")) << "edited further\n" << screen.text();
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for(kAnswer)) << screen.text();
  ASSERT_TRUE(screen.wait_for("\n>", 2));
  write_file(editor, "printf 'What is\\n20 + 3?\\n' > \"$1\"\n");
  screen.press({"C-g"});
  EXPECT_TRUE(screen.wait_for("What is\n20 + 3?\n")) << screen.text();
  EXPECT_TRUE(screen.wait_for("seed 1", 2)) << "several lines are the message\n" << screen.text();
  ASSERT_TRUE(screen.wait_for("\n>", 3)) << screen.text();
  write_file(editor, "exit 1\n");
  screen.type("kept");
  screen.press({"C-g"});
  EXPECT_TRUE(screen.wait_for("the editor failed")) << screen.text();
  EXPECT_TRUE(screen.wait_for("failed; the line is as it was\n> kept")) << screen.text();
  screen.press({"C-c"});
  ASSERT_TRUE(screen.wait_for("> kept\n>")) << screen.text();
  screen.press({"C-d"});
  EXPECT_EQ(screen.wait_for_end(), 0) << screen.text();
}

TEST_F(ScreenChat, LeavesTheHistoryAloneWhereAsked) {
  Screen screen(joined(kChat, {"--no-history"}), options());
  ASSERT_TRUE(screen.wait_for("\n>"));
  screen.type("/stats");
  screen.press({"Enter"});
  ASSERT_TRUE(screen.wait_for("conversation: 0 messages"));
  screen.press({"Up"});
  EXPECT_TRUE(screen.wait_for("> /stats", 2)) << "lines of this chat are recalled";
  screen.press({"Enter", "C-d"});
  EXPECT_EQ(screen.wait_for_end(), 0);
  EXPECT_FALSE(has_history()) << "no file is made";
}

TEST(Screen, LeavesNoServerBehind) {
  RECKON_NEEDS_TMUX();
  pid_t server = 0;
  pid_t shell = 0;
  {
    const Screen screen(kChat);
    ASSERT_TRUE(screen.wait_for("\n>"));
    server = screen.server();
    shell = screen.shell();
    EXPECT_EQ(::kill(server, 0), 0);
    EXPECT_EQ(::kill(shell, 0), 0);
  }
  EXPECT_NE(::kill(server, 0), 0);
  EXPECT_TRUE(eventually([&] { return ::kill(shell, 0) != 0; })) << "the terminal is gone";
}

}  // namespace
}  // namespace reckon::cli::testing
