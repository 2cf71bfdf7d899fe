// Ctrl-C and SIGTERM: the first ends what runs and keeps what there is, a second one puts the terminal in
// order and ends the process at once with status 130.
#pragma once

#include <reckon/session.hpp>

namespace reckon::cli::signals {

constexpr int kInterruptedStatus = 130;

// Handles SIGINT and SIGTERM from here on; writing to a closed pipe becomes an error instead of SIGPIPE.
void install();

bool interrupted();  // by either signal since clear()
bool terminated();   // by SIGTERM, ever
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
