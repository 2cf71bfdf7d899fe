#include "run/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "run/prompt_prefix.hpp"
#include "run/step.hpp"
#include "support/quoted.hpp"

namespace reckon::run {
namespace {

// Positions that are computed already: the common beginning, less the last prompt token, whose logits are
// needed.
void keep_common_prefix(SessionState& s, std::span<const TokenId> prompt) {
  if (prompt.empty()) return;
  auto end = std::mismatch(s.cached.begin(), s.cached.end(), prompt.begin(), prompt.end()).first;
  size_t common = std::min(static_cast<size_t>(end - s.cached.begin()), prompt.size() - 1);
  s.rewind(common);
}

}  // namespace

ActiveTurn::ActiveTurn(SessionState& s, const store::PromptCache* prompts, const GenerateOptions& options)
    : in_use_(s.in_use, SessionState::kInUse), session_(s), prompts_(prompts), policy_(options.draft_tokens) {
  s.requests.clear();
}

// Whatever ended it, it may be resumed with the budget it had. One that was refused leaves the turn before it
// as it was.
ActiveTurn::~ActiveTurn() {
  if (turn_ && session_.open_turn) session_.open_turn->state.added_budget = session_.requests.added_budget;
}

TurnPlace ActiveTurn::place() {
  SessionState& s = session_;
  return {.model = s.model,
          .engine = s.engine,
          .sequence = s.sequence,
          .cached = s.cached,
          .context = s.context,
          .requests = s.requests,
          .drafts = index_,
          .history = 0,
          .draft_policy = policy_,
          .record = &s.open_turn,
          .began = began_};
}

ActiveTurn::ActiveTurn(SessionState& s, const store::PromptCache* prompts, const Prompt& prompt,
                       const GenerateOptions& options, const EventCallback& on_event)
    : ActiveTurn(s, prompts, options) {
  prompt_ = &prompt;
  check(prompt, options, s.context, s.model.impl());
  if (prompts != nullptr) load_prefix(s, *prompts, prompt.tokens, notes_);
  keep_common_prefix(s, prompt.tokens);
  turn_.emplace(place(), prompt, options, on_event);
}

ActiveTurn::ActiveTurn(SessionState& s, const OpenTurn& begun, const GenerateOptions& options,
                       const EventCallback& on_event)
    : ActiveTurn(s, nullptr, options) {
  s.requests.added_budget = begun.state.added_budget;
  check_all_but_form(options, s.model.impl().tokenizer.size());
  keep_common_prefix(s, begun.tokens);
  turn_.emplace(place(), begun, options, on_event);
}

void ActiveTurn::step() {
  Turn* const turns[] = {&*turn_};
  run::step(session_.engine, turns, session_.prefill_chunk);
}

// What the turn has come to. Where logits are no numbers, it may be what was restored, and not the model.
Generation ActiveTurn::result() {
  try {
    return turn_->finish();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_numbers || session_.restored_from.empty()) throw;
    throw Error(error.code(), fmt::format("{}; the state restored from {} may be damaged", error.what(),
                                          support::quoted(session_.restored_from, 256)));
  }
}

Generation ActiveTurn::finish() {
  while (turn_->running()) step();
  if (turn_->came_to_its_end()) session_.open_turn.reset();
  Generation generation = result();
  if (prompts_ != nullptr) keep_prefix(session_, *prompts_, prompt_->tokens, notes_);
  generation.notes = std::move(notes_);
  return generation;
}

Generation resume(SessionState& s, const GenerateOptions& options, const EventCallback& on_event) {
  s.require_idle();
  if (!s.open_turn) {
    throw Error(ErrorCode::invalid_argument, "resume: no generation was ended before its end");
  }
  const OpenTurn begun = *s.open_turn;
  GenerateOptions same_seed = options;
  same_seed.sampling.seed = begun.state.seed;
  return ActiveTurn(s, begun, same_seed, on_event).finish();
}

}  // namespace reckon::run
