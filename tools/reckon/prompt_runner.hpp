// Many prompts at once: lines of an input to lines of a result file, as they finish, in a run that can end
// and be taken up again at any moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <reckon/batch.hpp>

#include "batch_input.hpp"
#include "json_output.hpp"
#include "line_source.hpp"
#include "progress_bar.hpp"
#include "result_file.hpp"
#include "result_ledger.hpp"

namespace reckon::cli {

// What a command makes of its lines.
class LineHandler {
 public:
  virtual ~LineHandler() = default;
  // Throws LineError.
  virtual PromptRequest parse(std::string_view text, uint64_t line) = 0;
  // Called with every result of an earlier run that is no error, and where it stands ("out.jsonl, line 3"),
  // before any request. Throws Error.
  virtual void take_earlier(const Json& result, const std::string& place) { (void)result, (void)place; }
  // Called with every result of this run that is no error.
  virtual void take_result(const Json& result) { (void)result; }
  // Called with every good request of the input, in its order, whether it has its result or will get it.
  virtual void take_request(const PromptRequest& request) { (void)request; }
  // What a line is called, and the field that names it.
  virtual const char* thing() const { return "request"; }
  virtual const char* id_field() const { return "custom_id"; }
  // Adds to the result of a request what is to be kept beside it.
  virtual void complete_result(const PromptRequest& request, Json& result) { (void)request, (void)result; }
};

struct RunCounts {
  std::string model;              // its name
  uint64_t requests = 0;          // results there are, of earlier runs too
  uint64_t failed = 0;            // of them
  uint64_t earlier = 0;           // of them: of earlier runs
  uint64_t generated_tokens = 0;  // in this run
  double seconds = 0;             // of this run, from the first step
  bool interrupted = false;
  std::optional<uint64_t> total;  // lines of the input, where it could be read before
};

class PromptRunner {
 public:
  // `results`: where the results go; none: nowhere.
  PromptRunner(LineHandler& handler, LineSource& input, ResultFile* results);

  // Reads what earlier runs have done and checks that it is of this input and this model. What is not to be
  // kept is dropped by run(): all with `restart`, the errors with `retry_failed`, else what lines that have
  // changed gave. Before run(). Throws Error(io | malformed_file | invalid_argument).
  void recover(const ModelInfo& model, bool restart, bool retry_failed);
  // Results of earlier runs that were made with other settings than this one's. After recover(); 0 where the
  // input can't be read twice.
  uint64_t with_other_settings() const { return other_settings_; }
  // Runs until the input ends or a signal comes. Throws what Batch and ResultFile throw.
  RunCounts run(const Model& model, const BatchOptions& options, bool quiet);

 private:
  using Clock = std::chrono::steady_clock;
  struct Running {
    PromptRequest request;
    std::vector<std::optional<Generation>> samples;
    size_t left = 0;
    std::optional<LineError> error;  // the first of a sample
  };

  // What a line of the input is: a good request, or what is wrong with it.
  struct ParsedLine {
    std::optional<PromptRequest> request;
    std::optional<LineError> error;
    std::optional<std::string> id() const { return request ? request->id : error->id(); }
  };

  void check_results() const;
  void read_results(const Json& model);
  void check_input();
  void check_line(const ParsedLine& line);
  void check_same_request(const PromptRequest& request);
  void prepare_results();
  bool take_lines(Batch& batch);
  void take_line(Batch& batch, LineSource::Status status);
  ParsedLine parse_line(LineSource::Status status);
  void start(Batch& batch, PromptRequest request);
  void collect(Batch& batch, BatchResult result);
  void finish(Running running);
  void fail(uint64_t line, const LineError& error);
  void write(const Json& result);
  void show_progress(const Batch& batch);

  LineHandler& handler_;
  LineSource& input_;
  ResultFile* results_;
  ResultLedger ledger_;
  std::map<RequestId, Running> running_;
  uint64_t parallel_ = 1;
  ModelInfo model_;
  RunCounts counts_;
  Clock::time_point begin_;
  ProgressBar* progress_ = nullptr;  // of run()
  bool input_ended_ = false;
  bool restart_ = false;
  uint64_t other_settings_ = 0;
  std::unordered_set<uint64_t> dropped_;  // lines of the results
};

}  // namespace reckon::cli
