#include <reckon/vote.hpp>

#include <algorithm>
#include <chrono>

#include <reckon/batch.hpp>

#include "support/within_memory.hpp"

namespace reckon {
namespace {

using Clock = std::chrono::steady_clock;

BatchRequest make_request(const GenerateOptions& options, const VoteOptions& vote_options) {
  BatchRequest request;
  request.options = options;
  request.samples = vote_options.samples;
  if (vote_options.early_stop && options.draft_tokens == -1) request.options.draft_tokens = 0;
  return request;
}

// A vote that runs.
class Ballot {
 public:
  Ballot(const Model& model, BatchRequest request, const VoteOptions& options,
         const std::function<bool(const VoteProgress&)>& on_progress);
  VoteResult run();

 private:
  bool on_event(uint32_t sample, const Event& event);
  void take(BatchResult&& result);
  void stop(SampleState rest);
  bool report();
  double elapsed_ms() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
  }
  VoteResult account();

  const Clock::time_point start_ = Clock::now();
  const VoteOptions options_;
  const std::function<bool(const VoteProgress&)>& on_progress_;
  std::vector<VoteSample> samples_;
  Tally tally_{0};
  Batch batch_;
  RequestId request_ = 0;
  SampleState rest_ = SampleState::running;  // what samples that still run become, once stopped
  uint64_t n_steps_ = 0, n_tokens_ = 0, prompt_done_ = 0, prompt_total_ = 0;
  double prompt_ms_ = 0;
};

Ballot::Ballot(const Model& model, BatchRequest request, const VoteOptions& options,
               const std::function<bool(const VoteProgress&)>& on_progress)
    : options_(options),
      on_progress_(on_progress),
      batch_(model,
             {.parallel = options.parallel, .context = options.context, .cache_type = options.cache_type}) {
  const uint64_t seed = request.options.sampling.seed;
  request.on_event = [this](uint32_t sample, const Event& event) { return on_event(sample, event); };
  request_ = batch_.add(std::move(request));  // checks the number of samples
  tally_ = Tally(options.samples);
  samples_.resize(options.samples);
  for (size_t i = 0; i < samples_.size(); i++) samples_[i].seed = seed + i;
}

VoteResult Ballot::run() {
  while (!batch_.idle()) {
    for (BatchResult& result : batch_.step()) take(std::move(result));
    n_steps_++;
    if (rest_ != SampleState::running) continue;
    if (options_.early_stop && tally_.decided()) stop(SampleState::not_needed);
    if (!report()) stop(SampleState::cancelled);
  }
  return account();
}

bool Ballot::on_event(uint32_t sample, const Event& event) {
  VoteSample& s = samples_[sample];
  if (s.state == SampleState::waiting) s.state = SampleState::running;
  if (event.phase == Phase::prompt) {
    prompt_done_ = std::max(prompt_done_, event.prompt_done);
    prompt_total_ = event.prompt_total;
    if (n_tokens_ == 0) prompt_ms_ = elapsed_ms();
  } else if (event.token >= 0) {
    s.tokens++;
    n_tokens_++;
  }
  return true;
}

void Ballot::take(BatchResult&& result) {
  VoteSample& s = samples_[result.sample];
  s.generation = std::move(result.generation);
  if (result.error) {
    s.state = SampleState::failed;
    s.error = result.error->what();
  } else if (s.generation.finish_reason == FinishReason::cancelled) {
    s.state = rest_;
    return;
  } else {
    s.state = SampleState::done;
    const bool whole = s.generation.finish_reason != FinishReason::length;
    if (!s.generation.ended_in_thinking) s.answer = final_answer(s.generation.answer, whole);
    if (s.answer) s.normalised = normalised_answer(*s.answer);
  }
  // Once it is stopped the vote is over, so that what ended meanwhile makes no difference.
  if (rest_ == SampleState::running) tally_.add(result.sample, s.answer);
}

void Ballot::stop(SampleState rest) {
  if (batch_.idle() || rest_ != SampleState::running) return;
  rest_ = rest;
  batch_.cancel(request_);
}

bool Ballot::report() {
  if (!on_progress_) return true;
  return on_progress_({.tally = tally_,
                       .samples = samples_,
                       .running = batch_.running(),
                       .prompt_done = prompt_done_,
                       .prompt_total = prompt_total_,
                       .tokens = n_tokens_,
                       .t_ms = elapsed_ms()});
}

VoteResult Ballot::account() {
  VoteResult result;
  result.ranking = tally_.ranking();
  if (!result.ranking.empty()) result.winner = result.ranking.front();
  result.votes = tally_.votes();
  result.cancelled = rest_ == SampleState::cancelled;
  result.samples = std::move(samples_);
  for (const VoteSample& s : result.samples) result.not_needed += s.state == SampleState::not_needed;
  result.steps = n_steps_;
  result.tokens = n_tokens_;
  result.prompt_tokens = prompt_total_;
  result.total_ms = elapsed_ms();
  const double decode_ms = result.total_ms - prompt_ms_;
  if (decode_ms > 0) result.tok_s = static_cast<double>(n_tokens_) * 1000 / decode_ms;
  return result;
}

template <class SetPrompt>
VoteResult hold_vote(const Model& model, const GenerateOptions& options, const VoteOptions& vote_options,
                     const std::function<bool(const VoteProgress&)>& on_progress,
                     const SetPrompt& set_prompt) {
  return support::within_memory([&] {
    BatchRequest request = make_request(options, vote_options);
    set_prompt(request);
    return Ballot(model, std::move(request), vote_options, on_progress).run();
  });
}

}  // namespace

const char* to_string(SampleState state) noexcept {
  switch (state) {
    case SampleState::waiting: return "waiting";
    case SampleState::running: return "running";
    case SampleState::done: return "done";
    case SampleState::not_needed: return "not_needed";
    case SampleState::cancelled: return "cancelled";
    case SampleState::failed: return "failed";
  }
  return "unknown";
}

VoteResult vote(const Model& model, std::span<const Message> messages, const GenerateOptions& options,
                const VoteOptions& vote_options,
                const std::function<bool(const VoteProgress&)>& on_progress) {
  return hold_vote(model, options, vote_options, on_progress,
                   [&](BatchRequest& request) { request.messages.assign(messages.begin(), messages.end()); });
}

VoteResult vote(const Model& model, std::string_view text, const GenerateOptions& options,
                const VoteOptions& vote_options,
                const std::function<bool(const VoteProgress&)>& on_progress) {
  return hold_vote(model, options, vote_options, on_progress,
                   [&](BatchRequest& request) { request.text.emplace(text); });
}

VoteResult vote(const Model& model, std::span<const TokenId> prompt, const GenerateOptions& options,
                const VoteOptions& vote_options,
                const std::function<bool(const VoteProgress&)>& on_progress) {
  return hold_vote(model, options, vote_options, on_progress,
                   [&](BatchRequest& request) { request.tokens.emplace(prompt.begin(), prompt.end()); });
}

}  // namespace reckon
