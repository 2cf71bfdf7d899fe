// reckon run: one prompt, one answer.
#include <reckon/reckon.hpp>

#include "input.hpp"
#include "json_output.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "run_session.hpp"
#include "samples.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "transcript.hpp"

namespace reckon::cli {
namespace {

void check_combination(const RunOptions& options) {
  if (options.json && options.events) throw UsageError("--json and --events can't be combined");
  check_raw(options.raw, options.generation);
  if (options.raw && options.session) {
    throw UsageError("--raw and --session can't be combined: a session is a conversation");
  }
  if (options.samples > 1 && options.session) {
    throw UsageError("--samples and --session can't be combined: a conversation has one answer");
  }
  if (options.samples > 1 && options.generation.prompt_cache != "off") {
    throw UsageError(
        "--samples and --prompt-cache can't be combined: a prompt is kept on disk for one answer only");
  }
}

// Statistics and, where the text did not end by itself, why.
void report(const Generation& generation, const GenerationOptions& options) {
  if (options.quiet) return;
  dim_parts(statistics(generation));
  for (const std::string& text : generation.notes) note(text);
  const std::string ending = ending_text(generation, options.generate.max_tokens);
  if (!ending.empty() && !standard_output().failed()) note(ending);
}

Generation generate(Session& session, const RunOptions& options, const std::string& prompt,
                    const GenerateOptions& generate, const EventCallback& on_event) {
  const signals::CancelOnSignal cancel(session);
  return options.raw ? session.complete(prompt, generate, on_event)
                     : session.generate(messages_for(options.generation, prompt), generate, on_event);
}

// The prompt is asked in the session. Nothing, where the session's last turn goes on.
std::string read_prompt_for(const RunOptions& options, std::optional<RunSession>& saved) {
  const bool quiet = options.generation.quiet;
  if (!saved) return read_prompt(options.prompt, options.standard_input, quiet);
  const std::optional<std::string> prompt = read_prompt_if_any(options.prompt, options.standard_input, quiet);
  if (!prompt && !saved->unfinished()) throw UsageError(saved->no_prompt_text());
  saved->ask(prompt, options.generation);
  return "";
}

// The answer is there, whether the session can be saved or not.
std::optional<Error> save(const RunSession& saved, const Session& session, const Model& model,
                          const Generation& generation, const GenerationOptions& options) {
  try {
    saved.save(session, model, generation, options);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

// For programs one object, whatever happened. The exit status.
int conclude(const RunOptions& options, const Model& model, const Generation& generation,
             const std::optional<Error>& unsaved) {
  if (options.json || options.events) {
    Json result = options.json ? generation_json(generation, model, options.generation.hide_thinking)
                               : done_json(generation, model);
    if (unsaved) result.update(error_json(unsaved->code(), unsaved->what()));
    standard_output().write(json_line(result));
  }
  if (!unsaved) return exit_status(generation);
  report_error(unsaved->what());
  return kErrorStatus;
}

int run_once(RunOptions options) {
  const bool machine_readable = options.json || options.events;
  const bool quiet = options.generation.quiet;
  std::optional<RunSession> saved;
  if (options.session) saved.emplace(*options.session, options.model, options.generation);
  const std::string prompt = read_prompt_for(options, saved);
  check_context(options.model, options.generation.context);
  const Model model = load_model(options.model, quiet);
  const GenerateOptions settings = generate_options(options.generation, model);
  Session session(model, session_options(options.model, options.generation));
  if (saved) saved->restore(session, model, options.generation);
  TranscriptOptions shown = transcript_options(options.generation);
  if (machine_readable) shown.keys = false;
  Transcript transcript(shown, session);
  if (saved && !machine_readable) transcript.go_on_from(saved->begun(session));
  const EventCallback show = [&](const Event& event) {
    if (!machine_readable) return transcript.show(event);
    if (event.phase == Phase::prompt) transcript.show(event);  // progress
    if (options.events && is_told(event, options.generation.hide_thinking)) {
      standard_output().write(json_line(event_json(event)));
    }
    return !standard_output().failed() && !signals::interrupted();
  };
  Generation generation =
      saved ? saved->generate(session, settings, show) : generate(session, options, prompt, settings, show);
  transcript.finish();
  transcript.leave_out_pauses(generation);
  if (!machine_readable) report(generation, options.generation);
  const std::optional<Error> unsaved =
      saved ? save(*saved, session, model, generation, options.generation) : std::nullopt;
  return conclude(options, model, generation, unsaved);
}

}  // namespace

int run(const RunOptions& options) {
  check_combination(options);
  if (options.samples == 1) return run_once(options);
  return run_samples(options, read_prompt(options.prompt, options.standard_input, options.generation.quiet));
}

}  // namespace reckon::cli
