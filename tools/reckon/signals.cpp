#include "signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "terminal_modes.hpp"

namespace reckon::cli::signals {
namespace {

// What a signal handler can reach is global by nature. All of it is lock-free atomics and plain descriptors.
std::atomic<int> signal_count{0};
std::atomic<bool> told_to_end{false};
std::atomic<int> last_signal{SIGINT};
std::atomic<Session*> running{nullptr};
int wake_pipe[2] = {-1, -1};

void write_quietly(int descriptor, const char* text) {
  [[maybe_unused]] const ssize_t written = ::write(descriptor, text, std::strlen(text));
}

void on_signal(int signal) {
  const int saved_errno = errno;
  if (signal != SIGINT) told_to_end = true;
  last_signal = signal;
  // A terminal that goes is told by the kernel and by its shell: that is no impatience.
  if (signal_count.fetch_add(1) > 0 && signal != SIGHUP) {
    terminal_modes::restore();
    if (::isatty(STDERR_FILENO) == 1) write_quietly(STDERR_FILENO, "\n");
    ::_exit(exit_status());
  }
  write_quietly(wake_pipe[1], "!");
  if (Session* session = running.load()) session->cancel();
  errno = saved_errno;
}

}  // namespace

void install() {
  if (::pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) wake_pipe[0] = wake_pipe[1] = -1;  // poll() skips -1
  struct sigaction action {};
  action.sa_handler = on_signal;  // without SA_RESTART: a blocked read returns
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  struct sigaction hangup {};
  if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) {  // nohup ignores it
    ::sigaction(SIGHUP, &action, nullptr);
  }
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  ::sigaction(SIGXFSZ, &action, nullptr);
}

bool interrupted() { return signal_count > 0; }

bool terminated() { return told_to_end; }

int exit_status() { return 128 + last_signal; }

void clear() {
  // First: a signal from here on is seen by interrupted(), even if its byte is dropped below.
  signal_count = 0;
  char bytes[16];
  while (::read(wake_pipe[0], bytes, sizeof bytes) > 0) {
  }
}

int wake_descriptor() { return wake_pipe[0]; }

Wait wait_readable(int descriptor, int timeout_ms) {
  pollfd waited[2] = {{descriptor, POLLIN, 0}, {wake_pipe[0], POLLIN, 0}};
  for (;;) {
    if (interrupted()) return Wait::interrupted;
    const int count = ::poll(waited, 2, timeout_ms);
    if (count == 0) return Wait::timeout;
    if (count > 0 && waited[1].revents == 0) return Wait::ready;
    if (count < 0 && errno != EINTR) return Wait::ready;  // the read that follows reports the error
  }
}

CancelOnSignal::CancelOnSignal(Session& session) {
  running = &session;
  if (interrupted()) session.cancel();
}

CancelOnSignal::~CancelOnSignal() { running = nullptr; }

}  // namespace reckon::cli::signals
