#include "run/generate.hpp"

#include <algorithm>

#include "run/step.hpp"
#include "run/turn.hpp"

namespace reckon::run {
namespace {

// Positions that are computed already: the common beginning, less the last prompt token, whose logits are
// needed.
void keep_common_prefix(SessionState& s, std::span<const TokenId> prompt) {
  auto end = std::mismatch(s.cached.begin(), s.cached.end(), prompt.begin(), prompt.end()).first;
  size_t common = std::min(static_cast<size_t>(end - s.cached.begin()), prompt.size() - 1);
  s.rewind(common);
}

// `begin`: a Prompt, or an OpenTurn to go on with.
template <class Begin>
Generation drive(SessionState& s, const Begin& begin, const GenerateOptions& options,
                 const EventCallback& on_event) {
  if (!begin.tokens.empty()) keep_common_prefix(s, begin.tokens);
  DraftPolicy policy(options.draft_tokens);
  DraftIndex index(1);
  Turn turn({s.model, s.engine, s.sequence, s.cached, s.context, s.requests, index, 0, policy, &s.open_turn},
            begin, options, on_event);
  Turn* const turns[] = {&turn};
  while (turn.running()) step(s.engine, turns, s.prefill_chunk);
  if (turn.came_to_its_end()) {
    s.open_turn.reset();
  } else {
    s.open_turn->state.added_budget = s.requests.added_budget;
  }
  return turn.finish();
}

}  // namespace

Generation generate(SessionState& s, const Prompt& prompt, const GenerateOptions& options,
                    const EventCallback& on_event) {
  s.requests.clear();
  return drive(s, prompt, options, on_event);
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
  return drive(s, begun, same_seed, on_event);
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
