#include "run/turn.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "run/reserve_more.hpp"

namespace reckon::run {
namespace {

uint64_t most_tokens(size_t n_prompt, size_t n_generated, const GenerateOptions& options, uint64_t context) {
  if (n_prompt == 0) throw Error(ErrorCode::invalid_argument, "the prompt is empty");
  const size_t tokens = n_prompt + n_generated;
  if (tokens >= context) {
    throw Error(ErrorCode::context_full,
                fmt::format("the prompt has {} tokens; the context of {} leaves no room for an answer",
                            tokens, context));
  }
  const uint64_t room = context - n_prompt, wanted = options.max_tokens;
  if (wanted == 0) return room;
  if (wanted > n_generated) return std::min(wanted, room);
  return wanted < room - n_generated ? n_generated + wanted : room;
}

std::vector<TokenId> joined(std::span<const TokenId> first, std::span<const TokenId> second) {
  std::vector<TokenId> tokens(first.begin(), first.end());
  tokens.insert(tokens.end(), second.begin(), second.end());
  return tokens;
}

std::optional<AnswerConstraint> constraint_for(const GenerateOptions& options, const Model::Impl& model,
                                               std::shared_ptr<const constrain::CompiledForm> form) {
  if (options.answer_form.kind == AnswerForm::Kind::none) return std::nullopt;
  if (!form) form = model.answer_forms().cache.get(options.answer_form);
  return std::optional<AnswerConstraint>(std::in_place, model, std::move(form), !skips_thought(options));
}

SamplingOptions in_thought(const GenerateOptions& options, const text::Tokenizer& tokenizer) {
  SamplingOptions sampling = with(options.sampling, options.thinking_sampling);
  if (options.thinking.hesitation_bias == 0) return sampling;
  for (TokenId t : hesitation_tokens(tokenizer)) {
    sampling.logit_bias.emplace_back(t, options.thinking.hesitation_bias);
  }
  return sampling;
}

}  // namespace

void check(const Prompt& prompt, const GenerateOptions& options, uint64_t context, const Model::Impl& model) {
  most_tokens(prompt.tokens.size(), 0, options, context);
  check_all_but_form(options, model.tokenizer.size());
  check_budget_message(options.thinking, model.think_tags);
  constraint_for(options, model, nullptr);
}

Turn::Turn(const TurnPlace& place, const Prompt& prompt, std::span<const TokenId> generated,
           const GenerateOptions& options, const EventCallback& on_event)
    : place_(place),
      prompt_(joined(prompt.tokens, generated)),
      n_prompt_(prompt.tokens.size()),
      most_(most_tokens(n_prompt_, generated.size(), options, place.context)),
      n_cached_(place.cached.size()),
      thinking_sampling_(in_thought(options, place.model.impl().tokenizer)),
      answer_sampling_(with(options.sampling, options.answer_sampling)),
      sampler_(answer_sampling_, place.model.impl().tokenizer.size(), *place.model.impl().network.kernels),
      thought_(options.thinking, place.model.impl().tokenizer, place.model.impl().think_tags, most_),
      constraint_(constraint_for(options, place.model.impl(), place.form)),
      speculator_(place.engine, place.sequence, place.drafts, place.history, place.draft_policy),
      emitter_(place.model.impl(), prompt.start, options, on_event, place.began) {
  validate(thinking_sampling_, place.model.impl().tokenizer.size());
  for (TokenId t : prompt_) sampler_.accept(t);
  if (!place.draft_policy.off()) place.drafts.append(place.history, prompt_);
}

Turn::Turn(const TurnPlace& place, const Prompt& prompt, const GenerateOptions& options,
           const EventCallback& on_event)
    : Turn(place, prompt, {}, options, on_event) {
  // Chat prompts close the thought themselves; one of tokens may have opened it.
  if (options.thinking.budget == 0 && emitter_.phase() == text::Phase::thinking) due_ = ThoughtEnd::budget;
  if (place.record == nullptr) return;
  place.record->emplace(OpenTurn{prompt.tokens,
                                 {.prompt_tokens = prompt.tokens.size(),
                                  .starts_in_thought = prompt.start == text::Phase::thinking,
                                  .seed = options.sampling.seed}});
}

Turn::Turn(const TurnPlace& place, const OpenTurn& begun, const GenerateOptions& options,
           const EventCallback& on_event)
    : Turn(place, begun.prompt(), begun.generated(), options, on_event) {
  replay(begun);
  const bool closing = begun.state.inserted > 0;
  if (skips_thought(options) && emitter_.phase() == text::Phase::thinking && !closing)
    due_ = ThoughtEnd::budget;
  if (place.record != nullptr) *place.record = begun;
}

// All that a turn knows follows from its tokens; what the answer's form allowed is asked again, since it may
// be read in fewer ways from there on. The thought's end is looked for behind the last one: it may
// be due there, or not be due any more, with other options.
void Turn::replay(const OpenTurn& begun) {
  sampler_.skip(begun.state.draws);
  for (size_t i = 0; i < begun.generated().size(); i++) {
    const TokenId token = begun.generated()[i];
    const text::Phase before = emitter_.phase();
    const bool thinks = before == text::Phase::thinking, inserted = begun.is_inserted(i);
    if (constraint_ && !inserted) constraint_->allowed(before);
    emitter_.replay(token, inserted);
    if (constraint_) constraint_->accept(token, before, emitter_.phase());
    due_.reset();
    if (thinks && !inserted && emitter_.phase() == text::Phase::thinking) {
      due_ = thought_.accept(token, emitter_.tokens(), place_.requests);
    }
  }
  if (begun.state.inserted > 0) closed(begun.state.thought_end);
}

// False ends the turn; so does what the callback throws.
bool Turn::tell_progress(size_t done) {
  try {
    if (emitter_.prompt(done, prompt_.size())) return true;
    end(FinishReason::cancelled);
  } catch (...) {
    failure_ = std::current_exception();
  }
  return false;
}

void Turn::add_rows(size_t most_prompt, size_t most_drafts, std::vector<BatchRow>& rows) {
  if (cancelled()) return end(FinishReason::cancelled);
  if (state_ == State::decoding) {
    const uint64_t room = left() - 1;  // behind the draft there is a token to choose
    speculator_.add_rows(pending_, static_cast<size_t>(std::min<uint64_t>(most_drafts, room)), rows);
    return reserve_more(place_.cached, pending_.size() + speculator_.drafted());
  }
  const size_t done = place_.cached.size();
  if (!begun_ && !tell_progress(done)) return;
  n_rows_ = std::min(most_prompt, prompt_.size() - done);
  reserve_more(place_.cached, n_rows_);
  for (size_t i = 0; i < n_rows_; i++) rows.push_back({place_.sequence, prompt_[done + i], false});
  rows.back().logits = done + n_rows_ == prompt_.size();
}

// The step is done for all turns or for none: nothing outside of the try can fail.
size_t Turn::computed(size_t logits) {
  const size_t n_logits = state_ == State::prompt ? prompt_computed() : 1 + speculator_.drafted();
  if (n_logits == 0) return 0;
  speculator_.computed(logits);
  place_.cached.insert(place_.cached.end(), pending_.begin(), pending_.end());
  pending_.clear();
  try {
    if (begun_ || begin()) choose_tokens();
  } catch (...) {
    failure_ = std::current_exception();
  }
  return n_logits;
}

// The number of logits there are.
size_t Turn::prompt_computed() {
  const auto begin = prompt_.begin() + static_cast<std::ptrdiff_t>(place_.cached.size());
  place_.cached.insert(place_.cached.end(), begin, begin + static_cast<std::ptrdiff_t>(n_rows_));
  n_rows_ = 0;
  if (place_.cached.size() < prompt_.size()) return 0;
  state_ = State::decoding;
  return 1;
}

// False ends the turn.
bool Turn::begin() {
  begun_ = true;
  const bool go_on = emitter_.prompt(prompt_.size(), prompt_.size());
  emitter_.prefilled();
  if (!go_on) end(FinishReason::cancelled);
  if (go_on && due_) close_thought(*due_);
  return go_on;
}

void Turn::evict() {
  speculator_.settle();
  if (state_ == State::decoding) {
    prompt_ = place_.cached;
    prompt_.insert(prompt_.end(), pending_.begin(), pending_.end());
    pending_.clear();
    state_ = State::prompt;
  }
  place_.cached.clear();
  place_.engine.rewind(place_.sequence, 0);
  if (!begun_) n_cached_ = 0;
}

// As far as the logits go: past the first token there are those of drafts that came true.
void Turn::choose_tokens() {
  while (running() && pending_.empty()) choose_token();
}

void Turn::choose_token() {
  if (cancelled()) return end(FinishReason::cancelled);
  if (is_complete()) return end(FinishReason::stop);
  const bool thinks = emitter_.phase() == text::Phase::thinking;
  sampler_.use(thinks ? thinking_sampling_ : answer_sampling_);
  const auto allowed = constraint_ ? constraint_->allowed(emitter_.phase()) : std::span<const uint64_t>();
  const TokenId token = sampler_.sample(place_.engine.logits(speculator_.row()), allowed);
  if (place_.model.is_end_token(token)) return end(FinishReason::stop);
  sampler_.accept(token);
  record(token);
  const bool go_on = emit(token, false);
  if (emitter_.stopped() || is_complete()) return end(FinishReason::stop);
  if (left() == 0) return end(FinishReason::length);
  if (!go_on || cancelled()) return end(FinishReason::cancelled);
  append(token);
  if (thinks && emitter_.phase() == text::Phase::thinking) {
    const auto why = thought_.accept(token, emitter_.tokens(), place_.requests);
    if (why) close_thought(*why);
  }
}

bool Turn::emit(TokenId token, bool inserted) {
  const text::Phase before = emitter_.phase();
  const bool go_on = emitter_.accept(token, inserted);
  if (constraint_) constraint_->accept(token, before, emitter_.phase());
  return go_on;
}

bool Turn::is_complete() { return constraint_ && constraint_->is_complete(emitter_.phase()); }

void Turn::append(TokenId token) {
  if (speculator_.take(token)) {
    place_.cached.push_back(token);
  } else {
    pending_.push_back(token);
  }
}

void Turn::close_thought(ThoughtEnd why) {
  const std::vector<TokenId> tokens = thought_.closing(left());
  if (tokens.empty()) return;
  record_closing(tokens, why);
  for (TokenId t : tokens) {
    sampler_.accept(t);
    speculator_.insert(t);
    pending_.push_back(t);
    if (!emit(t, true)) end(FinishReason::cancelled);
  }
  closed(why);
}

// The model can't open another thought.
void Turn::closed(ThoughtEnd why) {
  emitter_.thought_ended(why);
  const text::ThinkTags& tags = place_.model.impl().think_tags;
  if (tags.open_id) sampler_.forbid(*tags.open_id);
}

void Turn::record(TokenId token) {
  if (place_.record == nullptr) return;
  OpenTurn& turn = **place_.record;
  turn.tokens.push_back(token);
  turn.state.draws = sampler_.draws();
}

// All of them or none: whoever goes on with the turn finds a thought that is closed or one that is not.
void Turn::record_closing(std::span<const TokenId> tokens, ThoughtEnd why) {
  if (place_.record == nullptr) return;
  OpenTurn& turn = **place_.record;
  const size_t begin = turn.generated().size();
  turn.tokens.insert(turn.tokens.end(), tokens.begin(), tokens.end());
  turn.state.inserted_begin = begin;
  turn.state.inserted = tokens.size();
  turn.state.thought_end = why;
}

Generation Turn::finish() {
  speculator_.settle();
  if (failure_) std::rethrow_exception(failure_);
  emitter_.had_prompt(n_prompt_, std::min(n_cached_, n_prompt_));
  emitter_.speculated(speculator_.counts());
  return emitter_.finish(*reason_);
}

}  // namespace reckon::run
