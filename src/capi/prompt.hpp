// A prompt that a caller gives, copied.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <reckon/reckon.h>
#include <reckon/model.hpp>

namespace reckon::capi {

using OwnPrompt = std::variant<std::vector<Message>, std::string, std::vector<TokenId>>;

// Throws Error(invalid_argument) for NULL and for one that is not exactly one of the three.
OwnPrompt own_prompt(const reckon_prompt* prompt);

}  // namespace reckon::capi
