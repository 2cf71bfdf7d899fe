#include "prompt_runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batch_output.hpp"
#include "signals.hpp"

namespace reckon::cli {
namespace {

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

PromptRunner::PromptRunner(LineHandler& handler, LineSource& input, ResultFile* results)
    : handler_(handler), input_(input), results_(results) {}

void PromptRunner::recover(bool restart, bool retry_failed) {
  restart_ = restart;
  if (results_ != nullptr && !restart && !results_->empty()) {
    results_->cut_unfinished();
    if (retry_failed) results_->remove(ResultLedger::is_failure);
    results_->read([&](std::string_view text, uint64_t number) {
      if (signals::interrupted()) throw Error(ErrorCode::cancelled, "interrupted");
      handler_.take_result(ledger_.recover(text, number, results_->name()));
    });
    counts_.requests = counts_.earlier = ledger_.recovered();
    counts_.failed = ledger_.recovered_failures();
  }
  if (counts_.earlier > 0) input_.make_rewindable();  // a pipe: it is read to its end first
  if (input_.rewindable()) check_input();
}

// Counts the lines, and finds the ids of what is done among them.
void PromptRunner::check_input() {
  uint64_t lines = 0;
  for (;;) {
    const LineSource::Status status = input_.next();
    if (status == LineSource::Status::end) break;
    if (status == LineSource::Status::line && is_blank(input_.text())) continue;
    ++lines;
    if (counts_.earlier == 0 || status != LineSource::Status::line) continue;
    try {
      ledger_.mark_known(handler_.parse(input_.text(), input_.number()).id);
    } catch (const LineError& error) {
      if (error.id()) ledger_.mark_known(*error.id());
    }
  }
  if (results_ != nullptr) ledger_.check_all_known(results_->name(), input_.name());
  counts_.total = lines;
  input_.rewind();
}

RunCounts PromptRunner::run(const Model& model, const BatchOptions& options, bool quiet) {
  Batch batch(model, options);
  ProgressBar progress(quiet);
  progress_ = &progress;
  counts_.model = model.info().name;
  parallel_ = options.parallel;
  if (results_ != nullptr && restart_) results_->clear();
  begin_ = Clock::now();
  try {
    while (!signals::interrupted() && take_lines(batch)) {
      for (BatchResult& result : batch.step()) collect(batch, std::move(result));
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
  if (status == LineSource::Status::line && is_blank(input_.text())) return;
  try {
    std::optional<PromptRequest> request = next_request(status);
    if (request) start(batch, std::move(*request));
  } catch (const LineError& error) {
    fail(input_.number(), error);
  }
}

void PromptRunner::claim(const std::string& id) {
  const uint64_t other = ledger_.claim(id, input_.number());
  if (other == 0) return;
  throw LineError("duplicate_custom_id",
                  fmt::format("custom_id: {} is that of line {}", Json(id).dump(), other));
}

// A line that has an id claims it, also if the rest of it is wrong.
PromptRequest PromptRunner::parse_line(LineSource::Status status) {
  if (status == LineSource::Status::too_long) {
    throw LineError("line_too_long", fmt::format("longer than {} bytes", kMostLineBytes));
  }
  try {
    PromptRequest request = handler_.parse(input_.text(), input_.number());
    claim(request.id);
    return request;
  } catch (const LineError& error) {
    if (error.id()) claim(*error.id());
    throw;
  }
}

// None: the line has its result already.
std::optional<PromptRequest> PromptRunner::next_request(LineSource::Status status) {
  try {
    PromptRequest request = parse_line(status);
    handler_.take_request(request);
    if (ledger_.has_result(request.id)) return std::nullopt;
    return request;
  } catch (const LineError& error) {
    const bool has_result =
        error.id() ? ledger_.has_result(*error.id()) : ledger_.has_failure(input_.number());
    if (has_result) return std::nullopt;
    throw;
  }
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
  try {
    const size_t samples = request.samples;
    const RequestId id = batch.add(std::move(asked));
    running_.emplace(id, Running{.request = std::move(request),
                                 .samples = std::vector<std::optional<Generation>>(samples),
                                 .left = samples,
                                 .error = {}});
  } catch (const Error& error) {
    LineError failure(to_string(error.code()), error.what());
    failure.set_id(request.id);
    throw failure;
  }
}

void PromptRunner::collect(Batch& batch, BatchResult result) {
  const auto found = running_.find(result.request);
  Running& running = found->second;
  if (result.error) {
    if (!running.error) {
      running.error = LineError(to_string(result.error->code()),
                                fmt::format("sample {}: {}", result.sample, result.error->what()));
      running.error->set_id(running.request.id);
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
  Json result = response_json(running.request, samples, counts_.model);
  handler_.complete_result(running.request, result);
  write(result);
}

void PromptRunner::fail(uint64_t line, const LineError& error) {
  ++counts_.failed;
  write(failure_json(line, error));
}

void PromptRunner::write(const Json& result) {
  ++counts_.requests;
  handler_.take_result(result);
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
