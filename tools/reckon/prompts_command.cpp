#include "prompts_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "loading.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr uint64_t kUsualParallel = 16;
constexpr uint64_t kUsualPositions = 4096;  // of a sample, where nothing bounds it closer

// As many as memory holds of samples of a usual length, 1 to 16. Should they become longer, the batch lets
// some wait.
uint64_t parallel_that_fits(const PromptsOptions& options, const ModelDescription& description) {
  uint64_t positions = std::min(kUsualPositions, std::max<uint64_t>(description.info.context_length, 1));
  if (options.generation.context > 0) positions = std::min(positions, options.generation.context);
  const MemoryEstimate memory = Model::estimate_memory(description, positions, cache_type(options.model));
  const uint64_t used = memory.weights + memory.scratch;
  const uint64_t left = memory.available > used ? memory.available - used : 0;
  return std::clamp<uint64_t>(left / std::max<uint64_t>(memory.kv_cache, 1), 1, kUsualParallel);
}

BatchOptions batch_options(const PromptsOptions& options, const ModelDescription& description) {
  const uint64_t parallel = options.parallel ? *options.parallel : parallel_that_fits(options, description);
  return {.parallel = static_cast<uint32_t>(parallel),
          .context = options.generation.context,
          .cache_type = cache_type(options.model)};
}

// "200 requests, 3 failed, 120 by earlier runs; 45000 tokens in 12.3 s, 3659 tok/s"
void tell(const RunCounts& counts, const char* thing) {
  std::string requests = count_text(counts.requests, thing);
  if (counts.interrupted && counts.total) requests += fmt::format(" of {}", *counts.total);
  if (counts.failed > 0) requests += fmt::format(", {} failed", counts.failed);
  if (counts.earlier > 0) requests += fmt::format(", {} by earlier runs", counts.earlier);
  const double rate = counts.seconds > 0 ? static_cast<double>(counts.generated_tokens) / counts.seconds : 0;
  std::vector<std::string> parts{requests};
  if (counts.generated_tokens > 0) {
    parts.push_back(fmt::format("{} in {}, {:.0f} tok/s", count_text(counts.generated_tokens, "token"),
                                format_ms(1000 * counts.seconds), rate));
  }
  dim_parts(parts);
}

}  // namespace

RequestDefaults request_defaults(const PromptsOptions& options) {
  return {.generation = options.generation, .samples = options.samples};
}

namespace {

void check_resuming(const PromptsOptions& options) {
  if (options.restart && options.retry_failed) {
    throw UsageError("--restart and --retry-failed can't be combined: --restart does all anew");
  }
  if (options.results || (!options.restart && !options.retry_failed)) return;
  throw UsageError(fmt::format("{}: there is no --out with results of an earlier run",
                               options.restart ? "--restart" : "--retry-failed"));
}

RunCounts run_lines(const PromptsOptions& options, LineHandler& handler, LineSource& input,
                    ResultFile* results, const ModelDescription& description) {
  PromptRunner runner(handler, input, results);
  runner.recover(description.info, options.restart, options.retry_failed);
  if (runner.with_other_settings() > 0 && !options.generation.quiet) {
    note(fmt::format("kept as made with other settings: {} in {}; --restart makes all anew",
                     count_text(runner.with_other_settings(), "answer"), *options.results));
  }
  const BatchOptions batch = batch_options(options, description);
  // Where there is no terminal, nothing but the summary is said.
  const Model model = load_model(options.model, options.generation.quiet || !standard_error().terminal());
  generate_options(options.generation, model);  // checks what holds for all lines
  return runner.run(model, batch, options.generation.quiet);
}

}  // namespace

RunCounts run_prompts(const PromptsOptions& options, LineHandler& handler) {
  check_resuming(options);
  LineSource input(*options.input, kMostLineBytes);
  const ModelDescription description = describe_model(options.model);
  check_context(options.model, options.generation.context);
  std::optional<ResultFile> results;
  if (options.results) {
    results.emplace(*options.results);
    if (results->same_file(input.descriptor())) throw UsageError("input and results are the same file");
  }
  RunCounts counts;
  try {
    counts = run_lines(options, handler, input, results ? &*results : nullptr, description);
  } catch (...) {
    if (results) results->remove_if_new();
    throw;
  }
  if (!options.generation.quiet) tell(counts, handler.thing());
  if (counts.interrupted && !options.generation.quiet) {
    note(results ? "interrupted; the same command goes on with the rest" : "interrupted");
  }
  if (counts.failed > 0 && results && !counts.interrupted && !options.generation.quiet) {
    note(fmt::format("the errors are in {}; --retry-failed tries these lines again", *options.results));
  }
  return counts;
}

int exit_status(const RunCounts& counts) {
  if (counts.interrupted) return signals::exit_status();
  return counts.failed > 0 ? kErrorStatus : 0;
}

}  // namespace reckon::cli
