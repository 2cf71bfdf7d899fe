#include "capi/prompt.hpp"

#include "capi/options.hpp"

namespace reckon::capi {

OwnPrompt own_prompt(const reckon_prompt* prompt) {
  const reckon_prompt p = read(&require(prompt, "prompt"), "prompt");
  if ((p.messages != nullptr) + (p.text != nullptr) + (p.tokens != nullptr) != 1) {
    fail_argument("prompt: expected exactly one of messages, text and tokens");
  }
  if (p.messages != nullptr) return messages(p.messages, p.message_count);
  if (p.text != nullptr)
    return std::string(require_array(p.text, p.text_length, "prompt.text").data(), p.text_length);
  const auto tokens = require_array(p.tokens, p.token_count, "prompt.tokens");
  return std::vector<TokenId>(tokens.begin(), tokens.end());
}

}  // namespace reckon::capi
