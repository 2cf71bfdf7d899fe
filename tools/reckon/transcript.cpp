#include "transcript.hpp"

#include <fmt/format.h>

#include "output.hpp"
#include "signals.hpp"

namespace reckon::cli {
namespace {

// The line breaks with which models set off a thought or an answer say nothing here.
std::string_view without_leading_breaks(std::string_view text) {
  const size_t begin = text.find_first_not_of("\r\n");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

bool write(Output& out, std::string_view text) {
  return out.terminal() ? out.write(printable(text)) : out.write(text);
}

}  // namespace

Transcript::Transcript(bool show_thinking, bool quiet)
    : status_(quiet), thinking_wanted_(show_thinking && !quiet) {}

Transcript::~Transcript() { finish(); }

bool Transcript::show(const Event& event) {
  if (event.phase == Phase::prompt) {
    status_.update(fmt::format("reading the prompt: {} of {} tokens", event.prompt_done, event.prompt_total));
  } else {
    status_.clear();
  }
  if (event.phase == Phase::thinking) show_thinking(event.text);
  if (event.phase == Phase::answer) show_answer(event.text);
  return !standard_output().failed() && !signals::interrupted();
}

void Transcript::show_thinking(std::string_view text) {
  if (!thinking_wanted_) return;
  if (!thought_shown_) text = without_leading_breaks(text);
  if (text.empty()) return;
  if (!thought_shown_ && use_colour()) {
    dim_ = true;
    signals::set_dim(true);
    standard_error().write("\x1b[2m");
  }
  thought_shown_ = true;
  write(standard_error(), text);
}

// One line break ends the thought, and an empty line sets the answer off where both are on a terminal.
void Transcript::end_thinking(bool answer_follows) {
  if (!thought_shown_) return;
  Output& err = standard_error();
  const bool complete_line = err.at_line_start();
  if (dim_) err.write("\x1b[0m");
  signals::set_dim(false);
  if (!complete_line) err.write("\n");
  if (err.terminal() && standard_output().terminal() && answer_follows) err.write("\n");
  dim_ = thought_shown_ = false;
}

void Transcript::show_answer(std::string_view text) {
  if (!answer_shown_) text = without_leading_breaks(text);
  if (text.empty()) return;
  end_thinking(true);
  answer_shown_ = true;
  write(standard_output(), text);
}

void Transcript::finish() {
  status_.clear();
  if (answer_shown_ && !standard_output().at_line_start()) standard_output().write("\n");
  end_thinking(false);
}

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
  parts.push_back("total " + format_ms(timing.total_ms));
  const Speculation& guessed = generation.speculation;
  if (guessed.drafted_tokens > 0) {
    parts.push_back(
        fmt::format("{} of {} drafted tokens used", guessed.accepted_tokens, guessed.drafted_tokens));
  }
  parts.push_back(fmt::format("{:.1f} tok/s read, {:.1f} tok/s generated", generation.prefill_tok_s,
                              generation.decode_tok_s));
  parts.push_back(fmt::format("seed {}", generation.seed));
  return parts;
}

std::string ending_text(const Generation& generation) {
  switch (generation.finish_reason) {
    case FinishReason::stop:
      return generation.ended_in_thinking ? "no answer: the model ended inside the thinking" : "";
    case FinishReason::length: return "the answer was cut off: --max-tokens or the context is used up";
    case FinishReason::length_in_thinking:
      return "no answer: --max-tokens or the context was used up inside the thinking";
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
