// How far many prompts are, as a line at the bottom of a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace reckon::cli {

struct BatchProgress {
  uint64_t done = 0;
  std::optional<uint64_t> total;  // none: not known (a pipe)
  uint64_t running = 0;           // samples that generate now
  double tok_s = 0;
  std::optional<double> seconds_left;
};

// The line, in at most `columns` columns: what does not fit is left out, the least important first. ASCII.
std::string progress_text(const BatchProgress& progress, int columns);

// The seconds that the rest takes if it goes on as it went: `done_now` of them took `seconds`. None before
// there is anything to go by.
std::optional<double> seconds_left(uint64_t done_now, uint64_t left, double seconds);

// Rewrites the line in place; nothing where standard error is no terminal. Removed at the end.
class ProgressBar {
 public:
  explicit ProgressBar(bool quiet);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  bool due() const;  // enough time has gone by for the next update()
  void update(const BatchProgress& progress);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool wanted_;
  bool shown_ = false;
  Clock::time_point last_;
};

}  // namespace reckon::cli
