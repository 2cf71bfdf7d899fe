// From a conversation or a text to prompt tokens, and the phase in which the stream after them starts.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <reckon/generation.hpp>
#include <reckon/model.hpp>

#include "store/records.hpp"
#include "text/think_splitter.hpp"

namespace reckon::run {

struct Prompt {
  std::vector<TokenId> tokens;
  text::Phase start;
};

// A generation that has not come to its end, as far as it is.
struct OpenTurn {
  std::vector<TokenId> tokens;  // of the prompt, and those generated
  store::OpenTurn state;

  Prompt prompt() const;
  std::span<const TokenId> generated() const { return std::span(tokens).subspan(state.prompt_tokens); }
  bool is_inserted(size_t i) const {  // of the generated tokens
    return i >= state.inserted_begin && i - state.inserted_begin < state.inserted;
  }
};

// The answer is to come first.
bool skips_thought(const GenerateOptions& options);

// no_think: an empty thought is put in, so that the answer comes next.
Prompt chat_prompt(const Model& model, std::span<const Message> messages, bool no_think);
Prompt text_prompt(const Model& model, std::string_view text, bool no_think);
// Tokens are taken as they are: throws Error(invalid_argument) for no_think.
Prompt token_prompt(const Model& model, std::span<const TokenId> tokens, bool no_think);

}  // namespace reckon::run
