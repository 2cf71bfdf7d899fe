// Lines of `reckon batch` and `reckon eval` to requests. The lines are untrusted: every mistake is a
// LineError.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <reckon/chat_template.hpp>

#include "line_error.hpp"
#include "settings.hpp"

namespace reckon::cli {

constexpr uint64_t kMostLineBytes = 64 << 20;
constexpr size_t kMostIdBytes = 1024;

// What a line of `reckon eval` asks beyond its prompt.
struct Question {
  std::string answer;    // the right one, as it was given
  std::string category;  // may be empty
};

struct PromptRequest {
  uint64_t line = 0;  // in the input, from 1
  std::string id;     // custom_id
  bool named = true;  // else the id is made of the line's number
  std::vector<Message> messages;
  GenerationOptions generation;
  uint32_t samples = 1;
  std::optional<Question> question;
};

// What holds where a line says nothing.
struct RequestDefaults {
  GenerationOptions generation;
  uint64_t samples = 1;
};

// One JSON object: the OpenAI batch form (custom_id, method, url, body) or the short one (custom_id, messages
// or prompt, options). Options have OpenAI's names or those of the command line with underscores. A line
// without a seed gets one by chance.
PromptRequest parse_request(std::string_view text, uint64_t line, const RequestDefaults& defaults);

// One JSON object: question, answer (a text or a number), and, if they are there, category and id; other
// fields are not looked at.
PromptRequest parse_question(std::string_view text, uint64_t line, const RequestDefaults& defaults);

// `message`, cut to a length that fits an error message: what a line says may be of any length.
std::string shortened(const std::string& message);

}  // namespace reckon::cli
