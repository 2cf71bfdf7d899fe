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
  s.cached.resize(common);
  s.engine.rewind(s.sequence, common);
}

}  // namespace

Generation generate(SessionState& s, const Prompt& prompt, const GenerateOptions& options,
                    const EventCallback& on_event) {
  if (!prompt.tokens.empty()) keep_common_prefix(s, prompt.tokens);
  s.requests.clear();
  DraftPolicy policy(options.draft_tokens);
  DraftIndex index(1);
  Turn turn({s.model, s.engine, s.sequence, s.cached, s.context, s.requests, index, 0, policy}, prompt,
            options, on_event);
  Turn* const turns[] = {&turn};
  while (turn.running()) step(s.engine, turns, s.prefill_chunk);
  return turn.finish();
}

}  // namespace reckon::run
