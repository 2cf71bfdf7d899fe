// reckon bench: tokens per second as a share of the machine's limits.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <reckon/reckon.hpp>

#include "bench_plan.hpp"
#include "bench_report.hpp"
#include "bench_roofline.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr uint64_t kPrefillChunk = 512;  // rows of a step; does not change results
constexpr double kLimitSeconds = 0.5;
constexpr uint64_t kSamplePages = 16;  // of a text that is read to fill deeper caches

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The token of a sequence at a position: the same in every test, on every machine.
TokenId bench_token(uint64_t sequence, uint64_t position, uint64_t vocab_size) {
  uint64_t z = (sequence << 32) + position + 0x9e3779b97f4a7c15;  // splitmix64's mixing
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return static_cast<TokenId>((z ^ (z >> 31)) % vocab_size);
}

void stop_if_interrupted() {
  if (signals::interrupted()) throw Error(ErrorCode::cancelled, "interrupted");
}

class Runner {
 public:
  Runner(const Model& model, const BenchOptions& options, StatusLine& status)
      : model_(model),
        options_(options),
        engine_(model, {.cache_type = cache_type(options.model)}),
        prefix_(engine_.add_sequence()),
        sample_(engine_.add_sequence()),
        status_(status) {}

  // Seconds per repetition.
  std::vector<double> measure(const BenchTest& test);
  uint64_t logits_hash() const { return logits_hash_; }

 private:
  double run_once(const BenchTest& test);
  void forward();
  void fill(uint64_t positions);
  void read_prompt(SequenceId sequence, uint64_t tokens, bool logits);
  void step(const std::vector<SequenceId>& sequences);
  TokenId next_token(uint64_t index, SequenceId sequence) const {
    return bench_token(index, engine_.length(sequence), model_.info().vocab_size);
  }

  const Model& model_;
  const BenchOptions& options_;
  Engine engine_;
  SequenceId prefix_;  // the longest that a test has begun with so far; others begin with a part of it
  SequenceId sample_;  // positions that were computed, for pages to be filled with
  StatusLine& status_;
  std::vector<BatchRow> rows_;
  uint64_t logits_hash_ = 0;  // of the first sequence's last logits
};

// Of the rows there are.
void Runner::forward() {
  if (!engine_.forward(rows_, signals::interrupted)) stop_if_interrupted();
}

void Runner::read_prompt(SequenceId sequence, uint64_t tokens, bool logits) {
  for (uint64_t done = 0; done < tokens;) {
    stop_if_interrupted();
    const uint64_t count = std::min(tokens - done, kPrefillChunk);
    const uint64_t begin = engine_.length(sequence);
    rows_.clear();
    for (uint64_t i = 0; i < count; ++i) {
      rows_.push_back(
          {sequence, bench_token(0, begin + i, model_.info().vocab_size), logits && done + i + 1 == tokens});
    }
    forward();
    done += count;
  }
}

// Lengthens the prefix to so many positions: with copies of the pages of a text that was read, over and over.
// What keys and values are does not change how long attention takes, and reading 32,768 tokens would.
void Runner::fill(uint64_t positions) {
  const uint64_t held = engine_.length(prefix_);
  if (held >= positions) return;
  const uint64_t page = engine_.kv_page_positions(), computed = kSamplePages * page;
  if (positions <= computed) return read_prompt(prefix_, positions - held, false);
  if (engine_.length(sample_) == 0) read_prompt(sample_, computed, false);
  engine_.rewind(prefix_, 0);
  engine_.import_kv(prefix_, positions, [&](size_t i, std::span<std::byte> to) {
    std::ranges::copy(engine_.kv_page(sample_, i % kSamplePages), to.begin());
  });
}

void Runner::step(const std::vector<SequenceId>& sequences) {
  stop_if_interrupted();
  rows_.clear();
  for (size_t i = 0; i < sequences.size(); ++i)
    rows_.push_back({sequences[i], next_token(i, sequences[i]), true});
  forward();
}

double Runner::run_once(const BenchTest& test) {
  std::vector<SequenceId> sequences;
  for (uint64_t i = 0; i < test.parallel; ++i) {
    sequences.push_back(engine_.fork(prefix_));
    engine_.rewind(sequences.back(), test.depth);
  }
  const auto begin = std::chrono::steady_clock::now();
  if (test.generates) {
    for (uint64_t i = 0; i < test.tokens; ++i) step(sequences);
  } else {
    read_prompt(sequences.front(), test.tokens, true);
  }
  const double seconds = seconds_since(begin);
  logits_hash_ = hash_logits(engine_.logits(0));
  for (const SequenceId sequence : sequences) engine_.remove(sequence);
  return seconds;
}

std::vector<double> Runner::measure(const BenchTest& test) {
  status_.restart();
  status_.update(fmt::format("{}: filling the cache", test.name()));
  fill(test.depth);
  std::vector<double> seconds;
  if (!options_.no_warmup) {
    status_.update(fmt::format("{}: warming up", test.name()));
    run_once(test);
  }
  for (uint64_t i = 1; i <= options_.repetitions; ++i) {
    status_.update(fmt::format("{}: run {} of {}", test.name(), i, options_.repetitions));
    seconds.push_back(run_once(test));
  }
  status_.clear();
  return seconds;
}

std::vector<double> rates(const std::vector<double>& seconds, uint64_t tokens) {
  std::vector<double> values;
  values.reserve(seconds.size());
  for (const double once : seconds) values.push_back(static_cast<double>(tokens) / once);
  return values;
}

BenchRow bench_row(const BenchTest& test, const Model& model, const ModelCost& cost, const Limits& limits,
                   Runner& runner) {
  const std::vector<double> seconds = runner.measure(test);
  return {.test = test.name(),
          .threads = model.threads(),
          .isa = model.isa(),
          .tok_s = statistics_of(rates(seconds, test.total_tokens())),
          .limit = share_of_limit(test_cost(test, cost), limits, statistics_of(seconds).mean),
          .peak_rss = peak_resident_bytes(),
          .logits_hash = runner.logits_hash()};
}

// Before the model is loaded, so that its peak memory is its own.
void measure_limits(BenchReport& report, const ModelOptions& options, const ModelCost& cost) {
  const int threads = thread_count(options);
  // Over as many bytes as a step reads, so that a model that fits a cache is held against that cache.
  report.bandwidth_bytes = std::clamp(cost.weight_bytes, 4e6, 1e9);
  report.limits.bytes_per_s =
      measure_read_bandwidth(threads, static_cast<uint64_t>(report.bandwidth_bytes), kLimitSeconds);
  stop_if_interrupted();
  report.limits.operations_per_s = measure_compute_peak(selected_isa(), threads, kLimitSeconds);
  stop_if_interrupted();
}

// Positions the model was not trained for cost the same: fit for measuring, and for nothing else.
void tell_beyond_context(const std::vector<BenchTest>& tests, uint64_t context) {
  const bool beyond = std::any_of(tests.begin(), tests.end(),
                                  [&](const BenchTest& test) { return test.depth + test.tokens > context; });
  if (!beyond) return;
  note(
      fmt::format("some tests go beyond the model's context of {}: speed is measured there, though texts "
                  "of that length make no sense to it",
                  context));
}

ThinkingMetrics measure_thinking(const BenchOptions& options, const Model& model, StatusLine& status) {
  status.restart();
  ThinkingMetrics metrics;
  Session session(model, {.cache_type = cache_type(options.model)});
  const signals::CancelOnSignal cancel(session);
  const std::vector<Message> messages{{"user", *options.prompt}};
  GenerateOptions generate;
  generate.max_tokens = options.max_tokens;
  for (uint64_t run = 1; run <= options.repetitions; ++run) {
    status.update(fmt::format("answering: run {} of {}", run, options.repetitions));
    session.reset();
    generate.sampling.seed = run;
    const Generation generation =
        session.generate(messages, generate, [](const Event&) { return !signals::interrupted(); });
    stop_if_interrupted();
    ++metrics.runs;
    if (generation.timing.first_thought_ms >= 0)
      metrics.first_thought_ms.push_back(generation.timing.first_thought_ms);
    if (generation.timing.first_answer_ms >= 0)
      metrics.first_answer_ms.push_back(generation.timing.first_answer_ms);
    const auto thinking = static_cast<double>(generation.usage.thinking_tokens);
    const double all = thinking + static_cast<double>(generation.usage.answer_tokens);
    if (all > 0) metrics.thinking_share.push_back(thinking / all);
    metrics.decode_tok_s.push_back(generation.decode_tok_s);
  }
  status.clear();
  return metrics;
}

// The report as it grows: tables are written row by row, JSON at the end. False once nobody takes it.
class ReportWriter {
 public:
  explicit ReportWriter(const std::string& format) : json_(format == "json"), form_(form_of(format)) {}

  bool begin(const BenchReport& report) {
    const bool table = report.bandwidth_bytes > 0;
    return json_ || (form_ == TableForm::csv && !table) || standard_output().write(table_head(report, form_));
  }
  bool add(const BenchRow& row) { return json_ || standard_output().write(table_row(row, form_)); }
  void end(const BenchReport& report) {
    if (json_) {
      standard_output().write(report_json(report));
    } else if (report.thinking) {
      standard_output().write(table_thinking(*report.thinking, form_));
    }
  }

 private:
  static TableForm form_of(const std::string& format) {
    if (format == "csv") return TableForm::csv;
    const bool narrow = standard_output().terminal() && terminal_width() < kWideColumns;
    return narrow ? TableForm::narrow : TableForm::wide;
  }

  bool json_;
  TableForm form_;
};

}  // namespace

int bench(const BenchOptions& options) {
  if (options.prompt && options.prompt->empty()) throw UsageError("--prompt: the text is empty");
  if (options.roofline) return bench_roofline(options);
  const ModelDescription description = describe_model(options.model);
  const std::vector<BenchTest> tests = plan_tests(options);
  const ModelCost cost = model_cost(description, cache_type(options.model));
  BenchReport report;
  report.model = description.info.name;
  if (!tests.empty()) measure_limits(report, options.model, cost);
  const Model model = load_model(options.model, options.quiet);
  StatusLine status(options.quiet);
  if (!options.quiet) tell_beyond_context(tests, description.info.context_length);
  report.threads = model.threads();
  report.isa = model.isa();
  ReportWriter writer(options.output);
  if (!writer.begin(report)) return 0;
  Runner runner(model, options, status);
  for (const BenchTest& test : tests) {
    report.rows.push_back(bench_row(test, model, cost, report.limits, runner));
    if (!writer.add(report.rows.back())) return 0;
  }
  if (options.prompt) report.thinking = measure_thinking(options, model, status);
  writer.end(report);
  return 0;
}

}  // namespace reckon::cli
