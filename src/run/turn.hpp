// One generation of one sequence, a step at a time: which rows it wants computed, what it makes of the
// logits. Whoever owns the engine puts the rows of one turn or of many into a step (run/step.hpp).
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <vector>

#include <reckon/engine.hpp>
#include <reckon/event.hpp>
#include <reckon/generation.hpp>

#include "run/answer_constraint.hpp"
#include "run/draft_index.hpp"
#include "run/emitter.hpp"
#include "run/prompt.hpp"
#include "run/sampler.hpp"
#include "run/speculate.hpp"
#include "run/thought_control.hpp"

namespace reckon::run {

// Where a turn runs. All of it outlives the turn.
struct TurnPlace {
  const Model& model;
  Engine& engine;
  SequenceId sequence;
  std::vector<TokenId>& cached;  // tokens at the sequence's positions; the prompt's beginning to start with
  uint64_t context;              // most positions
  Requests& requests;
  DraftIndex& drafts;  // history `history` is empty
  size_t history;
  DraftPolicy& draft_policy;
  // The turn's record, for whoever wants to go on with it later; the turn makes it when it begins.
  std::optional<OpenTurn>* record = nullptr;
  // The answer's form where it is compiled already; else the turn has it compiled.
  std::shared_ptr<const constrain::CompiledForm> form = nullptr;
  // When it began, for the account: before what it was made ready with.
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

// Throws Error(invalid_argument) for an option out of range; the answer's form is not looked at.
void check_all_but_form(const GenerateOptions& options, uint64_t vocab_size);
// Throws what Turn's constructor throws, before anything has changed.
void check(const Prompt& prompt, const GenerateOptions& options, uint64_t context, const Model::Impl& model);

class Turn {
 public:
  // `on_event` outlives the turn. Throws Error: invalid_argument naming the option, context_full (the prompt
  // leaves no room).
  Turn(const TurnPlace& place, const Prompt& prompt, const GenerateOptions& options,
       const EventCallback& on_event);
  // Goes on with one that was ended before its end. max_tokens is of both parts; where the first has used it
  // up, there are as many tokens again.
  Turn(const TurnPlace& place, const OpenTurn& begun, const GenerateOptions& options,
       const EventCallback& on_event);

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool running() const { return !reason_ && !failure_; }
  bool in_prompt() const { return state_ == State::prompt; }
  bool cancelled() const { return place_.requests.cancelled; }
  // Appends the rows it wants next: at most `most_prompt` of the prompt; or the tokens chosen last and at
  // most `most_drafts` behind them. Ends the turn instead if it was cancelled.
  void add_rows(size_t most_prompt, size_t most_drafts, std::vector<BatchRow>& rows);
  size_t drafted_rows() const { return speculator_.drafted(); }
  DraftPolicy& draft_policy() { return place_.draft_policy; }
  // The rows were computed; `logits` of the step's logits came before theirs. Returns how many were theirs.
  // Chooses tokens as far as their logits are there. What the sampler or the callback throws ends the turn.
  size_t computed(size_t logits);
  // Its sequence is emptied. The tokens are computed again, as a prompt is, when the turn goes on.
  void evict();
  // The rows of drafts will not be computed.
  void drop_drafts() { speculator_.drop_drafts(); }
  // Not running any more, and there is nothing to go on with.
  bool came_to_its_end() const { return reason_ == FinishReason::stop; }
  // The account, once it is not running any more. Throws what ended the turn if anything was thrown.
  Generation finish();

 private:
  enum class State : uint8_t { prompt, decoding };

  Turn(const TurnPlace& place, const Prompt& prompt, std::span<const TokenId> generated,
       const GenerateOptions& options, const EventCallback& on_event);
  void replay(const OpenTurn& begun);
  bool tell_progress(size_t done);
  size_t prompt_computed();
  bool begin();
  void choose_tokens();
  void choose_token();
  bool emit(TokenId token, bool inserted);
  bool is_complete();
  void close_thought(ThoughtEnd why);
  void closed(ThoughtEnd why);
  void record(TokenId token);
  void record_closing(std::span<const TokenId> tokens, ThoughtEnd why);
  void append(TokenId token);
  void end(FinishReason reason) { reason_ = reason; }
  uint64_t left() const { return most_ - std::min(most_, emitter_.tokens()); }

  TurnPlace place_;
  std::vector<TokenId> prompt_;  // with what was generated before; after evict(): all tokens so far
  size_t n_prompt_;              // without it
  uint64_t most_;                // tokens to generate
  std::optional<FinishReason> reason_;
  std::exception_ptr failure_;
  bool begun_ = false;  // a token was chosen, or could have been
  State state_ = State::prompt;
  size_t n_cached_;                // of the prompt, when the turn began
  size_t n_rows_ = 0;              // of the prompt, in the step that is being computed
  std::optional<ThoughtEnd> due_;  // the thought is to be closed when the prompt is computed
  std::vector<TokenId> pending_;   // chosen or put in, and not in the sequence yet
  SamplingOptions thinking_sampling_, answer_sampling_;
  Sampler sampler_;
  ThoughtControl thought_;
  std::optional<AnswerConstraint> constraint_;
  Speculator speculator_;
  Emitter emitter_;
};

}  // namespace reckon::run
