// The JSON the command writes. Key order is part of the format.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include <reckon/reckon.hpp>

namespace reckon::cli {

using Json = nlohmann::ordered_json;

// One line, always valid UTF-8, without control characters.
std::string json_line(const Json& json);
// Indented, for one object that is the whole output.
std::string json_text(const Json& json);

// Milliseconds and rates to three decimals; null for what never came (negative).
Json json_number(double value);

Json usage_json(const Usage& usage);
Json timing_json(const Timing& timing);
Json speed_json(const Generation& generation);
Json speculation_json(const Speculation& speculation);
Json generation_json(const Generation& generation, const Model& model, bool hide_thinking);

// Has the event a line of its own? The last has not: done_json() says more.
bool is_told(const Event& event, bool hide_thinking);
Json event_json(const Event& event);
Json done_json(const Generation& generation, const Model& model);
Json error_json(ErrorCode code, const std::string& message);

}  // namespace reckon::cli
