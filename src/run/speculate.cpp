#include "run/speculate.hpp"

#include <chrono>

#include <reckon/error.hpp>

namespace reckon::run {

Speculator::Speculator(Engine& engine, SequenceId sequence, DraftIndex& index, size_t history,
                       DraftPolicy policy)
    : engine_(engine), sequence_(sequence), index_(index), history_(history), policy_(policy) {}

void Speculator::advance(TokenId token, size_t most) {
  using Clock = std::chrono::steady_clock;
  if (take(token)) return;
  std::vector<BatchRow> rows;
  add_rows(token, most, rows);
  const Clock::time_point start = Clock::now();
  forward(rows);
  computed(0);
  policy_.stepped(1 + n_computed_, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
}

bool Speculator::take(TokenId token) {
  if (!policy_.off()) index_.append(history_, token);
  if (n_right_ < n_computed_ && draft_[n_right_] == token) {
    n_right_++;
    counts_.accepted_tokens++;
    row_++;
    return true;
  }
  if (n_computed_ > 0) policy_.verified(match_, n_computed_, n_right_);
  forget();
  return false;
}

void Speculator::add_rows(TokenId token, size_t most, std::vector<BatchRow>& rows) {
  rows.push_back({sequence_, token, true});
  const auto match = policy_.off() || most == 0 ? std::nullopt : index_.find(history_);
  if (!match) return;
  match_ = match->length;
  draft_ = index_.following(history_, *match, std::min(most, policy_.choose(match_)));
  for (TokenId t : draft_) rows.push_back({sequence_, t, true});
}

void Speculator::computed(size_t i) {
  row_ = i;
  n_computed_ = draft_.size();
  counts_.drafted_tokens += n_computed_;
}

// Drafts need not be: where the cache has no room for them, the token goes alone.
void Speculator::forward(std::span<const BatchRow> rows) {
  try {
    engine_.forward(rows);
  } catch (const Error& e) {
    const bool no_room = e.code() == ErrorCode::out_of_memory || e.code() == ErrorCode::context_full;
    if (draft_.empty() || !no_room) throw;
    draft_.clear();
    engine_.forward(rows.first(1));
  }
}

void Speculator::forget() {
  if (n_computed_ > n_right_) {
    engine_.rewind(sequence_, engine_.length(sequence_) - (n_computed_ - n_right_));
  }
  draft_.clear();
  n_computed_ = n_right_ = 0;
}

}  // namespace reckon::run
