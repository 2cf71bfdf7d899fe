#include "run/sample_group.hpp"

#include <fmt/format.h>

namespace reckon::run {
namespace {

constexpr uint32_t kMostSamples = 65'536;

Prompt make_prompt(const Model& model, const BatchRequest& request) {
  if (request.samples < 1 || request.samples > kMostSamples) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("samples {}; expected 1 to {}", request.samples, kMostSamples));
  }
  if (int{!request.messages.empty()} + request.text.has_value() + request.tokens.has_value() > 1) {
    throw Error(ErrorCode::invalid_argument, "a request has messages or a text or tokens, not several");
  }
  const bool no_think = skips_thought(request.options);
  if (request.tokens) return token_prompt(model, *request.tokens, request.options.no_think);
  if (request.text) return text_prompt(model, *request.text, no_think);
  return chat_prompt(model, request.messages, no_think);
}

std::shared_ptr<const constrain::CompiledForm> form_of(const Model& model, const GenerateOptions& options) {
  if (options.answer_form.kind == AnswerForm::Kind::none) return nullptr;
  return model.impl().answer_forms().cache.get(options.answer_form);
}

}  // namespace

Sample::Sample(SampleGroup& group, uint32_t index, OwnedSequence sequence, std::vector<TokenId> cached)
    : group_(group), index_(index), sequence_(std::move(sequence)), cached_(std::move(cached)) {
  if (group.request_.on_event) {
    on_event_ = [&group, index](const Event& event) { return group.request_.on_event(index, event); };
  }
  GenerateOptions options = group.request_.options;
  options.sampling.seed = group.seed(index);
  turn_.emplace(TurnPlace{.model = group.model_,
                          .engine = group.engine_,
                          .sequence = sequence_.id(),
                          .cached = cached_,
                          .context = group.context_,
                          .requests = requests_,
                          .drafts = group.drafts_,
                          .history = index,
                          .draft_policy = group.draft_policy_,
                          .form = group.form_},
                group.prompt_, options, on_event_);
}

SampleGroup::SampleGroup(RequestId id, const Model& model, Engine& engine, uint64_t context,
                         BatchRequest request)
    : id_(id),
      model_(model),
      engine_(engine),
      context_(context),
      request_(std::move(request)),
      prompt_(make_prompt(model, request_)),
      form_(form_of(model, request_.options)),
      drafts_(request_.samples),
      draft_policy_(request_.options.draft_tokens) {
  check(prompt_, request_.options, context, model.impl());
}

SampleGroup::~SampleGroup() {
  samples_.clear();
  drop_prompt();
}

Sample* SampleGroup::begin_next() {
  while (dropped_.erase(n_begun_) > 0) n_begun_++;
  if (n_waiting() == 0 || (leader_ != nullptr && !kept_prompt_)) return nullptr;
  std::vector<TokenId> cached;
  if (kept_prompt_) cached.assign(prompt_.tokens.begin(), prompt_.tokens.end() - 1);
  OwnedSequence sequence(engine_, kept_prompt_ ? engine_.fork(*kept_prompt_) : engine_.add_sequence());
  auto sample = std::make_unique<Sample>(*this, n_begun_, std::move(sequence), std::move(cached));
  Sample* begun = sample.get();
  samples_.emplace(n_begun_, std::move(sample));
  begun->requests().cancelled = cancelled_.erase(n_begun_) > 0 || all_cancelled_;
  n_begun_++;
  if (!kept_prompt_) leader_ = begun;
  if (n_waiting() == 0) drop_prompt();
  return begun;
}

void SampleGroup::keep_prompt() {
  if (leader_ == nullptr || leader_->turn().in_prompt()) return;
  if (n_waiting() > 0) {
    kept_prompt_ = engine_.fork(leader_->sequence());
    engine_.rewind(*kept_prompt_, prompt_.tokens.size() - 1);
  }
  leader_ = nullptr;
}

bool SampleGroup::drop_prompt() {
  if (!kept_prompt_) return false;
  engine_.remove(*std::exchange(kept_prompt_, std::nullopt));
  return true;
}

void SampleGroup::remove(Sample& sample) {
  if (&sample == leader_) leader_ = nullptr;
  samples_.erase(sample.index());
}

void SampleGroup::cancel() {
  all_cancelled_ = true;
  for (auto& [index, sample] : samples_) sample->requests().cancelled = true;
}

void SampleGroup::cancel(uint32_t index) {
  if (Sample* sample = find(index)) {
    sample->requests().cancelled = true;
  } else if (index >= n_begun_ && index < request_.samples && !dropped_.contains(index)) {
    cancelled_.insert(index);
  }
}

uint32_t SampleGroup::n_cancelled() const {
  return all_cancelled_ ? n_waiting() : static_cast<uint32_t>(cancelled_.size());
}

Sample* SampleGroup::find(uint32_t index) {
  const auto found = samples_.find(index);
  return found == samples_.end() ? nullptr : found->second.get();
}

}  // namespace reckon::run
