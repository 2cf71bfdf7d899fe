// From a conversation or a text to prompt tokens, and the phase in which the stream after them starts.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <reckon/generation.hpp>
#include <reckon/model.hpp>

#include "text/think_splitter.hpp"

namespace reckon::run {

struct Prompt {
  std::vector<TokenId> tokens;
  text::Phase start;
};

// The answer is to come first.
bool skips_thought(const GenerateOptions& options);

// no_think: an empty thought is put in, so that the answer comes next.
Prompt chat_prompt(const Model& model, std::span<const Message> messages, bool no_think);
Prompt text_prompt(const Model& model, std::string_view text, bool no_think);
Prompt token_prompt(const Model& model, std::span<const TokenId> tokens);

}  // namespace reckon::run
