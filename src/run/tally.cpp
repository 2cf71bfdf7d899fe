#include <algorithm>
#include <utility>

#include <reckon/vote.hpp>

#include "support/within_memory.hpp"

namespace reckon {
namespace {

bool before(const AnswerCount& a, const AnswerCount& b) {
  return a.votes != b.votes ? a.votes > b.votes : a.first_sample < b.first_sample;
}

// One vote; none where memory ends.
uint32_t vote_for(uint32_t sample, const std::string& answer, std::map<std::string, AnswerCount>& counts) {
  std::string spelling = answer;
  const std::string key = normalised_answer(answer);
  AnswerCount& count = counts.try_emplace(key, AnswerCount{answer, key, 0, sample}).first->second;
  if (sample < count.first_sample) {
    count.first_sample = sample;
    count.answer.swap(spelling);
  }
  count.votes++;
  return 1;
}

}  // namespace

Tally::Tally(uint32_t samples)
    : heard_(support::within_memory([&] { return std::vector<bool>(samples); })), n_remaining_(samples) {}

void Tally::add(uint32_t sample, const std::optional<std::string>& answer) {
  if (sample >= heard_.size() || heard_[sample]) return;
  if (answer) support::within_memory([&] { n_votes_ += vote_for(sample, *answer, counts_); });
  heard_[sample] = true;
  n_remaining_--;
}

std::vector<AnswerCount> Tally::ranking() const {
  return support::within_memory([this] {
    std::vector<AnswerCount> ranking;
    for (const auto& [key, count] : counts_) ranking.push_back(count);
    std::sort(ranking.begin(), ranking.end(), before);
    return ranking;
  });
}

bool Tally::decided() const {
  if (n_remaining_ == 0) return true;
  const auto leader = std::min_element(counts_.begin(), counts_.end(), [](const auto& a, const auto& b) {
    return before(a.second, b.second);
  });
  if (leader == counts_.end()) return false;
  const auto next_heard = std::find(heard_.begin(), heard_.end(), false) - heard_.begin();
  const AnswerCount& first = leader->second;
  // Does it stay ahead of an answer that gets all the rest?
  const auto stays_ahead = [&](const AnswerCount& other) {
    const uint32_t least = std::min(other.first_sample, static_cast<uint32_t>(next_heard));
    return before(first, {"", "", other.votes + n_remaining_, least});
  };
  // One that nobody has given yet is among those it has to stay ahead of.
  return stays_ahead({"", "", 0, static_cast<uint32_t>(next_heard)}) &&
         std::all_of(counts_.begin(), counts_.end(),
                     [&](const auto& entry) { return &entry.second == &first || stays_ahead(entry.second); });
}

}  // namespace reckon
