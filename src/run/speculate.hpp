// A sequence decoded with drafts: tokens guessed from the past are computed together with the token that was
// chosen, in one step, and used as far as they turn out to be chosen next.
//
// Every token is chosen by the caller's sampler from its true logits, drafted or not, and logits do not
// depend on what else is in a batch: so the tokens are those of decoding without drafts, at any temperature,
// bit for bit. (Leviathan et al., 2023, "Fast inference from transformers via speculative decoding", accept
// by a draw of their own and keep the distribution only.)
#pragma once

#include <span>
#include <vector>

#include <reckon/engine.hpp>
#include <reckon/session.hpp>

#include "run/draft_index.hpp"
#include "run/draft_policy.hpp"

namespace reckon::run {

class Speculator {
 public:
  // `history` of the index is this sequence's and holds its tokens (a policy that is off leaves the index
  // alone). Engine, sequence, index and policy outlive this object.
  Speculator(Engine& engine, SequenceId sequence, DraftIndex& index, size_t history, DraftPolicy& policy);
  ~Speculator() { settle(); }
  Speculator(const Speculator&) = delete;
  Speculator& operator=(const Speculator&) = delete;

  // The next token, chosen from the logits at row(). True if it was drafted, so that the logits which follow
  // it are at row() now. Otherwise drafts that are left are dropped, and add_rows() is next.
  bool take(TokenId token);
  // The sequence goes on with a token that was not chosen.
  void insert(TokenId token);
  // Appends rows for the tokens that are not in the sequence yet, with logits after the last one, and for up
  // to `most` drafted tokens behind them, all with logits.
  void add_rows(std::span<const TokenId> tokens, size_t most, std::vector<BatchRow>& rows);
  // These rows were computed; the last token's logits are the step's i-th.
  void computed(size_t i);
  // The rows of drafts will not be computed.
  void drop_drafts() { draft_.clear(); }
  // The engine's sequence ends with the last token taken; drafts are forgotten. For the end of a turn.
  void settle() noexcept;

  size_t drafted() const { return draft_.size(); }  // rows of drafts that add_rows() appended
  size_t row() const { return row_; }
  const Speculation& counts() const { return counts_; }

 private:
  Engine& engine_;
  SequenceId sequence_;
  DraftIndex& index_;
  size_t history_;
  DraftPolicy& policy_;
  size_t row_ = 0;
  std::vector<TokenId> draft_;  // behind the last token that was not drafted
  size_t n_computed_ = 0;       // of these, in the cache: all or, before the step, none
  size_t n_right_ = 0;          // of these, chosen so far
  size_t match_ = 0;            // length of the match they come from
  Speculation counts_;
};

}  // namespace reckon::run
