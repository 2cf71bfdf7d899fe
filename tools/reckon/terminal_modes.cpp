#include "terminal_modes.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "terminal.hpp"

namespace reckon::cli::terminal_modes {
namespace {

// What a signal handler can reach is global by nature.
std::atomic<bool> dim{false};
std::atomic<bool> live_line{false};
std::atomic<bool> paste_marks{false};
std::atomic<bool> keys{false};  // key_modes are on, `line_modes` are what was before
std::atomic<int> key_terminal{-1};
termios line_modes;
termios key_modes;
struct sigaction stop_before;
struct sigaction quit_before;
int n_handling = 0;  // objects for which signals are handled

constexpr const char* kMarkPastes = "\x1b[?2004h";
constexpr const char* kMarkNoPastes = "\x1b[?2004l";

void write_quietly(const char* text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, std::strlen(text));
}

void install_stop_handlers();

// Ctrl-Z and Ctrl-\: the terminal is left in order; then the signal does what it does without a handler.
void on_stop(int signal) {
  const int saved_errno = errno;
  const bool was_dim = dim;
  restore();
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  sigemptyset(&standard.sa_mask);
  ::sigaction(signal, &standard, nullptr);
  static_cast<void>(::raise(signal));
  sigset_t this_one;
  sigemptyset(&this_one);
  sigaddset(&this_one, signal);
  ::sigprocmask(SIG_UNBLOCK, &this_one, nullptr);  // here it stops, and here it goes on
  install_stop_handlers();
  if (was_dim) write_quietly("\x1b[2m");
  if (paste_marks) write_quietly(kMarkPastes);
  errno = saved_errno;
}

void install_stop_handlers() {
  struct sigaction action {};
  action.sa_handler = on_stop;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  // What a parent chose to ignore stays ignored.
  if (stop_before.sa_handler == SIG_DFL) ::sigaction(SIGTSTP, &action, nullptr);
  if (quit_before.sa_handler == SIG_DFL) ::sigaction(SIGQUIT, &action, nullptr);
}

void handle_stops() {
  if (n_handling++ > 0) return;
  ::sigaction(SIGTSTP, nullptr, &stop_before);
  ::sigaction(SIGQUIT, nullptr, &quit_before);
  install_stop_handlers();
}

void leave_stops() {
  if (--n_handling > 0) return;
  ::sigaction(SIGTSTP, &stop_before, nullptr);
  ::sigaction(SIGQUIT, &quit_before, nullptr);
}

bool in_foreground() { return ::tcgetpgrp(key_terminal) == ::getpgrp(); }

// The process' own terminal, where standard input is something else: stays open. Negative if there is none.
int own_terminal() {
  static const int opened = ::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
  return opened;
}

}  // namespace

void set_dim(bool on) { dim = on; }
void set_live_line(bool on) { live_line = on; }

// The flag goes last: a signal in between restores once too often, not once too rarely.
void leave_key_modes() noexcept {
  if (keys && in_foreground()) ::tcsetattr(key_terminal, TCSANOW, &line_modes);
  keys = false;
}

void restore() noexcept {
  if (live_line) write_quietly("\r\x1b[K");
  if (dim) write_quietly("\x1b[0m");
  if (paste_marks) write_quietly(kMarkNoPastes);
  leave_key_modes();
}

KeyMode::KeyMode() {
  key_terminal = ::isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : own_terminal();
  if (key_terminal < 0) return;
  handles_signals_ = true;
  handle_stops();
  ensure();
}

int KeyMode::descriptor() const { return key_terminal; }

bool KeyMode::ensure() {
  if (!handles_signals_ || !in_foreground()) return false;
  if (keys) return true;
  if (::tcgetattr(key_terminal, &line_modes) != 0) return false;
  key_modes = line_modes;
  key_modes.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
  key_modes.c_cc[VMIN] = 1;
  key_modes.c_cc[VTIME] = 0;
  keys = true;  // first, for the same reason
  if (::tcsetattr(key_terminal, TCSANOW, &key_modes) != 0) keys = false;
  return keys;
}

KeyMode::~KeyMode() {
  if (!handles_signals_) return;
  leave_key_modes();
  leave_stops();
}

PasteMarks::PasteMarks() {
  if (!use_rewriting()) return;
  handle_stops();
  paste_marks = true;
  write_quietly(kMarkPastes);
}

PasteMarks::~PasteMarks() {
  if (!paste_marks) return;
  write_quietly(kMarkNoPastes);
  paste_marks = false;
  leave_stops();
}

}  // namespace reckon::cli::terminal_modes
