#include "batch_output.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <ctime>

#include "saved_settings.hpp"

namespace reckon::cli {
namespace {

// In OpenAI's words, which know two ways to end.
const char* openai_finish_reason(const Generation& generation) {
  switch (generation.finish_reason) {
    case FinishReason::length:
    case FinishReason::length_in_thinking: return "length";
    default: return "stop";
  }
}

Json choice_json(size_t index, const Generation& generation, bool hide_thinking) {
  Json message = {{"role", "assistant"}, {"content", generation.answer}};
  if (!hide_thinking) message["reasoning_content"] = generation.thinking;
  return {{"index", index},
          {"message", std::move(message)},
          {"logprobs", nullptr},
          {"finish_reason", openai_finish_reason(generation)},
          {"reckon",
           {{"finish_reason", to_string(generation.finish_reason)},
            {"thought_end", to_string(generation.thought_end)},
            {"seed", generation.seed},
            {"usage", usage_json(generation.usage)},
            {"timing_ms", timing_json(generation.timing)},
            {"speed", speed_json(generation)}}}};
}

// The prompt counts once, as it is computed once.
Json total_usage_json(const std::vector<Generation>& samples) {
  const uint64_t prompt = samples.front().usage.prompt_tokens;
  uint64_t reasoning = 0;
  uint64_t completion = 0;
  for (const Generation& sample : samples) {
    reasoning += sample.usage.thinking_tokens;
    completion += sample.usage.thinking_tokens + sample.usage.answer_tokens;
  }
  return {{"prompt_tokens", prompt},
          {"completion_tokens", completion},
          {"total_tokens", prompt + completion},
          {"completion_tokens_details", {{"reasoning_tokens", reasoning}}}};
}

std::string digest_of(const Json& value) {
  const std::string text = json_line(value);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

}  // namespace

// Files of one model in several weight formats have the same name.
Json model_json(const ModelInfo& model) {
  return {{"model", model.name},
          {"system_fingerprint", fmt::format("{}, {} bytes", model.file_type, model.file_bytes)}};
}

std::string request_digest(const PromptRequest& request) {
  Json asked = Json::array({request.samples});
  for (const Message& message : request.messages)
    asked.push_back(Json::array({message.role, message.content}));
  return digest_of(asked);
}

// Seeds are each line's own.
std::string settings_digest(const PromptRequest& request) {
  SavedSettings settings = saved_settings(request.generation);
  std::erase_if(settings, [](const auto& setting) { return setting.first == "seed"; });
  return digest_of(Json(settings));
}

Json response_json(const PromptRequest& request, const std::vector<Generation>& samples,
                   const ModelInfo& model) {
  Json choices = Json::array();
  for (size_t i = 0; i < samples.size(); ++i) {
    choices.push_back(choice_json(i, samples[i], request.generation.hide_thinking));
  }
  Json body = {{"id", fmt::format("chatcmpl-{}", request.line)},
               {"object", "chat.completion"},
               {"created", static_cast<int64_t>(std::time(nullptr))}};
  body.update(model_json(model));
  body["choices"] = std::move(choices);
  body["usage"] = total_usage_json(samples);
  return {{"id", fmt::format("batch_req_{}", request.line)},
          {"custom_id", request.id},
          {"response",
           {{"status_code", 200},
            {"request_id", fmt::format("req_{}", request.line)},
            {"body", std::move(body)}}},
          {"error", nullptr},
          {"reckon", {{"request", request_digest(request)}, {"settings", settings_digest(request)}}}};
}

Json failure_json(uint64_t line, const LineError& error) {
  return {{"id", fmt::format("batch_req_{}", line)},
          {"custom_id", error.id() ? Json(*error.id()) : Json(nullptr)},
          {"response", nullptr},
          {"error",
           {{"code", error.code()},
            {"message", shortened(fmt::format("line {}: {}", line, error.what()))},
            {"line", line}}}};
}

}  // namespace reckon::cli
