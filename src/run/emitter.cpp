#include "run/emitter.hpp"

namespace reckon::run {

Emitter::Emitter(const Model::Impl& model, text::Phase start, const GenerateOptions& options,
                 const EventCallback& on_event, Clock::time_point began)
    : model_(model),
      on_event_(on_event),
      splitter_(model.think_tags, start),
      stops_(options.stop),
      start_(began) {
  result_.seed = options.sampling.seed;
}

double Emitter::elapsed_ms() const {
  return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
}

bool Emitter::send(Phase phase, std::string_view text, TokenId token, bool inserted) {
  if (!on_event_ || silent_) return true;
  Event event;
  event.phase = phase;
  event.text = text;
  event.token = token;
  event.inserted = inserted;
  event.t_ms = elapsed_ms();
  return on_event_(event);
}

bool Emitter::prompt(uint64_t done, uint64_t total) {
  if (!on_event_) return true;
  Event event;
  event.t_ms = elapsed_ms();
  event.prompt_done = done;
  event.prompt_total = total;
  return on_event_(event);
}

void Emitter::replay(TokenId id, bool inserted) {
  silent_ = true;
  accept(id, inserted);
  n_replayed_++;
  silent_ = false;
}

void Emitter::prefilled() { result_.timing.prefill_ms = elapsed_ms(); }

void Emitter::had_prompt(uint64_t tokens, uint64_t cached) {
  result_.usage.prompt_tokens = tokens;
  result_.usage.cached_tokens = cached;
}

bool Emitter::accept(TokenId token, bool inserted) {
  n_tokens_++;
  result_.usage.inserted_tokens += static_cast<uint64_t>(inserted);
  last_token_ms_ = elapsed_ms();
  const text::Phase before = splitter_.phase();
  // A control token chosen in the middle of a text (at a high temperature) is not part of what it says.
  const bool control = model_.tokenizer.kind(token) == text::TokenKind::control;
  auto pieces = splitter_.feed(token, control ? std::string_view() : model_.tokenizer.bytes(token));
  const bool thinks = splitter_.phase() == text::Phase::thinking;
  if (before == text::Phase::thinking && !thinks && !inserted) thought_ended(ThoughtEnd::model);
  if (!pieces.empty()) return emit(pieces, token, inserted);
  return send(thinks ? Phase::thinking : Phase::answer, {}, token, inserted);
}

// The token goes with the first piece it completes. Stop strings are looked for in the answer only.
bool Emitter::emit(const std::vector<text::ThinkSplitter::Piece>& pieces, TokenId token, bool inserted) {
  bool go_on = true;
  for (const auto& piece : pieces) {
    bool thinking = piece.phase == text::Phase::thinking;
    std::string text = thinking ? piece.text : stops_.feed(piece.text);
    (thinking ? result_.thinking : result_.answer) += text;
    double& first = thinking ? result_.timing.first_thought_ms : result_.timing.first_answer_ms;
    if (first < 0 && !text.empty() && !silent_) first = elapsed_ms();
    if (go_on) go_on = send(thinking ? Phase::thinking : Phase::answer, text, token, inserted);
    token = -1;
  }
  return go_on;
}

// With what became of the thought.
FinishReason Emitter::explained(FinishReason reason) const {
  if (reason == FinishReason::length && result_.ended_in_thinking) return FinishReason::length_in_thinking;
  if (reason != FinishReason::stop) return reason;
  switch (result_.thought_end) {
    case ThoughtEnd::budget:
    case ThoughtEnd::reserve: return FinishReason::budget;
    case ThoughtEnd::loop: return FinishReason::loop;
    default: return reason;
  }
}

Generation Emitter::finish(FinishReason reason) {
  bool in_thinking = splitter_.phase() == text::Phase::thinking;
  if (!stopped()) {
    bool go_on = emit(splitter_.finish(), -1, false);
    std::string rest = stops_.finish();
    result_.answer += rest;
    if (go_on && !rest.empty()) send(Phase::answer, rest, -1);
  }
  result_.ended_in_thinking = in_thinking && result_.answer.empty();
  close_account(explained(reason));
  send(Phase::done, {}, -1);
  return std::move(result_);
}

void Emitter::close_account(FinishReason reason) {
  result_.finish_reason = reason;
  result_.usage.thinking_tokens = splitter_.thinking_tokens();
  result_.usage.answer_tokens = splitter_.answer_tokens();
  Timing& t = result_.timing;
  t.total_ms = elapsed_ms();
  auto per_second = [](uint64_t tokens, double ms) {
    return ms > 0 ? static_cast<double>(tokens) * 1000 / ms : 0;
  };
  result_.prefill_tok_s = per_second(result_.usage.prompt_tokens - result_.usage.cached_tokens, t.prefill_ms);
  const uint64_t n_new = n_tokens_ - n_replayed_;
  if (n_new > 1) result_.decode_tok_s = per_second(n_new - 1, last_token_ms_ - t.prefill_ms);
}

}  // namespace reckon::run
