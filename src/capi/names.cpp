// Numbers of the C interface and their names.
#include <reckon/reckon.h>
#include <reckon/event.hpp>
#include <reckon/generation.hpp>
#include <reckon/vote.hpp>

using namespace reckon;

namespace {

// The enum's own name of `number`, which may be none of its values.
template <class Enum>
const char* name_of(int64_t number) {
  return number < 0 || number > UINT8_MAX ? "unknown" : to_string(static_cast<Enum>(number));
}

template <class Enum>
constexpr bool same(Enum value, int32_t number) {
  return static_cast<int32_t>(value) == number;
}
static_assert(same(Phase::prompt, RECKON_PHASE_PROMPT) && same(Phase::thinking, RECKON_PHASE_THINKING));
static_assert(same(Phase::answer, RECKON_PHASE_ANSWER) && same(Phase::done, RECKON_PHASE_DONE));
static_assert(same(FinishReason::stop, RECKON_FINISH_STOP) &&
              same(FinishReason::length, RECKON_FINISH_LENGTH));
static_assert(same(FinishReason::length_in_thinking, RECKON_FINISH_LENGTH_IN_THINKING));
static_assert(same(FinishReason::budget, RECKON_FINISH_BUDGET) &&
              same(FinishReason::loop, RECKON_FINISH_LOOP));
static_assert(same(FinishReason::cancelled, RECKON_FINISH_CANCELLED));
static_assert(same(ThoughtEnd::none, RECKON_THOUGHT_NONE) && same(ThoughtEnd::model, RECKON_THOUGHT_MODEL));
static_assert(same(ThoughtEnd::budget, RECKON_THOUGHT_BUDGET) && same(ThoughtEnd::loop, RECKON_THOUGHT_LOOP));
static_assert(same(AnswerForm::Kind::json_schema, RECKON_FORM_JSON_SCHEMA));
static_assert(same(AnswerForm::Kind::regex, RECKON_FORM_REGEX) &&
              same(AnswerForm::Kind::gbnf, RECKON_FORM_GBNF));
static_assert(same(ThoughtEnd::reserve, RECKON_THOUGHT_RESERVE));
static_assert(same(ThoughtEnd::requested, RECKON_THOUGHT_REQUESTED));
static_assert(same(SampleState::waiting, RECKON_SAMPLE_WAITING) &&
              same(SampleState::running, RECKON_SAMPLE_RUNNING));
static_assert(same(SampleState::done, RECKON_SAMPLE_DONE) &&
              same(SampleState::not_needed, RECKON_SAMPLE_NOT_NEEDED));
static_assert(same(SampleState::cancelled, RECKON_SAMPLE_CANCELLED) &&
              same(SampleState::failed, RECKON_SAMPLE_FAILED));

}  // namespace

const char* reckon_status_name(reckon_status status) {
  if (status == RECKON_OK) return "ok";
  if (status == RECKON_INTERNAL) return "internal";
  return name_of<ErrorCode>(int64_t{status} - 1);
}

const char* reckon_finish_reason_name(int32_t finish_reason) { return name_of<FinishReason>(finish_reason); }
const char* reckon_phase_name(int32_t phase) { return name_of<Phase>(phase); }
const char* reckon_thought_end_name(int32_t thought_end) { return name_of<ThoughtEnd>(thought_end); }
const char* reckon_sample_state_name(int32_t state) { return name_of<SampleState>(state); }
