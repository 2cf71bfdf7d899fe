// Lines of results in the OpenAI batch form, with what reckon knows beside it under "reckon".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <reckon/batch.hpp>

#include "batch_input.hpp"
#include "json_output.hpp"

namespace reckon::cli {

// How every line begins.
constexpr std::string_view kLineBegin = R"({"id":"batch_req_)";

// The fields of a response's body that tell which model it is from.
Json model_json(const ModelInfo& model);
// What a request asks, in short: a hash of its messages and of how many samples are asked for. Two requests
// of one id with different ones are different questions. (How it is answered, as the temperature, may
// change.)
std::string request_digest(const PromptRequest& request);
// Of the settings that it is answered with.
std::string settings_digest(const PromptRequest& request);
// Of a request whose samples have all ended with a generation; `samples` in their order.
Json response_json(const PromptRequest& request, const std::vector<Generation>& samples,
                   const ModelInfo& model);
// Of a line that has failed.
Json failure_json(uint64_t line, const LineError& error);

}  // namespace reckon::cli
