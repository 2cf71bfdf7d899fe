#include "run/speculate.hpp"

namespace reckon::run {

Speculator::Speculator(Engine& engine, SequenceId sequence, DraftIndex& index, size_t history,
                       DraftPolicy& policy)
    : engine_(engine), sequence_(sequence), index_(index), history_(history), policy_(policy) {}

bool Speculator::take(TokenId token) {
  if (!policy_.off()) index_.append(history_, token);
  if (n_right_ < n_computed_ && draft_[n_right_] == token) {
    n_right_++;
    counts_.accepted_tokens++;
    row_++;
    return true;
  }
  if (n_computed_ > 0) policy_.verified(match_, n_computed_, n_right_);
  settle();
  return false;
}

void Speculator::insert(TokenId token) {
  if (!policy_.off()) index_.append(history_, token);
  settle();
}

void Speculator::add_rows(std::span<const TokenId> tokens, size_t most, std::vector<BatchRow>& rows) {
  draft_.clear();  // of a step that failed
  for (TokenId t : tokens) rows.push_back({sequence_, t, false});
  rows.back().logits = true;
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

void Speculator::settle() noexcept {
  if (n_computed_ > n_right_) {
    engine_.rewind(sequence_, engine_.length(sequence_) - (n_computed_ - n_right_));
  }
  draft_.clear();
  n_computed_ = n_right_ = 0;
}

}  // namespace reckon::run
