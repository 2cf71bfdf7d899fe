#include "batch_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "batch_fields.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr int kMostMessageColumns = 300;
constexpr const char* kUrl = "/v1/chat/completions";

// Fields of a body that change nothing here: the model is the one that was loaded, the rest is bookkeeping.
bool has_no_effect(const std::string& key) {
  constexpr const char* kKeys[] = {
      "model", "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

// Fields that ask for what is done anyway, with that value. Another value is refused.
bool asks_for_the_usual(const std::string& key, const nlohmann::json& value) {
  if (key == "stream" || key == "logprobs") return value == false;
  return key == "response_format" && value == nlohmann::json{{"type", "text"}};
}

uint32_t parse_samples(const nlohmann::json& value, const std::string& field) {
  const bool good = value.is_number_unsigned() && value.get<uint64_t>() >= 1 &&
                    value.get<uint64_t>() <= static_cast<uint64_t>(kMostSamples);
  if (!good) invalid(fmt::format("{}: expected a whole number in 1 to {}", field, kMostSamples));
  return value.get<uint32_t>();
}

// The fields of a body, or of a short line: what is asked and how.
void read_body(const nlohmann::json& body, const std::string& path, PromptRequest& request) {
  OptionFields options(request.generation);
  for (const auto& [key, value] : body.items()) {
    const std::string field = path + key;
    if (value.is_null() || (path.empty() && key == "custom_id")) continue;
    if (key == "messages") {
      request.messages = parse_messages(value, field);
    } else if (key == "prompt" && path.empty()) {
      if (!value.is_string()) wrong_type(field, "a string", value);
      if (value == "") invalid(field + ": the text is empty");
      request.messages = {{"user", value.get<std::string>()}};
    } else if (key == "n") {
      request.samples = parse_samples(value, field);
    } else if (!has_no_effect(key) && !asks_for_the_usual(key, value)) {
      options.set(key, value, field);
    }
  }
  const auto given = [&](const char* key) { return body.contains(key) && !body[key].is_null(); };
  if (path.empty() && given("messages") && given("prompt")) invalid("messages and prompt: expected only one");
  if (request.messages.empty()) {
    invalid(path.empty() ? "messages or prompt is missing" : path + "messages is missing");
  }
}

const nlohmann::json& body_of(const nlohmann::json& object) {
  for (const auto& [key, value] : object.items()) {
    const bool known = key == "custom_id" || key == "method" || key == "url" || key == "body";
    if (!known && !value.is_null()) invalid(key + ": unknown beside body");
  }
  if (object.contains("method") && object["method"] != "POST") invalid("method: expected \"POST\"");
  if (object.contains("url") && object["url"] != kUrl) {
    invalid(fmt::format("url: expected \"{}\"", kUrl));
  }
  if (!object["body"].is_object()) wrong_type("body", "an object", object["body"]);
  return object["body"];
}

// `--system` stands in front of a conversation that has no system message of its own; each line has a seed.
void complete(PromptRequest& request) {
  const std::optional<std::string>& system = request.generation.system;
  if (system && request.messages.front().role != "system") {
    request.messages.insert(request.messages.begin(), {"system", *system});
  }
  // 32 bits: exact in every JSON reader.
  if (!request.generation.seed) request.generation.seed = std::random_device()();
  request.generation.generate.sampling.seed = *request.generation.seed;
}

PromptRequest request_of(uint64_t line, std::string id, const RequestDefaults& defaults) {
  PromptRequest request;
  request.line = line;
  request.id = std::move(id);
  request.generation = defaults.generation;
  request.samples = static_cast<uint32_t>(defaults.samples);
  return request;
}

// Gives errors about the rest of a line its id.
template <class F>
void with_id(const std::string& id, F read) {
  try {
    read();
  } catch (LineError& error) {
    error.set_id(id);
    throw;
  }
}

std::string answer_text(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number()) wrong_type("answer", "a string or a number", value);
  return value.dump();
}

void read_question(const nlohmann::json& object, PromptRequest& request) {
  for (const char* key : {"question", "answer"}) {
    if (!object.contains(key)) invalid(std::string(key) + " is missing");
  }
  if (!object["question"].is_string()) wrong_type("question", "a string", object["question"]);
  if (object["question"] == "") invalid("question is empty");
  request.messages = {{"user", object["question"].get<std::string>()}};
  Question question{.answer = answer_text(object["answer"]), .category = {}};
  if (question.answer.empty()) invalid("answer is empty");
  if (object.contains("category") && !object["category"].is_null()) {
    if (!object["category"].is_string()) wrong_type("category", "a string", object["category"]);
    question.category = object["category"].get<std::string>();
  }
  request.question = std::move(question);
}

}  // namespace

PromptRequest parse_request(std::string_view text, uint64_t line, const RequestDefaults& defaults) {
  const nlohmann::json object = parse_line_object(text);
  if (!object.contains("custom_id")) invalid("custom_id is missing");
  PromptRequest request = request_of(line, parse_id(object["custom_id"], "custom_id"), defaults);
  with_id(request.id, [&] {
    if (object.contains("body")) {
      read_body(body_of(object), "body.", request);
    } else {
      read_body(object, "", request);
    }
    complete(request);
  });
  return request;
}

PromptRequest parse_question(std::string_view text, uint64_t line, const RequestDefaults& defaults) {
  const nlohmann::json object = parse_line_object(text);
  const bool named = object.contains("id") && !object["id"].is_null();
  const std::string id = !named                     ? fmt::format("line-{}", line)
                         : object["id"].is_number() ? object["id"].dump()
                                                    : parse_id(object["id"], "id");
  PromptRequest request = request_of(line, id, defaults);
  request.named = named;
  const auto read = [&] {
    read_question(object, request);
    complete(request);
  };
  named ? with_id(request.id, read) : read();
  return request;
}

std::string shortened(const std::string& message) {
  std::string cut = cut_to_columns(message, kMostMessageColumns);
  return cut.size() < message.size() ? cut + "..." : message;
}

}  // namespace reckon::cli
