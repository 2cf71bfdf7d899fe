// The table of a vote on standard error: alive while samples run, and in its final form.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include <reckon/vote.hpp>

namespace reckon::cli {

// Redraws itself in place on a terminal, several times a second at most; elsewhere it shows nothing.
class VoteScreen {
 public:
  explicit VoteScreen(bool quiet);
  ~VoteScreen() { clear(); }
  VoteScreen(const VoteScreen&) = delete;
  VoteScreen& operator=(const VoteScreen&) = delete;

  void update(const VoteProgress& progress);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  void draw(const std::vector<std::string>& lines);
  std::string up() const;

  bool enabled_;
  size_t n_lines_ = 0;  // on the screen
  Clock::time_point drawn_;
};

// Lines of a table of at most `most` answers, without line ends: votes, share, answer.
std::vector<std::string> answer_lines(std::span<const AnswerCount> ranking, uint32_t votes, size_t most);
// The figures after a vote, for dim_parts().
std::vector<std::string> vote_statistics(const VoteResult& result, uint64_t seed);

}  // namespace reckon::cli
