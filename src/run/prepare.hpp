// What can be known of the next prompt before its question is there, computed ahead.
#pragma once

#include <functional>
#include <span>

#include <reckon/model.hpp>

#include "run/session_state.hpp"
#include "store/prompt_cache.hpp"

namespace reckon::run {

// The tokens with which the prompt of `messages` and one more of the user begins, whatever that one is. A
// guess is enough: what turns out to be different is computed again.
std::vector<TokenId> known_beginning(const Model& model, std::span<const Message> messages);

// As Session::prepare says.
// prompts: where beginnings of prompts are kept; may be null.
bool prepare(SessionState& session, const store::PromptCache* prompts, std::span<const Message> messages,
             const std::function<bool()>& stop);

}  // namespace reckon::run
