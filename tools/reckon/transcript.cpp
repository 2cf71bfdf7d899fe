#include "transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "output.hpp"
#include "signals.hpp"

namespace reckon::cli {

// What reads standard output may be a pager, which wants the keys for itself.
TranscriptOptions transcript_options(const GenerationOptions& generation) {
  return {.thinking = !generation.hide_thinking,
          .fold = generation.fold,
          .render = !generation.no_render,
          .quiet = generation.quiet,
          .keys = !standard_output().pipe()};
}

Transcript::Transcript(const TranscriptOptions& options, Session& session)
    : options_(options),
      session_(session),
      status_(options.quiet),
      thought_(options.fold),
      answer_(options.render) {
  if (options.keys && !options.quiet && standard_error().terminal()) keyboard_.emplace();
}

Transcript::~Transcript() { finish(); }

void Transcript::go_on_from(const Begun& begun) {
  if (!begun.answer.empty()) {
    answering_ = true;
    if (standard_output().terminal()) answer_.add(begun.answer);
  } else if (options_.thinking && !options_.quiet && standard_error().terminal()) {
    thought_.add(begun.thinking, 0, 0);
  }
}

bool Transcript::show(const Event& event) {
  if (event.phase == Phase::prompt) {
    status_.update(fmt::format("reading the prompt: {} of {} tokens", event.prompt_done, event.prompt_total),
                   fmt::format("reading the prompt of {} tokens", event.prompt_total));
    begin_ms_ = without_pauses(event.t_ms);
  } else {
    status_.clear();
  }
  if (event.phase == Phase::thinking) show_thinking(event);
  if (event.phase == Phase::answer) show_answer(event);
  obey_keys(event);
  return !standard_output().failed() && !signals::interrupted();
}

void Transcript::show_thinking(const Event& event) {
  if (event.token >= 0) ++tokens_;
  if (!options_.thinking || options_.quiet) return;
  thought_.add(event.text, tokens_, without_pauses(event.t_ms) - begin_ms_);
}

// The tag that ends the thought is its last token, and comes as an answer without text.
void Transcript::show_answer(const Event& event) {
  if (!std::exchange(answering_, true) && event.text.empty()) return show_thinking(event);
  if (event.text.find_first_not_of("\r\n") != std::string_view::npos) thought_.end(true);
  answer_.add(event.text);
}

void Transcript::obey_keys(const Event& event) {
  while (const auto key = keyboard_ ? keyboard_->poll() : std::nullopt) {
    if (*key == Key::pause) pause(event);
    if (*key == Key::fold && !answering_ && options_.thinking) thought_.toggle();
    if (*key == Key::answer && !answering_) session_.end_thinking();
  }
}

// The generation stands still in its callback. Everything but another space waits as well, or is obeyed.
void Transcript::pause(const Event& event) {
  const auto begin = std::chrono::steady_clock::now();
  const bool answering = answer_.begun();
  const auto set_paused = [&](bool on) {
    return answering ? answer_.set_paused(on) : thought_.set_paused(on);
  };
  set_paused(true);
  while (const auto key = keyboard_->wait()) {
    if (*key == Key::pause) break;
    if (*key == Key::fold && !answering && options_.thinking) thought_.toggle();
    if (*key == Key::answer && !answering) {
      session_.end_thinking();
      break;
    }
  }
  set_paused(false);
  pauses_.push_back(
      {event.t_ms,
       std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count()});
}

double Transcript::without_pauses(double t_ms) const {
  double left = t_ms;
  for (const Pause& pause : pauses_) left -= pause.t_ms < t_ms ? pause.ms : 0;
  return left;
}

void Transcript::leave_out_pauses(Generation& generation) const {
  Timing& timing = generation.timing;
  const Timing before = timing;
  for (double* t :
       {&timing.prefill_ms, &timing.first_thought_ms, &timing.first_answer_ms, &timing.total_ms}) {
    if (*t >= 0) *t = without_pauses(*t);
  }
  const auto faster = [](double& rate, double ms_before, double ms) {
    if (ms > 0) rate *= ms_before / ms;
  };
  faster(generation.prefill_tok_s, before.prefill_ms, timing.prefill_ms);
  faster(generation.decode_tok_s, before.total_ms - before.prefill_ms, timing.total_ms - timing.prefill_ms);
}

void Transcript::finish() {
  status_.clear();
  answer_.end();
  thought_.end(false);
  keyboard_.reset();
}

namespace {

// Text that a resumed generation had held back comes before its first logits.
double thinking_ms(const Generation& generation) {
  const Timing& timing = generation.timing;
  const double end = timing.first_answer_ms >= 0 ? timing.first_answer_ms : timing.total_ms;
  return std::max(0.0, end - timing.prefill_ms);
}

// Which of the two bounds a text of this length has met.
std::string limit_text(const Usage& usage, uint64_t max_tokens, const char* verb) {
  const bool reached = max_tokens > 0 && usage.thinking_tokens + usage.answer_tokens >= max_tokens;
  return reached ? fmt::format("--max-tokens {} {}", max_tokens, verb) : fmt::format("the context {}", verb);
}

}  // namespace

std::vector<std::string> statistics(const Generation& generation) {
  const Usage& usage = generation.usage;
  std::string tokens = fmt::format("tokens: {} prompt", usage.prompt_tokens);
  if (usage.cached_tokens > 0) tokens += fmt::format(" ({} cached)", usage.cached_tokens);
  tokens += fmt::format(", {} thinking, {} answer", usage.thinking_tokens, usage.answer_tokens);
  std::vector<std::string> parts{std::move(tokens)};
  const Timing& timing = generation.timing;
  if (timing.first_thought_ms >= 0) {
    parts.push_back("first thought after " + format_ms(timing.first_thought_ms));
  }
  if (timing.first_answer_ms >= 0) parts.push_back("first answer after " + format_ms(timing.first_answer_ms));
  // A generation that was resumed may have thought before.
  if (timing.first_thought_ms >= 0) parts.push_back("thought for " + format_ms(thinking_ms(generation)));
  parts.push_back("total " + format_ms(timing.total_ms));
  const Speculation& guessed = generation.speculation;
  if (guessed.drafted_tokens > 0) {
    parts.push_back(
        fmt::format("{} of {} drafted tokens used", guessed.accepted_tokens, guessed.drafted_tokens));
  }
  std::string speed;
  if (usage.cached_tokens < usage.prompt_tokens) {
    speed = fmt::format("{:.1f} tok/s read, ", generation.prefill_tok_s);
  }
  parts.push_back(speed + fmt::format("{:.1f} tok/s generated", generation.decode_tok_s));
  parts.push_back(fmt::format("seed {}", generation.seed));
  return parts;
}

std::string ending_text(const Generation& generation, uint64_t max_tokens) {
  switch (generation.finish_reason) {
    case FinishReason::stop:
      return generation.ended_in_thinking ? "no answer: the model ended inside the thinking" : "";
    case FinishReason::length:
      return fmt::format("the answer was cut off: {} used up",
                         limit_text(generation.usage, max_tokens, "is"));
    case FinishReason::length_in_thinking:
      return fmt::format("no answer: {} used up inside the thinking",
                         limit_text(generation.usage, max_tokens, "was"));
    case FinishReason::budget:
      return generation.thought_end == ThoughtEnd::budget
                 ? "the thought was closed at its budget"
                 : "the thought was closed to leave room for the answer (--answer-reserve)";
    case FinishReason::loop: return "the thought was closed because it repeated itself";
    case FinishReason::cancelled: return "interrupted";
  }
  return "";
}

}  // namespace reckon::cli
