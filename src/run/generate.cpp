#include "run/generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "run/emitter.hpp"
#include "run/sampler.hpp"
#include "run/speculate.hpp"

namespace reckon::run {
namespace {

// Positions that are computed already: the common beginning, less the last prompt token, whose logits are
// needed.
size_t keep_common_prefix(SessionState& s, std::span<const TokenId> prompt) {
  auto end = std::mismatch(s.cached.begin(), s.cached.end(), prompt.begin(), prompt.end()).first;
  size_t common = std::min(static_cast<size_t>(end - s.cached.begin()), prompt.size() - 1);
  s.cached.resize(common);
  s.engine.rewind(s.sequence, common);
  return common;
}

// Appends tokens to the sequence; the logits after the last one are wanted.
void step(SessionState& s, std::span<const TokenId> tokens, bool want_logits) {
  std::vector<BatchRow> rows;
  for (TokenId t : tokens) rows.push_back({s.sequence, t, false});
  rows.back().logits = want_logits;
  s.engine.forward(rows);
  s.cached.insert(s.cached.end(), tokens.begin(), tokens.end());
}

// false: cancelled on the way.
bool prefill(SessionState& s, std::span<const TokenId> prompt, Emitter& emitter) {
  for (size_t done = s.cached.size(); done < prompt.size();) {
    if (s.cancelled || !emitter.prompt(done, prompt.size())) return false;
    size_t n = std::min(s.prefill_chunk, prompt.size() - done);
    done += n;
    step(s, prompt.subspan(done - n, n), done == prompt.size());
  }
  return emitter.prompt(prompt.size(), prompt.size());
}

void check(const SessionState& s, const Prompt& prompt) {
  if (prompt.tokens.empty()) throw Error(ErrorCode::invalid_argument, "the prompt is empty");
  if (prompt.tokens.size() >= s.context) {
    throw Error(ErrorCode::context_full,
                fmt::format("the prompt has {} tokens; the context of {} leaves no room for "
                            "an answer",
                            prompt.tokens.size(), s.context));
  }
}

// Samples up to `most` tokens.
FinishReason decode(SessionState& s, Sampler& sampler, Speculator& speculator, Emitter& emitter,
                    uint64_t most) {
  while (!s.cancelled) {
    TokenId token = sampler.sample(s.engine.logits(speculator.row()));
    if (s.model.is_end_token(token)) return FinishReason::stop;
    sampler.accept(token);
    bool go_on = emitter.token(token);
    if (emitter.stopped()) return FinishReason::stop;
    if (emitter.tokens() >= most) return FinishReason::length;
    if (!go_on || s.cancelled) break;
    speculator.advance(token, most - emitter.tokens() - 1);
    s.cached.push_back(token);
  }
  return FinishReason::cancelled;
}

}  // namespace

Generation generate(SessionState& s, const Prompt& prompt, const GenerateOptions& options,
                    const EventCallback& on_event) {
  check(s, prompt);
  const Model::Impl& model = s.model.impl();
  Sampler sampler(options.sampling, model.tokenizer.size(), *model.network.kernels);
  DraftPolicy policy(options.draft_tokens);
  Emitter emitter(model, prompt.start, options, on_event);
  s.cancelled = false;
  for (TokenId t : prompt.tokens) sampler.accept(t);
  size_t cached = keep_common_prefix(s, prompt.tokens);
  bool running = prefill(s, prompt.tokens, emitter);
  emitter.prefilled(prompt.tokens.size(), cached);
  if (!running) return emitter.finish(FinishReason::cancelled);
  DraftIndex index(1);
  if (!policy.off()) index.append(0, prompt.tokens);
  Speculator speculator(s.engine, s.sequence, index, 0, policy);
  uint64_t room = s.context - prompt.tokens.size();
  uint64_t most = options.max_tokens == 0 ? room : std::min(options.max_tokens, room);
  FinishReason reason = decode(s, sampler, speculator, emitter, most);
  emitter.speculated(speculator.counts());
  return emitter.finish(reason);
}

}  // namespace reckon::run
