// reckon vote: many samples of one prompt, and the answer that most of them give.
#include <fmt/format.h>

#include <algorithm>

#include <reckon/reckon.hpp>

#include "input.hpp"
#include "json_output.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "vote_screen.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kMostAnswersShown = 20;

Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

Json count_json(const AnswerCount& count) {
  return {{"answer", count.answer},
          {"normalised", count.normalised},
          {"votes", count.votes},
          {"first_sample", count.first_sample}};
}

Json sample_json(size_t index, const VoteSample& sample) {
  const bool ended = sample.state != SampleState::failed;
  const Generation& g = sample.generation;
  Json json = {{"sample", index},
               {"seed", sample.seed},
               {"state", to_string(sample.state)},
               {"final_answer", text_or_null(sample.answer)},
               {"normalised", sample.answer ? Json(sample.normalised) : Json(nullptr)},
               {"thinking", g.thinking},
               {"answer", g.answer},
               {"finish_reason", ended ? Json(to_string(g.finish_reason)) : Json(nullptr)},
               {"thought_end", to_string(g.thought_end)},
               {"usage", usage_json(g.usage)}};
  if (!ended) json["error"] = sample.error;
  return json;
}

Json result_json(const VoteResult& result, const Model& model, uint64_t seed) {
  Json ranking = Json::array(), samples = Json::array();
  for (const AnswerCount& count : result.ranking) ranking.push_back(count_json(count));
  for (size_t i = 0; i < result.samples.size(); i++) samples.push_back(sample_json(i, result.samples[i]));
  return {{"model", model.info().name},
          {"winner", result.winner ? count_json(*result.winner) : Json(nullptr)},
          {"ranking", std::move(ranking)},
          {"votes", result.votes},
          {"not_needed", result.not_needed},
          {"interrupted", result.cancelled},
          {"samples", std::move(samples)},
          {"steps", result.steps},
          {"prompt_tokens", result.prompt_tokens},
          {"tokens", result.tokens},
          {"timing_ms", {{"load", json_number(model.load_ms())}, {"total", json_number(result.total_ms)}}},
          {"speed", {{"tok_s", json_number(result.tok_s)}}},
          {"seed", seed}};
}

VoteResult hold_vote(const VoteCommandOptions& options, const Model& model, const std::string& prompt,
                     const GenerateOptions& generate) {
  const VoteOptions settings{.samples = static_cast<uint32_t>(options.samples),
                             .parallel = static_cast<uint32_t>(options.parallel),
                             .early_stop = !options.no_early_stop,
                             .context = options.generation.context,
                             .cache_type = cache_type(options.model)};
  VoteScreen screen(options.generation.quiet || options.json);
  const auto on_progress = [&](const VoteProgress& progress) {
    screen.update(progress);
    return !signals::interrupted();
  };
  return options.raw
             ? reckon::vote(model, prompt, generate, settings, on_progress)
             : reckon::vote(model, messages_for(options.generation, prompt), generate, settings, on_progress);
}

// Why the first of the samples that failed did; empty if none has.
std::string first_error(const VoteResult& result) {
  const auto failed = std::ranges::find(result.samples, SampleState::failed, &VoteSample::state);
  if (failed == result.samples.end()) return "";
  return fmt::format("sample {}: {}", failed - result.samples.begin(), failed->error);
}

// What a person sees: the votes and the figures, then the answer.
void show(const VoteResult& result, uint64_t seed, bool quiet) {
  if (!quiet) {
    for (const std::string& line : answer_lines(result.ranking, result.votes, kMostAnswersShown)) {
      standard_error().write(
          (standard_error().terminal() ? cut_to_columns(line, terminal_width() - 1) : line) + "\n");
    }
    dim_parts(vote_statistics(result, seed));
    if (result.cancelled) note("interrupted: this is the vote over the samples that had ended");
    if (!result.winner) note("no sample gave an answer");
  }
  if (!result.winner) return;
  standard_output().write_foreign(result.winner->answer + "\n");
}

int vote_with_model(const VoteCommandOptions& options, const std::string& prompt) {
  check_context(options.model, options.generation.context);
  const Model model = load_model(options.model, options.generation.quiet);
  const GenerateOptions generate = generate_options(options.generation, model);
  const VoteResult result = hold_vote(options, model, prompt, generate);
  const uint64_t seed = generate.sampling.seed;
  const std::string error = first_error(result);
  if (options.json) {
    standard_output().write(json_line(result_json(result, model, seed)));
  } else {
    show(result, seed, options.generation.quiet);
  }
  // The JSON tells of each sample; an exit status that is an error says why all the same.
  if (!error.empty() && !(options.json && result.winner)) report_error(error);
  if (signals::interrupted()) return signals::exit_status();
  if (result.winner) return 0;
  return error.empty() ? kEndedInThinkingStatus : kErrorStatus;
}

}  // namespace

int vote(const VoteCommandOptions& options) {
  check_raw(options.raw, options.generation);
  return vote_with_model(options,
                         read_prompt(options.prompt, options.standard_input, options.generation.quiet));
}

}  // namespace reckon::cli
