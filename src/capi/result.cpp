#include "capi/result.hpp"

#include <utility>

namespace reckon::capi {
namespace {

// What a reckon_result points into comes with it.
struct OwnedResult : ResultView {
  explicit OwnedResult(Generation g) : generation(std::move(g)) { show(generation); }

  const Generation generation;
};

void copy_counts(const Generation& g, reckon_result& r) {
  r.prompt_tokens = g.usage.prompt_tokens;
  r.cached_tokens = g.usage.cached_tokens;
  r.thinking_tokens = g.usage.thinking_tokens;
  r.answer_tokens = g.usage.answer_tokens;
  r.inserted_tokens = g.usage.inserted_tokens;
  r.drafted_tokens = g.speculation.drafted_tokens;
  r.accepted_tokens = g.speculation.accepted_tokens;
  r.seed = g.seed;
}

void copy_times(const Generation& g, reckon_result& r) {
  r.prefill_ms = g.timing.prefill_ms;
  r.first_thought_ms = g.timing.first_thought_ms;
  r.first_answer_ms = g.timing.first_answer_ms;
  r.total_ms = g.timing.total_ms;
  r.prefill_tok_s = g.prefill_tok_s;
  r.decode_tok_s = g.decode_tok_s;
}

}  // namespace

void ResultView::show(const Generation& g) {
  note_texts_.clear();
  for (const std::string& note : g.notes) note_texts_.push_back(note.c_str());
  size = sizeof(reckon_result);
  thinking = g.thinking.c_str();
  thinking_length = g.thinking.size();
  answer = g.answer.c_str();
  answer_length = g.answer.size();
  finish_reason = static_cast<int32_t>(g.finish_reason);
  thought_end = static_cast<int32_t>(g.thought_end);
  ended_in_thinking = g.ended_in_thinking;
  notes = note_texts_.data();
  note_count = note_texts_.size();
  copy_counts(g, *this);
  copy_times(g, *this);
}

reckon_result* new_result(Generation generation) { return new OwnedResult(std::move(generation)); }

reckon_event event_of(const Event& event, const std::string& text) noexcept {
  reckon_event e{};
  e.size = sizeof e;
  e.text = text.c_str();
  e.text_length = text.size();
  e.t_ms = event.t_ms;
  e.prompt_done = event.prompt_done;
  e.prompt_total = event.prompt_total;
  e.phase = static_cast<int32_t>(event.phase);
  e.token = event.token;
  e.inserted = event.inserted;
  return e;
}

}  // namespace reckon::capi

void reckon_result_free(reckon_result* result) { delete static_cast<reckon::capi::OwnedResult*>(result); }
