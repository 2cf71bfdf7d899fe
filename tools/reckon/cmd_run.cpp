// reckon run: one prompt, one answer.
#include <reckon/reckon.hpp>

#include "input.hpp"
#include "json_output.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "samples.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "transcript.hpp"

namespace reckon::cli {
namespace {

void check_combination(const RunOptions& options) {
  if (options.json && options.events) throw UsageError("--json and --events can't be combined");
  check_raw(options.raw, options.generation);
}

// Statistics and, where the text did not end by itself, why.
void report(const Generation& generation, bool quiet) {
  if (quiet) return;
  dim_parts(statistics(generation));
  const std::string ending = ending_text(generation);
  if (!ending.empty() && !standard_output().failed()) note(ending);
}

Generation generate(Session& session, const RunOptions& options, const std::string& prompt,
                    const GenerateOptions& generate, const EventCallback& on_event) {
  const signals::CancelOnSignal cancel(session);
  return options.raw ? session.complete(prompt, generate, on_event)
                     : session.generate(messages_for(options.generation, prompt), generate, on_event);
}

int run_once(const RunOptions& options, const std::string& prompt) {
  const bool machine_readable = options.json || options.events;
  const bool quiet = options.generation.quiet;
  const Model model = load_model(options.model, quiet);
  const GenerateOptions settings = generate_options(options.generation, model);
  Session session(model, {.context = options.generation.context, .cache_type = cache_type(options.model)});
  TranscriptOptions shown = transcript_options(options.generation);
  shown.keys = !machine_readable;
  Transcript transcript(shown, session);
  const Generation generation = generate(session, options, prompt, settings, [&](const Event& event) {
    if (!machine_readable) return transcript.show(event);
    if (event.phase == Phase::prompt) transcript.show(event);  // progress
    if (options.events && event.phase != Phase::done) standard_output().write(json_line(event_json(event)));
    return !standard_output().failed() && !signals::interrupted();
  });
  transcript.finish();
  if (options.json) standard_output().write(json_line(generation_json(generation, model)));
  if (options.events) standard_output().write(json_line(done_json(generation, model)));
  if (!machine_readable) report(generation, quiet);
  return exit_status(generation);
}

}  // namespace

int run(const RunOptions& options) {
  check_combination(options);
  const auto report_failure = [&](ErrorCode code, const char* message) {
    if (options.json || options.events) standard_output().write(json_line(error_json(code, message)));
  };
  try {
    const std::string prompt = read_prompt(options.prompt, options.standard_input);
    return options.samples == 1 ? run_once(options, prompt) : run_samples(options, prompt);
  } catch (const UsageError& error) {
    report_failure(ErrorCode::invalid_argument, error.what());
    throw;
  } catch (const Error& error) {
    report_failure(error.code(), error.what());
    // Only options can be invalid arguments here.
    if (error.code() == ErrorCode::invalid_argument) throw UsageError(error.what());
    throw;
  }
}

}  // namespace reckon::cli
