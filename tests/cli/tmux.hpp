// The built command, or a shell, in a terminal that shows what it gets: keys are sent through tmux, the
// screen is read.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace reckon::cli::testing {

// Skips a test where tmux is missing. Before any Screen.
#define RECKON_NEEDS_TMUX() \
  if (!has_program("tmux")) GTEST_SKIP() << "tmux is missing"

// Looks now and then, for kPatience at most, whether `condition` holds. False if it does not come to hold.
bool eventually(const std::function<bool()>& condition);

bool any_contains(const std::vector<std::string>& lines, const std::string& text);

// An environment and options with which the embedded model thinks for long: plain C++ on one thread takes its
// time to fill the context.
std::map<std::string, std::string> slow_environment();
std::vector<std::string> long_thought(const std::vector<std::string>& command);

struct ScreenOptions {
  int columns = 80;
  int rows = 24;
  std::string program = RECKON_BINARY_DIR "/bin/reckon";
  std::map<std::string, std::string> environment = {};  // added; the rest is a fixed, small one
};

// A command in a tmux server of its own, both ended with this object. The server is a child process and dies
// with this one too.
class Screen {
 public:
  explicit Screen(const std::vector<std::string>& arguments, const ScreenOptions& options = {});
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void type(const std::string& text);                // as it is
  void press(const std::vector<std::string>& keys);  // by tmux's names: Enter, Up, Home, BSpace, C-c
  void paste(const std::string& text);               // marked, if the program asked for marks
  void resize(int columns, int rows);
  pid_t shell() const;  // the process that waits for the command
  pid_t server() const { return server_; }

  // Does what runs read keys one by one?
  bool reads_keys() const;

  // What is shown, with what has scrolled away; no blanks at the ends of lines, no empty lines at the end.
  std::string text() const;
  // The same, with lines that the terminal broke whole again.
  std::string joined_text() const;
  std::vector<std::string> lines() const { return lines_of(text()); }
  // The lines whose characters are all dim, or all not; lines of both kinds are in neither.
  std::vector<std::string> dim_lines() const;
  std::vector<std::string> plain_lines() const;

  // Waits, kPatience at most, until `text` is shown `times` times. False if that does not come.
  bool wait_for(const std::string& text, int times = 1) const;
  // Waits, kPatience at most, for the command's end: its status, or 128 + signal; none if it
  // goes on.
  std::optional<int> wait_for_end() const;

 private:
  std::string tmux(const std::vector<std::string>& arguments) const;  // what that prints
  std::string captured(const std::vector<std::string>& options) const;
  std::string format(const std::string& text) const;  // with tmux's variables replaced
  std::vector<std::string> lines_that_are(bool dim) const;
  void start_server();

  TemporaryDirectory directory_;
  std::string socket_ = directory_.file("tmux");
  std::string status_file_ = directory_.file("status");
  pid_t server_ = -1;
};

}  // namespace reckon::cli::testing
