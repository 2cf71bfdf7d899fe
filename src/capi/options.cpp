#include "capi/options.hpp"

#include <cmath>
#include <limits>

namespace reckon::capi {

template <>
reckon_load_options defaults() noexcept {
  return {};
}

template <>
reckon_reader defaults() noexcept {
  return {};
}

template <>
reckon_session_options defaults() noexcept {
  reckon_session_options o{};
  o.prompt_cache_bytes = SessionOptions{}.prompt_cache_bytes;
  return o;
}

template <>
reckon_prompt defaults() noexcept {
  return {};
}

template <>
reckon_phase_sampling defaults() noexcept {
  constexpr float kAsForTheWhole = std::numeric_limits<float>::quiet_NaN();
  reckon_phase_sampling s{};
  s.temperature = s.top_p = s.min_p = kAsForTheWhole;
  s.repeat_penalty = s.presence_penalty = s.frequency_penalty = kAsForTheWhole;
  s.top_k = -1;
  return s;
}

// Those of GenerateOptions and ThinkingOptions, which can't be made here: their text takes memory.
// budget_message stays NULL, which means the same.
template <>
reckon_generate_options defaults() noexcept {
  const SamplingOptions sampling;
  reckon_generate_options o{};
  o.temperature = sampling.temperature;
  o.top_p = sampling.top_p;
  o.min_p = sampling.min_p;
  o.repeat_penalty = sampling.repeat_penalty;
  o.presence_penalty = sampling.presence_penalty;
  o.frequency_penalty = sampling.frequency_penalty;
  o.top_k = sampling.top_k;
  o.repeat_last = sampling.repeat_last;
  o.seed = sampling.seed;
  o.thinking_budget = RECKON_NO_BUDGET;
  o.thinking_grace = 64;
  o.answer_reserve = RECKON_DEFAULT_RESERVE;
  o.loop_breaker = 1;
  o.draft_tokens = -1;
  return o;
}

namespace {

void copy_progress(const reckon_load_options& from, LoadOptions& to) {
  if (from.progress == nullptr) return;
  to.progress = [call = from.progress, data = from.progress_data](const LoadProgress& p) {
    return call(data, p.done_bytes, p.total_bytes) == 0;
  };
}

void copy_log(const reckon_load_options& from, LoadOptions& to) {
  if (from.log == nullptr) return;
  to.log = [call = from.log, data = from.log_data](LogLevel level, std::string_view line) {
    call(data, static_cast<int32_t>(level), std::string(line).c_str());
  };
}

SamplingOptions sampling_options(const reckon_generate_options& o) {
  SamplingOptions s;
  s.temperature = o.temperature;
  s.top_k = o.top_k;
  s.top_p = o.top_p;
  s.min_p = o.min_p;
  s.repeat_penalty = o.repeat_penalty;
  s.repeat_last = o.repeat_last;
  s.presence_penalty = o.presence_penalty;
  s.frequency_penalty = o.frequency_penalty;
  s.seed = o.seed;
  for (const reckon_logit_bias& b : require_array(o.logit_bias, o.logit_bias_count, "options.logit_bias")) {
    s.logit_bias.emplace_back(b.token, b.bias);
  }
  return s;
}

std::optional<float> unless_nan(float value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

PhaseSampling phase_sampling(const reckon_phase_sampling* options, const char* name) {
  const reckon_phase_sampling s = read(options, name);
  return {.temperature = unless_nan(s.temperature),
          .top_k = s.top_k == -1 ? std::nullopt : std::optional<int>(s.top_k),
          .top_p = unless_nan(s.top_p),
          .min_p = unless_nan(s.min_p),
          .repeat_penalty = unless_nan(s.repeat_penalty),
          .presence_penalty = unless_nan(s.presence_penalty),
          .frequency_penalty = unless_nan(s.frequency_penalty)};
}

ThinkingOptions thinking_options(const reckon_generate_options& o) {
  ThinkingOptions t;
  if (o.thinking_budget != RECKON_NO_BUDGET) t.budget = o.thinking_budget;
  t.grace = o.thinking_grace;
  if (o.budget_message != nullptr) t.budget_message = o.budget_message;
  if (o.answer_reserve != RECKON_DEFAULT_RESERVE) t.answer_reserve = o.answer_reserve;
  t.loop_breaker = o.loop_breaker != 0;
  t.hesitation_bias = o.hesitation_bias;
  return t;
}

AnswerForm answer_form(const reckon_generate_options& o) {
  if (o.answer_form < RECKON_FORM_NONE || o.answer_form > RECKON_FORM_GBNF) {
    fail_argument("options.answer_form is " + std::to_string(o.answer_form) + "; expected 0 to 3");
  }
  if (o.answer_form == RECKON_FORM_NONE) return {};
  return {static_cast<AnswerForm::Kind>(o.answer_form),
          &require(o.answer_form_text, "options.answer_form_text")};
}

}  // namespace

std::function<bool()> stop_function(reckon_stop_function stop, void* data) {
  if (stop == nullptr) return {};
  return [=] { return stop(data) != 0; };
}

LoadOptions load_options(const reckon_load_options* options) {
  const reckon_load_options o = read(options, "options");
  LoadOptions result;
  result.threads = o.threads;
  if (o.isa != nullptr) result.isa = o.isa;
  result.memory_limit = o.memory_limit;
  copy_progress(o, result);
  copy_log(o, result);
  return result;
}

CacheType cache_type(int32_t number, const char* name) {
  if (number == RECKON_CACHE_F16) return CacheType::f16;
  if (number == RECKON_CACHE_Q8_0) return CacheType::q8_0;
  fail_argument(std::string(name) + " is " + std::to_string(number) + "; expected 0 or 1");
}

SessionOptions session_options(const reckon_session_options* options) {
  const reckon_session_options o = read(options, "options");
  return {.context = o.context,
          .cache_type = cache_type(o.cache_type, "options.cache_type"),
          .prefill_chunk = o.prefill_chunk,
          .prompt_cache = o.prompt_cache == nullptr ? "" : o.prompt_cache,
          .prompt_cache_bytes = o.prompt_cache_bytes};
}

GenerateOptions generate_options(const reckon_generate_options* options) {
  const reckon_generate_options o = read(options, "options");
  GenerateOptions result;
  result.sampling = sampling_options(o);
  result.thinking_sampling = phase_sampling(o.thinking_sampling, "options.thinking_sampling");
  result.answer_sampling = phase_sampling(o.answer_sampling, "options.answer_sampling");
  result.thinking = thinking_options(o);
  result.max_tokens = o.max_tokens;
  for (const char* const& stop : require_array(o.stop, o.stop_count, "options.stop")) {
    result.stop.emplace_back(&require(stop, "options.stop[]"));
  }
  result.answer_form = answer_form(o);
  result.no_think = o.no_think != 0;
  result.draft_tokens = o.draft_tokens;
  return result;
}

std::vector<Message> messages(const reckon_message* list, size_t count) {
  std::vector<Message> result;
  for (const reckon_message& m : require_array(list, count, "messages")) {
    result.push_back({&require(m.role, "messages[].role"), &require(m.content, "messages[].content")});
  }
  return result;
}

}  // namespace reckon::capi

using reckon::capi::init;

void reckon_load_options_init(reckon_load_options* options, size_t size) { init(options, size); }
void reckon_reader_init(reckon_reader* reader, size_t size) { init(reader, size); }
void reckon_session_options_init(reckon_session_options* options, size_t size) { init(options, size); }
void reckon_prompt_init(reckon_prompt* prompt, size_t size) { init(prompt, size); }
void reckon_phase_sampling_init(reckon_phase_sampling* sampling, size_t size) { init(sampling, size); }
void reckon_generate_options_init(reckon_generate_options* options, size_t size) { init(options, size); }

reckon_status reckon_generate_options_validate(const reckon_generate_options* options, uint64_t vocab_size,
                                               reckon_error** error) {
  return reckon::capi::guard(error,
                             [&] { reckon::validate(reckon::capi::generate_options(options), vocab_size); });
}
