// How many tokens to draft: as many as pay.
#pragma once

#include <array>
#include <cstddef>

#include "run/draft_index.hpp"

namespace reckon::run {

// Decides by the chance that drafted tokens were right so far, apart for each length of match, and by how
// much longer steps took for each row more. What it decides changes when tokens come, never which.
class DraftPolicy {
 public:
  static constexpr int kAuto = -1;
  static constexpr int kMost = 16;

  // limit: kAuto; otherwise always that many, 0 to kMost. Throws Error(invalid_argument) naming
  // draft_tokens.
  explicit DraftPolicy(int limit);

  bool off() const { return limit_ == 0; }
  bool fixed() const { return limit_ != kAuto; }
  // Tokens to draft after a match of `length` tokens. While none would pay, one is tried now and then, ever
  // more rarely.
  size_t choose(size_t length);
  // The first `right` of the tokens drafted after such a match came true, and the next did not (if there was
  // one).
  void verified(size_t length, size_t drafted, size_t right);
  // Milliseconds of a step of `rows` rows.
  void stepped(size_t rows, double ms);

  // What choose() goes by. The share of a step's time that each row after the first takes on top.
  double chance(size_t length) const { return records_[length].right / records_[length].seen; }
  double row_share() const { return row_share_; }

 private:
  // Drafted tokens that were looked at, older ones counting less. Starts with what texts are like.
  struct Record {
    double seen;
    double right;
    size_t wait = 1;     // matches from one try to the next, while drafting does not pay
    size_t skipped = 0;  // matches since the last try
  };

  size_t best_length(double chance) const;

  int limit_;
  // By length of match.
  std::array<Record, DraftIndex::kLongestMatch + 1> records_{
      {{}, {}, {4, 1.6}, {4, 2.0}, {4, 2.4}, {4, 2.8}}};
  bool first_ = true;        // the first step has one row: what others are compared with
  double single_ms_ = 0;     // of a step of one row; 0: none was seen
  double row_share_ = 0.25;  // cautious until steps of several rows were seen
};

}  // namespace reckon::run
