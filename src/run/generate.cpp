#include "run/generate.hpp"

#include <algorithm>

#include "run/step.hpp"

namespace reckon::run {
namespace {

// Positions that are computed already: the common beginning, less the last prompt token, whose logits are
// needed.
void keep_common_prefix(SessionState& s, std::span<const TokenId> prompt) {
  auto end = std::mismatch(s.cached.begin(), s.cached.end(), prompt.begin(), prompt.end()).first;
  size_t common = std::min(static_cast<size_t>(end - s.cached.begin()), prompt.size() - 1);
  s.rewind(common);
}

}  // namespace

template <class Begin>
ActiveTurn::ActiveTurn(SessionState& s, const Begin& begin, const GenerateOptions& options,
                       const EventCallback& on_event)
    : session_(s), policy_(options.draft_tokens) {
  if (!begin.tokens.empty()) keep_common_prefix(s, begin.tokens);
  turn_.emplace(TurnPlace{s.model, s.engine, s.sequence, s.cached, s.context, s.requests, index_, 0, policy_,
                          &s.open_turn},
                begin, options, on_event);
}

template ActiveTurn::ActiveTurn(SessionState&, const Prompt&, const GenerateOptions&, const EventCallback&);

void ActiveTurn::step() {
  Turn* const turns[] = {&*turn_};
  run::step(session_.engine, turns, session_.prefill_chunk);
}

Generation ActiveTurn::finish() {
  while (turn_->running()) step();
  if (turn_->came_to_its_end()) {
    session_.open_turn.reset();
  } else {
    session_.open_turn->state.added_budget = session_.requests.added_budget;
  }
  return turn_->finish();
}

Generation generate(SessionState& s, const Prompt& prompt, const GenerateOptions& options,
                    const EventCallback& on_event) {
  s.requests.clear();
  return ActiveTurn(s, prompt, options, on_event).finish();
}

Generation resume(SessionState& s, const GenerateOptions& options, const EventCallback& on_event) {
  if (!s.open_turn) {
    throw Error(ErrorCode::invalid_argument, "resume: no generation was ended before its end");
  }
  const OpenTurn begun = *s.open_turn;
  s.requests.clear();
  s.requests.added_budget = begun.state.added_budget;
  GenerateOptions same_seed = options;
  same_seed.sampling.seed = begun.state.seed;
  return ActiveTurn(s, begun, same_seed, on_event).finish();
}

void SessionState::rewind(uint64_t positions) {
  engine.rewind(sequence, positions);
  cached.resize(positions);
}

void SessionState::append(std::span<const TokenId> tokens) {
  std::vector<BatchRow> rows;
  for (TokenId t : tokens) rows.push_back({sequence, t, false});
  engine.forward(rows);
  cached.insert(cached.end(), tokens.begin(), tokens.end());
}

void SessionState::forget() {
  rewind(0);
  open_turn.reset();
}

}  // namespace reckon::run
