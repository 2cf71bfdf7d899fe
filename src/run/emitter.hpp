// Turns generated tokens into events and keeps the account of a generation: text by phase, counts, times.
#pragma once

#include <chrono>

#include <reckon/session.hpp>

#include "model/model_impl.hpp"
#include "run/stop_matcher.hpp"

namespace reckon::run {

class Emitter {
 public:
  Emitter(const Model::Impl& model, text::Phase start, const GenerateOptions& options,
          const EventCallback& on_event, std::chrono::steady_clock::time_point began);

  // These return false when the callback asks to end.
  bool prompt(uint64_t done, uint64_t total);
  bool accept(TokenId token, bool inserted = false);

  // A token of before: it counts as generated, without events.
  void replay(TokenId token, bool inserted);
  void prefilled();
  // Its tokens, and how many of them were there already; before finish().
  void had_prompt(uint64_t tokens, uint64_t cached);
  void speculated(const Speculation& speculation) { result_.speculation = speculation; }
  bool stopped() const { return stops_.matched(); }
  uint64_t tokens() const { return n_tokens_; }
  text::Phase phase() const { return splitter_.phase(); }  // of the next token
  void thought_ended(ThoughtEnd end) { result_.thought_end = end; }
  // Lets go what was held back, sends the last event, and closes the account.
  Generation finish(FinishReason reason);

 private:
  using Clock = std::chrono::steady_clock;

  double elapsed_ms() const;
  bool send(Phase phase, std::string_view text, TokenId token, bool inserted = false);
  bool emit(const std::vector<text::ThinkSplitter::Piece>& pieces, TokenId token, bool inserted);
  FinishReason explained(FinishReason reason) const;
  void close_account(FinishReason reason);

  const Model::Impl& model_;
  const EventCallback& on_event_;
  bool silent_ = false;
  text::ThinkSplitter splitter_;
  StopMatcher stops_;
  Clock::time_point start_;
  uint64_t n_tokens_ = 0;
  uint64_t n_replayed_ = 0;  // of them, generated before
  double last_token_ms_ = 0;
  Generation result_;
};

}  // namespace reckon::run
