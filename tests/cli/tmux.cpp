#include "cli/tmux.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace reckon::cli::testing {
namespace {

constexpr auto kBetweenLooks = 20'000;  // microseconds

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string quoted(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += quoted(word) + " ";
  return text;
}

// Leaves the command's status in a file, since tmux does not always learn it. Ctrl-C is for the command.
// Waits at the end: of a pane that has ended tmux may lose what it has not read yet.
std::string script(const std::vector<std::string>& arguments, const ScreenOptions& options,
                   const std::string& status_file) {
  std::map<std::string, std::string> variables{{"PATH", std::getenv("PATH")}, {"HOME", "/dev/null"}};
  if (const char* isa = std::getenv("RECKON_ISA")) variables["RECKON_ISA"] = isa;
  for (const auto& [name, value] : options.environment) variables[name] = value;
  std::string text = "#!/bin/sh\ntrap : INT\nenv -i TERM=\"$TERM\" ";
  for (const auto& [name, value] : variables) text += quoted(name + "=" + value) + " ";
  text += quoted(joined({options.program}, arguments));
  return text + fmt::format("\necho $? > {0}.new && mv {0}.new {0}\nsleep 0.3\n", quoted(status_file));
}

std::string configuration(const std::string& command, const ScreenOptions& options) {
  return fmt::format(
      "set -g default-shell /bin/sh\n"
      "set -g default-terminal screen\n"
      "set -g remain-on-exit on\n"
      "set -g remain-on-exit-format ''\n"
      "set -g status off\n"
      "set -g history-limit 20000\n"
      "set -sg escape-time 0\n"
      "new-session -d -x {} -y {} 'exec {}'\n",
      options.columns, options.rows, command);
}

// Reads the output of `capture-pane -e`, of which escape sequences of colours and attributes are the only
// ones.
struct Attributes {
  bool dim = false;

  void apply(const std::string& parameters) {
    for (size_t at = 0; at <= parameters.size();) {
      const size_t end = std::min(parameters.find(';', at), parameters.size());
      const std::string number = parameters.substr(at, end - at);
      if (number == "2") dim = true;
      if (number.empty() || number == "0" || number == "22") dim = false;
      at = end + 1;
    }
  }
};

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    ::usleep(kBetweenLooks);
  }
  return true;
}

bool any_contains(const std::vector<std::string>& lines, const std::string& text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

std::map<std::string, std::string> slow_environment() { return {{"RECKON_ISA", "scalar"}}; }

std::vector<std::string> long_thought(const std::vector<std::string>& command) {
  return joined(joined(command, {"-t", "1", "--loop-breaker", "off", "--answer-reserve", "0"}),
                endless_thinking());
}

Screen::Screen(const std::vector<std::string>& arguments, const ScreenOptions& options) {
  const std::string command = directory_.file("command");
  write_file(command, script(arguments, options, status_file_));
  ::chmod(command.c_str(), 0700);
  write_file(directory_.file("configuration"), configuration(command, options));
  start_server();
  if (!eventually([this] { return format("#{pane_pid}") != ""; })) {
    throw std::runtime_error("tmux does not start: " + read_file(directory_.file("log")));
  }
}

// In the foreground (-D): a server that is a child can be waited for.
void Screen::start_server() {
  const std::string configuration_file = directory_.file("configuration");
  const std::string path = std::string("PATH=") + std::getenv("PATH");
  const int log = ::open(directory_.file("log").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  server_ = ::fork();
  if (server_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (int descriptor = 0; descriptor < 3; ++descriptor) ::dup2(log, descriptor);
    ::execlp("env", "env", "-i", path.c_str(), "LC_ALL=C.UTF-8", "tmux", "-u", "-S", socket_.c_str(), "-f",
             configuration_file.c_str(), "-D", nullptr);
    ::_exit(127);
  }
  ::close(log);
}

Screen::~Screen() {
  ::kill(server_, SIGTERM);
  ::waitpid(server_, nullptr, 0);
}

std::string Screen::tmux(const std::vector<std::string>& arguments) const {
  const std::string line = quoted(joined({"tmux", "-u", "-S", socket_}, arguments)) + "2> /dev/null";
  FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("can't start tmux");
  std::string output;
  std::array<char, 4096> block{};
  for (size_t count = 0; (count = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
    output.append(block.data(), count);
  }
  ::pclose(pipe);
  return output;
}

std::string Screen::format(const std::string& text) const {
  std::string value = tmux({"display-message", "-p", text});
  while (value.ends_with('\n')) value.pop_back();
  return value;
}

void Screen::type(const std::string& text) { tmux({"send-keys", "-l", "--", text}); }
void Screen::press(const std::vector<std::string>& keys) { tmux(joined({"send-keys"}, keys)); }
void Screen::paste(const std::string& text) {
  tmux({"set-buffer", "--", text});
  tmux({"paste-buffer", "-p"});
}
void Screen::resize(int columns, int rows) {
  tmux({"resize-window", "-x", std::to_string(columns), "-y", std::to_string(rows)});
}
pid_t Screen::shell() const { return std::atoi(format("#{pane_pid}").c_str()); }

bool Screen::reads_keys() const {
  const int terminal = ::open(format("#{pane_tty}").c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
  termios modes{};
  const bool known = ::tcgetattr(terminal, &modes) == 0;
  ::close(terminal);
  return known && (modes.c_lflag & ICANON) == 0;
}

std::string Screen::text() const { return captured({}); }
std::string Screen::joined_text() const { return captured({"-J"}); }

std::string Screen::captured(const std::vector<std::string>& options) const {
  std::string shown = tmux(joined({"capture-pane", "-p", "-S", "-"}, options));
  while (shown.ends_with("\n\n")) shown.pop_back();
  return shown;
}

std::vector<std::string> Screen::lines_that_are(bool dim) const {
  std::vector<std::string> found;
  Attributes now;
  for (const std::string& line : lines_of(tmux({"capture-pane", "-p", "-e", "-S", "-"}))) {
    std::string visible;
    bool matches = true;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line.compare(i, 2, "\x1b[") == 0) {
        const size_t end = line.find('m', i);
        now.apply(line.substr(i + 2, end - i - 2));
        i = end;
      } else {
        visible += line[i];
        matches = matches && (line[i] == ' ' || now.dim == dim);
      }
    }
    if (matches && !visible.empty()) found.push_back(visible);
  }
  return found;
}

std::vector<std::string> Screen::dim_lines() const { return lines_that_are(true); }
std::vector<std::string> Screen::plain_lines() const { return lines_that_are(false); }

bool Screen::wait_for(const std::string& wanted, int times) const {
  return eventually([&] {
    const std::string shown = text();
    int found = 0;
    for (size_t at = shown.find(wanted); at != std::string::npos; at = shown.find(wanted, at + 1)) ++found;
    return found >= times;
  });
}

std::optional<int> Screen::wait_for_end() const {
  // A dead pane: tmux has read all that was written.
  if (!eventually([this] { return format("#{pane_dead}") == "1"; })) return std::nullopt;
  const std::string status = read_file(status_file_);
  return status.empty() ? std::nullopt : std::optional(std::atoi(status.c_str()));
}

}  // namespace reckon::cli::testing
