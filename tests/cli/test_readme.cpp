// What README.md shows of a terminal is what a terminal shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <regex>

#include "cli/tmux.hpp"

namespace reckon::cli::testing {
namespace {

// The texts between marks of a section, that are of a terminal.
std::vector<std::string> recordings(const std::string& section) {
  const std::string readme = read_file(RECKON_SOURCE_DIR "/README.md");
  const size_t begin = readme.find("\n## " + section + "\n");
  std::string text = readme.substr(begin, readme.find("\n## ", begin + 1) - begin);
  std::vector<std::string> found;
  for (size_t at = 0; (at = text.find("\n```\n", at)) != std::string::npos;) {
    const size_t end = text.find("\n```\n", at + 4);
    const std::string block = text.substr(at + 5, end - at - 4);
    if (block.starts_with("$ ")) found.push_back(block);
    at = end + 4;
  }
  return found;
}

// Without what differs from run to run: times, speeds, drafts, seeds that are drawn; and where lines end.
std::string lasting(std::string text) {
  for (const auto& [changing, kept] :
       std::vector<std::pair<const char*, const char*>>{{" \\([0-9]+ cached\\)", ""},
                                                        {"[0-9.]+ (ms|s)\\b", "TIME"},
                                                        {"[0-9.]+ tok/s", "SPEED"},
                                                        {"[0-9]+ of [0-9]+ drafted tokens used;", ""},
                                                        {"seed [0-9]{6,}", "seed"},
                                                        {"[ \n]+", " "}}) {
    text = std::regex_replace(text, std::regex(changing), kept);
  }
  return text;
}

bool is_typed(const std::string& line) {
  return line.starts_with("$ ") || line.starts_with("> ") || line.starts_with("... ");
}

std::string last_line(const Screen& screen) {
  const std::vector<std::string> lines = screen.lines();
  return lines.empty() ? "" : lines.back();
}

// What is typed stands behind prompts, each of which is waited for.
std::string played(const std::string& recording, const TemporaryDirectory& directory) {
  write_file(directory.file("start"), "PS1='$ '; cd " + directory.path() + "\n");
  Screen screen({"--noprofile", "--rcfile", directory.file("start"), "-i"},
                {.columns = 80,
                 .rows = 60,
                 .program = "bash",
                 .environment = {{"PATH", std::string(RECKON_BINARY_DIR "/bin:") + std::getenv("PATH")},
                                 {"XDG_DATA_HOME", directory.path()},
                                 {"XDG_STATE_HOME", directory.path()}}});
  for (const std::string& line : lines_of(recording)) {
    if (!is_typed(line)) continue;
    const size_t prompt = line.find(' ');
    EXPECT_TRUE(eventually([&] { return last_line(screen) == line.substr(0, prompt); })) << screen.text();
    screen.type(line.substr(prompt + 1));
    // Until it shows, the prompt could be taken for the one behind the command.
    EXPECT_TRUE(eventually([&] { return last_line(screen) != line.substr(0, prompt); })) << screen.text();
    screen.press({"Enter"});
  }
  EXPECT_TRUE(eventually([&] { return last_line(screen) == "$" || last_line(screen) == ">"; }));
  const std::string text = screen.joined_text();
  return text.substr(0, text.rfind('\n', text.size() - 2) + 1);
}

// What `tools/try PROMPT` shows, which is `reckon run PROMPT` with a seed that is drawn.
TEST(Readme, ItsFirstExampleIsWhatATerminalShows) {
  RECKON_NEEDS_TMUX();
  if (!has_program("bash")) GTEST_SKIP() << "bash is missing";
  const std::string readme = read_file(RECKON_SOURCE_DIR "/README.md");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(
      readme, found, std::regex("\ntools/try (\"[^\"]+\")\n```\n[^`]+\n```\n([^`]+seed ([0-9]+)\n)```\n")));
  const TemporaryDirectory directory;
  const std::string command = "$ reckon run --seed " + found[3].str() + " " + found[1].str() + "\n";
  EXPECT_EQ(lasting(played(command, directory)), lasting(command + found[2].str()));
}

TEST(Readme, WhatItShowsOfSteeringIsWhatATerminalShows) {
  RECKON_NEEDS_TMUX();
  if (!has_program("bash")) GTEST_SKIP() << "bash is missing";
  const std::vector<std::string> all = recordings("Steer the thinking");
  ASSERT_GE(all.size(), 5u);
  const TemporaryDirectory directory;
  for (const std::string& recording : all)
    EXPECT_EQ(lasting(played(recording, directory)), lasting(recording));
}

// The manual shows some of the same.
TEST(Readme, TheManualShowsTheSame) {
  const std::vector<std::string> all = recordings("Steer the thinking");
  std::string page = run_command({"man"}).out;
  for (const auto& [escaped, meant] : std::vector<std::pair<std::string, std::string>>{{"\\-", "-"},
                                                                                       {"\\(ti", "~"},
                                                                                       {"\\(ha", "^"},
                                                                                       {"\n\\&", "\n"},
                                                                                       {"\\[u00D7]", "×"},
                                                                                       {"\\[u00F7]", "÷"},
                                                                                       {"\\[u00B7]", "·"},
                                                                                       {"\\e", "\\"}}) {
    for (size_t at = 0; (at = page.find(escaped, at)) != std::string::npos; at += meant.size()) {
      page.replace(at, escaped.size(), meant);
    }
  }
  size_t shown = 0;
  const std::string begin = ".nf\n.RS\n$ ", end = ".RE\n.fi\n";
  for (size_t at = 0; (at = page.find(begin, at)) != std::string::npos; ++shown) {
    at += begin.size() - 2;
    const std::string recording = page.substr(at, page.find(end, at) - at);
    EXPECT_EQ(std::ranges::count(all, recording), 1) << recording;
  }
  EXPECT_EQ(shown, 3u);
}

}  // namespace
}  // namespace reckon::cli::testing
