#include "samples.hpp"

#include <fmt/format.h>

#include <map>

#include "answer_view.hpp"
#include "input.hpp"
#include "json_output.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "transcript.hpp"

namespace reckon::cli {
namespace {

// Puts the results into order and writes what can be written.
class SampleWriter {
 public:
  SampleWriter(const RunOptions& options, const Model& model, uint64_t seed)
      : options_(options), model_(model), seed_(seed) {}

  bool event(uint32_t sample, const Event& event);
  void progress(uint32_t running, uint32_t waiting);
  void take(BatchResult result);
  int finish();

 private:
  Json json_of(const BatchResult& result) const;
  void write(const BatchResult& result);
  void write_text(const Generation& generation);

  const RunOptions& options_;
  const Model& model_;
  uint64_t seed_;
  StatusLine status_{options_.generation.quiet};
  std::map<uint32_t, BatchResult> waiting_;  // for samples before them
  uint32_t n_written_ = 0;
  bool text_written_ = false;
  uint64_t n_tokens_ = 0;
  int status_code_ = 0;
  Json samples_ = Json::array();
};

Json with_sample(uint32_t sample, const Json& rest) {
  Json json = {{"sample", sample}};
  json.update(rest);
  return json;
}

bool SampleWriter::event(uint32_t sample, const Event& event) {
  if (event.token >= 0) n_tokens_++;
  if (options_.events && is_told(event, options_.generation.hide_thinking)) {
    standard_output().write(json_line(with_sample(sample, event_json(event))));
  }
  return !standard_output().failed() && !signals::interrupted();
}

void SampleWriter::progress(uint32_t running, uint32_t waiting) {
  status_.update(fmt::format("{} of {} samples done, {} running; {} tokens",
                             options_.samples - running - waiting, options_.samples, running, n_tokens_),
                 fmt::format("generating {} samples", options_.samples));
}

Json SampleWriter::json_of(const BatchResult& result) const {
  Json json;
  if (result.error) {
    json = {{"seed", seed_ + result.sample}};
    json.update(error_json(result.error->code(), result.error->what()));
  } else {
    json = options_.events ? done_json(result.generation, model_)
                           : generation_json(result.generation, model_, options_.generation.hide_thinking);
    json.erase("model");  // told once
  }
  return with_sample(result.sample, json);
}

void SampleWriter::take(BatchResult result) {
  if (options_.events) standard_output().write(json_line(json_of(result)));
  waiting_.emplace(result.sample, std::move(result));
  while (!waiting_.empty() && waiting_.begin()->first == n_written_) {
    write(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    n_written_++;
  }
}

// On standard output an empty line sets answers apart.
void SampleWriter::write(const BatchResult& result) {
  const int status = result.error ? kErrorStatus : exit_status(result.generation);
  if (status_code_ == 0) status_code_ = status;
  if (options_.json) samples_.push_back(json_of(result));
  if (options_.json || options_.events) return;
  status_.clear();
  const bool answered = !result.error && !result.generation.answer.empty();
  if (text_written_ && answered) standard_output().write("\n");
  text_written_ |= answered;
  if (!options_.generation.quiet) {
    dim_line(fmt::format("--- sample {} of {}, seed {} ---", result.sample + 1, options_.samples,
                         seed_ + result.sample));
  }
  if (result.error) {
    report_error(result.error->what());
  } else {
    write_text(result.generation);
  }
}

// The answer and the figures of one sample, as run shows them.
void SampleWriter::write_text(const Generation& generation) {
  const bool quiet = options_.generation.quiet;
  AnswerView view(!options_.generation.no_render);
  view.add(generation.answer);
  view.end();
  if (quiet) return;
  dim_parts(statistics(generation));
  const std::string ending = ending_text(generation, options_.generation.generate.max_tokens);
  if (!ending.empty() && !standard_output().failed()) note(ending);
}

int SampleWriter::finish() {
  status_.clear();
  if (options_.json) {
    standard_output().write(
        json_line({{"model", model_.info().name}, {"samples", std::move(samples_)}, {"seed", seed_}}));
  }
  return signals::interrupted() ? signals::exit_status() : status_code_;
}

BatchRequest make_request(const RunOptions& options, const std::string& prompt, const Model& model) {
  BatchRequest request;
  request.options = generate_options(options.generation, model);
  request.samples = static_cast<uint32_t>(options.samples);
  if (options.raw) {
    request.text = prompt;
  } else {
    request.messages = messages_for(options.generation, prompt);
  }
  return request;
}

}  // namespace

int exit_status(const Generation& generation) {
  if (generation.finish_reason == FinishReason::cancelled) {
    return signals::interrupted() ? signals::exit_status() : kErrorStatus;  // else: output failed
  }
  if (generation.ended_in_thinking) return kEndedInThinkingStatus;
  switch (generation.finish_reason) {
    case FinishReason::length: return kCutAnswerStatus;
    case FinishReason::budget: return kBudgetStatus;
    case FinishReason::loop: return kBrokenLoopStatus;
    default: return 0;
  }
}

int run_samples(const RunOptions& options, const std::string& prompt) {
  check_context(options.model, options.generation.context);
  const Model model = load_model(options.model, options.generation.quiet);
  BatchRequest request = make_request(options, prompt, model);
  SampleWriter writer(options, model, request.options.sampling.seed);
  request.on_event = [&](uint32_t sample, const Event& event) { return writer.event(sample, event); };
  Batch batch(model, {.parallel = static_cast<uint32_t>(options.parallel),
                      .context = options.generation.context,
                      .cache_type = cache_type(options.model)});
  const RequestId id = batch.add(std::move(request));
  while (!batch.idle()) {
    for (BatchResult& result : batch.step(signals::interrupted)) writer.take(std::move(result));
    if (signals::interrupted()) batch.cancel(id);  // the next step ends them all
    if (!batch.idle()) writer.progress(batch.running(), batch.waiting());
  }
  return writer.finish();
}

}  // namespace reckon::cli
