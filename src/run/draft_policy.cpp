#include "run/draft_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <reckon/error.hpp>

#include "model/forward.hpp"

namespace reckon::run {
namespace {

static_assert(DraftPolicy::kMost + 1 <= model::Forward::kLogitRows,
              "memory estimates count the logits of a draft");

constexpr double kKeptPerToken = 1 - 1.0 / 32;  // weight of what was seen before, per drafted token
constexpr double kKeptPerStep = 1 - 1.0 / 8;
constexpr double kLongestStep = 2;   // times what is expected: beyond that, something else took the time
constexpr double kLeastGain = 1.03;  // tokens per time against no drafts, for them to be worth it
constexpr double kMostShare = 1.5;
constexpr size_t kLongestWait = 64;

}  // namespace

DraftPolicy::DraftPolicy(int limit) : limit_(limit) {
  if (limit >= kAuto && limit <= kMost) return;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("draft_tokens {}; expected {} to {}", limit, kAuto, kMost));
}

// The number of tokens d for which 1 + p + ... + p^d tokens in the time of 1 + d rows are the most per time.
size_t DraftPolicy::best_length(double chance) const {
  size_t best = 0;
  double best_rate = kLeastGain, tokens = 1, all_right = 1;
  for (size_t d = 1; d <= static_cast<size_t>(kMost); d++) {
    all_right *= chance;
    tokens += all_right;
    const double rate = tokens / (1 + row_share_ * static_cast<double>(d));
    if (rate > best_rate) best = d, best_rate = rate;
  }
  return best;
}

size_t DraftPolicy::choose(size_t length) {
  if (limit_ != kAuto) return static_cast<size_t>(limit_);
  if (std::exchange(first_, false)) return 0;
  Record& record = records_[length];
  const size_t best = best_length(chance(length));
  if (best > 0) {
    record.wait = 1;
    record.skipped = 0;
    return best;
  }
  if (++record.skipped < record.wait) return 0;
  record.wait = std::min(record.wait * 2, kLongestWait);
  record.skipped = 0;
  return 1;
}

void DraftPolicy::verified(size_t length, size_t drafted, size_t right) {
  Record& record = records_[length];
  const size_t seen = right + (right < drafted ? 1 : 0);
  for (size_t i = 0; i < seen; i++) {
    record.seen = record.seen * kKeptPerToken + 1;
    record.right = record.right * kKeptPerToken + (i < right ? 1 : 0);
  }
}

void DraftPolicy::stepped(size_t rows, double ms) {
  const auto mix = [](double& estimate, double seen) {
    estimate = kKeptPerStep * estimate + (1 - kKeptPerStep) * seen;
  };
  if (rows > 1) {
    if (single_ms_ == 0) return;
    const double share = (ms / single_ms_ - 1) / static_cast<double>(rows - 1);
    mix(row_share_, std::clamp(share, 0.0, kMostShare));
  } else if (single_ms_ == 0) {
    single_ms_ = ms;
  } else {
    mix(single_ms_, std::min(ms, kLongestStep * single_ms_));
  }
}

}  // namespace reckon::run
