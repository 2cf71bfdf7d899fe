// Ctrl-C, SIGTERM and SIGHUP (its terminal is gone): the first ends what runs and keeps what there is, a
// second one, unless it is a SIGHUP, puts the terminal in order and ends the process at once. Either way the
// exit status is 128 and the signal's number.
#pragma once

#include <reckon/session.hpp>

namespace reckon::cli::signals {

// Handles SIGINT, SIGTERM and SIGHUP (unless nohup has it ignored) from here on; writing to a closed pipe or
// beyond a limit on files becomes an error instead of SIGPIPE and SIGXFSZ.
void install();

bool interrupted();  // by any of the signals since clear()
bool terminated();   // by SIGTERM or SIGHUP, ever
int exit_status();   // of a command that a signal ended: 129, 130 or 143
void clear();        // of SIGINT: the interruption has been dealt with

// Readable from an interruption until clear(): for poll() beside other descriptors, so that no signal is
// missed.
int wake_descriptor();

// Waits until `descriptor` can be read or has ended, at most `timeout_ms` (-1: without limit).
enum class Wait { ready, timeout, interrupted };
Wait wait_readable(int descriptor, int timeout_ms);

// While it lives, a signal cancels the session's generation.
class CancelOnSignal {
 public:
  explicit CancelOnSignal(Session& session);
  ~CancelOnSignal();
  CancelOnSignal(const CancelOnSignal&) = delete;
  CancelOnSignal& operator=(const CancelOnSignal&) = delete;
};

}  // namespace reckon::cli::signals
