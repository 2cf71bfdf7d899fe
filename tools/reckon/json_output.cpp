#include "json_output.hpp"

#include <fmt/format.h>

#include <cmath>

namespace reckon::cli {
namespace {

// The controls that JSON allows in strings, and terminals obey: U+007F to U+009F.
std::string with_escaped_controls(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = static_cast<unsigned char>(i + 1 < json.size() ? json[i + 1] : '\0');
    if (byte == 0x7f) {
      escaped += "\\u007f";
    } else if (byte == 0xc2 && next < 0xa0) {  // C2 80 to C2 9F
      escaped += fmt::format("\\u00{:02x}", next);
      ++i;
    } else {
      escaped += json[i];
    }
  }
  return escaped;
}

std::string dump(const Json& json, int indent) {
  return with_escaped_controls(json.dump(indent, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace

std::string json_line(const Json& json) { return dump(json, -1); }
std::string json_text(const Json& json) { return dump(json, 2); }

Json json_number(double value) {
  if (!(value >= 0) || std::isinf(value)) return nullptr;
  return std::round(value * 1000) / 1000;
}

Json usage_json(const Usage& usage) {
  return {{"prompt_tokens", usage.prompt_tokens},
          {"thinking_tokens", usage.thinking_tokens},
          {"answer_tokens", usage.answer_tokens},
          {"inserted_tokens", usage.inserted_tokens}};
}

Json timing_json(const Timing& timing) {
  return {{"prefill", json_number(timing.prefill_ms)},
          {"first_thought", json_number(timing.first_thought_ms)},
          {"first_answer", json_number(timing.first_answer_ms)},
          {"total", json_number(timing.total_ms)}};
}

Json speed_json(const Generation& generation) {
  return {{"prefill_tok_s", json_number(generation.prefill_tok_s)},
          {"decode_tok_s", json_number(generation.decode_tok_s)}};
}

Json speculation_json(const Speculation& speculation) {
  return {{"drafted_tokens", speculation.drafted_tokens}, {"accepted_tokens", speculation.accepted_tokens}};
}

namespace {

// What a generation came to, besides its text.
Json account_json(const Generation& generation, const Model& model) {
  Json timing = {{"load", json_number(model.load_ms())}};
  timing.update(timing_json(generation.timing));
  return {{"finish_reason", to_string(generation.finish_reason)},
          {"thought_end", to_string(generation.thought_end)},
          {"usage", usage_json(generation.usage)},
          {"timing_ms", std::move(timing)},
          {"speed", speed_json(generation)},
          {"speculation", speculation_json(generation.speculation)},
          {"seed", generation.seed}};
}

}  // namespace

Json generation_json(const Generation& generation, const Model& model, bool hide_thinking) {
  Json json = {{"model", model.info().name}};
  if (!hide_thinking) json["thinking"] = generation.thinking;
  json["answer"] = generation.answer;
  json.update(account_json(generation, model));
  return json;
}

bool is_told(const Event& event, bool hide_thinking) {
  return event.phase != Phase::done && !(hide_thinking && event.phase == Phase::thinking);
}

Json event_json(const Event& event) {
  Json json = {{"phase", to_string(event.phase)},
               {"text", event.text},
               {"token", event.token < 0 ? Json(nullptr) : Json(event.token)},
               {"t_ms", json_number(event.t_ms)}};
  if (event.inserted) json["inserted"] = true;
  if (event.phase == Phase::prompt) {
    json["prompt_done"] = event.prompt_done;
    json["prompt_total"] = event.prompt_total;
  }
  return json;
}

Json done_json(const Generation& generation, const Model& model) {
  Json json = {
      {"phase", "done"}, {"text", ""}, {"token", nullptr}, {"t_ms", json_number(generation.timing.total_ms)}};
  json.update(account_json(generation, model));
  return json;
}

Json error_json(ErrorCode code, const std::string& message) {
  return {{"error", {{"code", to_string(code)}, {"message", message}}}};
}

}  // namespace reckon::cli
