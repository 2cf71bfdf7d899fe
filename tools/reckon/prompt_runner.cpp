#include "prompt_runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batch_output.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

bool is_blank_line(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// As it is read back: what is not UTF-8 is replaced where it is written.
Json as_written(const Json& json) { return Json::parse(json_line(json)); }

std::string described(const Json& body) {
  const Json name = body.value("model", Json()), fingerprint = body.value("system_fingerprint", Json());
  return fmt::format("{} ({})", name.dump(), fingerprint.is_string() ? fingerprint.get<std::string>() : "?");
}

// Results of several models in one file would pass for those of one.
void check_model(const Json& body, const Json& model, const std::string& place) {
  bool same = true;
  for (const auto& [key, value] : model.items()) same = same && body.value(key, Json()) == value;
  if (same) return;
  throw Error(ErrorCode::model_mismatch,
              fmt::format("{}: of another model: {} instead of {}; each model needs a file of its own{}",
                          place, shortened(described(body)), shortened(described(model)), kWayOut));
}

// None: it is known by its line only.
std::optional<std::string> own_id(const PromptRequest& request) {
  return request.named ? std::optional(request.id) : std::nullopt;
}

}  // namespace

PromptRunner::PromptRunner(LineHandler& handler, LineSource& input, ResultFile* results)
    : handler_(handler), input_(input), results_(results) {}

void PromptRunner::recover(const ModelInfo& model, bool restart, bool retry_failed) {
  restart_ = restart;
  if (results_ != nullptr) check_results();
  if (results_ != nullptr && !restart && !results_->empty()) read_results(as_written(model_json(model)));
  if (ledger_.recovered() > 0) input_.make_rewindable();  // a pipe: it is read to its end first
  if (input_.rewindable()) check_input();
  if (ledger_.recovered() == 0) return;
  ledger_.check_all_known(results_->name(), input_.name(), retry_failed);
  ledger_.forget_claims();
  dropped_ = ledger_.drop_failures(retry_failed);
  counts_.requests = counts_.earlier = ledger_.recovered();
  counts_.failed = ledger_.recovered_failures();
}

// Also before all is done anew: the file may be anything else. Behind whole lines it is what a run that was
// killed has left; alone, the beginning of a line has to be one of ours.
void PromptRunner::check_results() const {
  const std::optional<std::string> line = results_->first_line();
  if (line ? ResultLedger::is_result(*line) : results_->begins_with(kLineBegin)) return;
  throw Error(ErrorCode::malformed_file,
              fmt::format("{}: not the results of an earlier run: it is left as it is", results_->name()));
}

// Refuses what is no file of results of this model.
void PromptRunner::read_results(const Json& model) {
  results_->read([&](std::string_view text, uint64_t number) {
    if (signals::interrupted()) throw Error(ErrorCode::cancelled, "interrupted");
    const Json result = ledger_.recover(text, number, results_->name());
    if (!result["error"].is_null()) return;
    const std::string place = fmt::format("{}, line {}", results_->name(), number);
    check_model(result["response"]["body"], model, place);
    handler_.take_earlier(result, place);
  });
}

// Counts the lines, and finds those that have results.
void PromptRunner::check_input() {
  uint64_t lines = 0;
  for (;;) {
    const LineSource::Status status = input_.next();
    if (status == LineSource::Status::end) break;
    if (status == LineSource::Status::line && is_blank_line(input_.text())) continue;
    ++lines;
    if (ledger_.recovered() > 0) check_line(parse_line(status));
  }
  counts_.total = lines;
  input_.rewind();
}

void PromptRunner::check_line(const ParsedLine& line) {
  const uint64_t number = input_.number();
  if (line.request) {
    check_same_request(*line.request);
  } else if (!line.error->id()) {
    ledger_.note_failure(number, failure_json(number, *line.error)["error"]["message"]);
  }
}

// The answer to another prompt would pass for this one's.
void PromptRunner::check_same_request(const PromptRequest& request) {
  if (!ledger_.has_result(request.id)) return;
  if (ledger_.has_other_settings(request.id, settings_digest(request))) ++other_settings_;
  if (!ledger_.is_of_another(request.id, request_digest(request))) return;
  const std::string which = request.named ? "the request " + shortened(Json(request.id).dump())
                                          : "the request of this line, which has no id,";
  const char* what_to_do =
      request.named
          ? "its text or its number of samples has changed: give the changed request an id of its own"
          : "lines without ids have to stay where they are, with new ones behind them";
  throw Error(ErrorCode::malformed_file,
              fmt::format("{}, line {}: {} is another one than that of the answer in {}: {}{}", input_.name(),
                          request.line, which, results_->name(), what_to_do, kWayOut));
}

// What is not kept of the results goes, now that nothing is refused any more.
void PromptRunner::prepare_results() {
  if (restart_) return results_->clear();
  if (!dropped_.empty()) results_->remove(dropped_);
  results_->cut_unfinished();
}

RunCounts PromptRunner::run(const Model& model, const BatchOptions& options, bool quiet) {
  Batch batch(model, options);
  ProgressBar progress(quiet);
  progress_ = &progress;
  model_ = model.info();
  counts_.model = model_.name;
  parallel_ = options.parallel;
  if (results_ != nullptr) prepare_results();
  begin_ = Clock::now();
  try {
    while (!signals::interrupted() && take_lines(batch)) {
      for (BatchResult& result : batch.step(signals::interrupted)) collect(batch, std::move(result));
      if (results_ != nullptr) results_->sync_if_due();
      show_progress(batch);
    }
  } catch (const Error& error) {  // a signal while it waited for a line
    if (error.code() != ErrorCode::cancelled || !signals::interrupted()) throw;
  }
  if (results_ != nullptr) results_->sync();
  progress_ = nullptr;
  counts_.interrupted = signals::interrupted();
  counts_.seconds = seconds_since(begin_);
  return counts_;
}

// Keeps the batch filled, and no more than that: what waits in the input takes no memory. False if there is
// nothing more to do.
bool PromptRunner::take_lines(Batch& batch) {
  while (!input_ended_ && batch.running() + batch.waiting() < parallel_) {
    // A pipe may be silent for long.
    if (results_ != nullptr && batch.idle() && !input_.rewindable()) results_->sync();
    const LineSource::Status status = input_.next(batch.idle());
    if (status == LineSource::Status::none_yet) break;
    input_ended_ = status == LineSource::Status::end;
    if (!input_ended_) take_line(batch, status);
    if (signals::interrupted()) break;
    show_progress(batch);
  }
  return !batch.idle();
}

void PromptRunner::take_line(Batch& batch, LineSource::Status status) {
  if (status == LineSource::Status::line && is_blank_line(input_.text())) return;
  ParsedLine line = parse_line(status);
  if (line.request) handler_.take_request(*line.request);
  const std::optional<std::string> id = line.id();
  if (id ? ledger_.has_result(*id) : ledger_.has_failure(input_.number())) return;
  if (line.error) return fail(input_.number(), *line.error);
  start(batch, std::move(*line.request));
}

// A line that has an id claims it, also if the rest of it is wrong.
PromptRunner::ParsedLine PromptRunner::parse_line(LineSource::Status status) {
  ParsedLine line;
  try {
    if (status == LineSource::Status::too_long) {
      throw LineError("line_too_long", fmt::format("longer than {} bytes", kMostLineBytes));
    }
    line.request = handler_.parse(input_.text(), input_.number());
  } catch (const LineError& error) {
    line.error = error;
  }
  const std::optional<std::string> id = line.id();
  const uint64_t other = id ? ledger_.claim(*id, input_.number()) : 0;
  if (other == 0) return line;
  return {
      .request = {},
      .error = LineError("duplicate_custom_id", fmt::format("{}: {} is that of line {}", handler_.id_field(),
                                                            Json(*id).dump(), other))};
}

void PromptRunner::start(Batch& batch, PromptRequest request) {
  BatchRequest asked;
  asked.messages = request.messages;
  asked.options = request.generation.generate;
  asked.samples = request.samples;
  asked.on_event = [this](uint32_t, const Event& event) {
    if (event.token >= 0) ++counts_.generated_tokens;
    return true;
  };
  const uint64_t line = request.line;
  const std::optional<std::string> name = own_id(request);
  try {
    const size_t samples = request.samples;
    const RequestId id = batch.add(std::move(asked));
    running_.emplace(id, Running{.request = std::move(request),
                                 .samples = std::vector<std::optional<Generation>>(samples),
                                 .left = samples,
                                 .error = {}});
  } catch (const Error& error) {
    fail(line, LineError(to_string(error.code()), error.what(), name));
  }
}

void PromptRunner::collect(Batch& batch, BatchResult result) {
  const auto found = running_.find(result.request);
  Running& running = found->second;
  if (result.error) {
    if (!running.error) {
      running.error = LineError(to_string(result.error->code()),
                                fmt::format("sample {}: {}", result.sample, result.error->what()),
                                own_id(running.request));
      batch.cancel(result.request);  // the line has failed: the other samples are of no use
    }
  } else {
    running.samples[result.sample] = std::move(result.generation);
  }
  if (--running.left > 0) return;
  Running ended = std::move(running);
  running_.erase(found);
  finish(std::move(ended));
}

void PromptRunner::finish(Running running) {
  if (running.error) return fail(running.request.line, *running.error);
  std::vector<Generation> samples;
  for (std::optional<Generation>& sample : running.samples) samples.push_back(std::move(*sample));
  Json result = response_json(running.request, samples, model_);
  handler_.complete_result(running.request, result);
  handler_.take_result(result);
  write(result);
}

// Where there is no file of results, the errors are told here.
void PromptRunner::fail(uint64_t line, const LineError& error) {
  constexpr uint64_t kMostTold = 20;
  ++counts_.failed;
  if (results_ == nullptr && counts_.failed <= kMostTold) {
    progress_->clear();
    report_error(fmt::format("{}, line {}: {}", input_.name(), line, error.what()));
    if (counts_.failed == kMostTold) note("further errors are only counted; --out FILE keeps all of them");
  }
  write(failure_json(line, error));
}

void PromptRunner::write(const Json& result) {
  ++counts_.requests;
  if (results_ != nullptr) results_->append(json_line(result));
}

void PromptRunner::show_progress(const Batch& batch) {
  if (!progress_->due()) return;
  const double seconds = seconds_since(begin_);
  BatchProgress now;
  now.done = counts_.requests;
  now.total = counts_.total;
  now.running = batch.running();
  if (seconds > 0) now.tok_s = static_cast<double>(counts_.generated_tokens) / seconds;
  if (counts_.total) {
    now.seconds_left = seconds_left(counts_.requests - counts_.earlier,
                                    *counts_.total - std::min(*counts_.total, counts_.requests), seconds);
  }
  progress_->update(now);
}

}  // namespace reckon::cli
