#include <reckon/vote.hpp>

#include <memory>

#include "capi/handles.hpp"
#include "capi/options.hpp"
#include "capi/prompt.hpp"
#include "capi/result.hpp"
#include "capi/tally.hpp"

using namespace reckon;
using namespace reckon::capi;

template <>
reckon_vote_options capi::defaults() noexcept {
  const VoteOptions d;
  reckon_vote_options o{};
  o.samples = d.samples;
  o.parallel = d.parallel;
  o.early_stop = d.early_stop;
  return o;
}

void reckon_vote_options_init(reckon_vote_options* options, size_t size) { init(options, size); }

namespace {

// A sample as a C structure that points into it.
struct SampleView : reckon_vote_sample {
  SampleView() : reckon_vote_sample{} {}
  void show(const VoteSample& s);

  ResultView view;
};

void SampleView::show(const VoteSample& s) {
  view.show(s.generation);
  size = sizeof(reckon_vote_sample);
  seed = s.seed;
  tokens = s.tokens;
  result = &view;
  answer = s.answer ? s.answer->c_str() : nullptr;
  answer_length = s.answer ? s.answer->size() : 0;
  normalised = s.normalised.c_str();
  normalised_length = s.normalised.size();
  error = s.error.c_str();
  state = static_cast<int32_t>(s.state);
}

// Samples are shown when they are asked for.
struct ProgressView : reckon_vote_progress {
  ProgressView() : reckon_vote_progress{} {}
  void show(const VoteProgress& p);

  std::span<const VoteSample> vote_samples;
  std::unique_ptr<SampleView[]> views;
  reckon_tally tally_handle;
};

void ProgressView::show(const VoteProgress& p) {
  vote_samples = p.samples;
  if (views == nullptr) views = std::make_unique<SampleView[]>(p.samples.size());
  tally_handle.tally = &p.tally;
  size = sizeof(reckon_vote_progress);
  tally = &tally_handle;
  prompt_done = p.prompt_done;
  prompt_total = p.prompt_total;
  tokens = p.tokens;
  t_ms = p.t_ms;
  samples = static_cast<uint32_t>(p.samples.size());
  running = p.running;
}

// What a reckon_vote_result points into comes with it.
struct OwnedVoteResult : reckon_vote_result {
  explicit OwnedVoteResult(VoteResult result);

  const VoteResult vote;
  std::vector<reckon_answer_count> counts;
  std::unique_ptr<SampleView[]> views;
};

OwnedVoteResult::OwnedVoteResult(VoteResult v)
    : reckon_vote_result{}, vote(std::move(v)), views(std::make_unique<SampleView[]>(vote.samples.size())) {
  for (const AnswerCount& c : vote.ranking) counts.push_back(answer_count(c));
  for (size_t i = 0; i < vote.samples.size(); i++) views[i].show(vote.samples[i]);
  size = sizeof(reckon_vote_result);
  ranking = counts.data();
  ranking_count = counts.size();
  steps = vote.steps;
  tokens = vote.tokens;
  prompt_tokens = vote.prompt_tokens;
  total_ms = vote.total_ms;
  tok_s = vote.tok_s;
  samples = static_cast<uint32_t>(vote.samples.size());
  votes = vote.votes;
  not_needed = vote.not_needed;
  cancelled = vote.cancelled;
}

VoteOptions own_options(const reckon_vote_options* options) {
  const reckon_vote_options o = read(options, "vote_options");
  return {.samples = o.samples,
          .parallel = o.parallel,
          .early_stop = o.early_stop != 0,
          .context = o.context,
          .cache_type = cache_type(o.cache_type, "vote_options.cache_type")};
}

}  // namespace

const reckon_vote_sample* reckon_vote_progress_sample(const reckon_vote_progress* progress, uint32_t index) {
  if (progress == nullptr || index >= progress->samples) return nullptr;
  const auto& p = static_cast<const ProgressView&>(*progress);
  p.views[index].show(p.vote_samples[index]);
  return &p.views[index];
}

const reckon_vote_sample* reckon_vote_result_sample(const reckon_vote_result* result, uint32_t index) {
  if (result == nullptr || index >= result->samples) return nullptr;
  return &static_cast<const OwnedVoteResult&>(*result).views[index];
}

void reckon_vote_result_free(reckon_vote_result* result) { delete static_cast<OwnedVoteResult*>(result); }

reckon_status reckon_vote(const reckon_model* model, const reckon_prompt* prompt,
                          const reckon_generate_options* options, const reckon_vote_options* vote_options,
                          reckon_vote_function on_progress, void* data, reckon_vote_result** out,
                          reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    const Model& m = require(model, "model").model;
    const GenerateOptions o = generate_options(options);
    const VoteOptions v = own_options(vote_options);
    ProgressView view;
    std::function<bool(const VoteProgress&)> report;
    if (on_progress != nullptr) {
      report = [&](const VoteProgress& progress) {
        view.show(progress);
        return on_progress(data, &view) == 0;
      };
    }
    *out = new OwnedVoteResult(
        std::visit([&](const auto& p) { return vote(m, p, o, v, report); }, own_prompt(prompt)));
  });
}
