#include "progress_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "output.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kWidestBar = 30;
constexpr size_t kNarrowestBar = 5;

// "0:07", "12:05", "3:04:09"
std::string clock_text(double seconds) {
  const auto all = static_cast<uint64_t>(std::llround(std::clamp(seconds, 0.0, 1e9)));
  const uint64_t hours = all / 3600;
  const uint64_t minutes = all / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, all % 60)
                   : fmt::format("{}:{:02}", minutes, all % 60);
}

std::string bar(uint64_t done, uint64_t total, size_t width) {
  const double share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width));
  return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "] ";
}

}  // namespace

std::string progress_text(const BatchProgress& progress, int columns) {
  const auto width = static_cast<size_t>(std::max(columns, 0));
  std::vector<std::string> parts;  // the most important first
  parts.push_back(progress.total ? fmt::format("{}/{}", progress.done, *progress.total)
                                 : fmt::format("{} done", progress.done));
  if (progress.seconds_left) parts.push_back("ETA " + clock_text(*progress.seconds_left));
  if (progress.tok_s > 0) parts.push_back(fmt::format("{:.0f} tok/s", progress.tok_s));
  parts.push_back(fmt::format("{} running", progress.running));
  std::string text;
  for (const std::string& part : parts) {
    const std::string separator = text.empty() ? "" : "  ";
    if (text.size() + separator.size() + part.size() > width) break;
    text += separator + part;
  }
  constexpr size_t kFrame = 3;  // brackets and the blank behind them
  if (!progress.total || text.size() + kFrame + kNarrowestBar > width) return text;
  return bar(progress.done, *progress.total, std::min(kWidestBar, width - kFrame - text.size())) + text;
}

std::optional<double> seconds_left(uint64_t done_now, uint64_t left, double seconds) {
  if (done_now == 0) return std::nullopt;
  return seconds / static_cast<double>(done_now) * static_cast<double>(left);
}

ProgressBar::ProgressBar(bool quiet) : wanted_(!quiet && use_rewriting()) {}

bool ProgressBar::due() const { return wanted_ && (!shown_ || Clock::now() - last_ >= kRewriteEvery); }

void ProgressBar::update(const BatchProgress& progress) {
  if (!due()) return;
  // The last column stays free: a full line would wrap on some terminals.
  standard_error().write("\r" + progress_text(progress, terminal_width() - 1) + "\x1b[K");
  shown_ = true;
  last_ = Clock::now();
}

void ProgressBar::clear() {
  if (shown_) standard_error().write("\r\x1b[K");
  shown_ = false;
}

}  // namespace reckon::cli
