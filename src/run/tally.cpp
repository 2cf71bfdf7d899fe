#include <algorithm>
#include <utility>

#include <reckon/vote.hpp>

#include "support/within_memory.hpp"

namespace reckon {
namespace {

bool before(const AnswerCount& a, const AnswerCount& b) {
  return a.votes != b.votes ? a.votes > b.votes : a.first_sample < b.first_sample;
}

}  // namespace

Tally::Tally(uint32_t samples)
    : heard_(support::within_memory([&] { return std::vector<bool>(samples); })), n_remaining_(samples) {}

void Tally::add(uint32_t sample, const std::optional<std::string>& answer) {
  if (sample >= heard_.size() || heard_[sample]) return;
  if (answer) support::within_memory([&] { count(sample, *answer); });
  heard_[sample] = true;
  n_remaining_--;
}

// What fails has counted nothing.
void Tally::count(uint32_t sample, std::string answer) {
  const std::string key = normalised_answer(answer);
  AnswerCount& count = counts_.try_emplace(key, AnswerCount{answer, key, 0, sample}).first->second;
  count.votes++;
  n_votes_++;
  if (sample >= count.first_sample) return;
  count.first_sample = sample;
  count.answer = std::move(answer);
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
