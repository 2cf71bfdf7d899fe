// A session's use of the prompt cache on disk.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "run/session_state.hpp"
#include "store/prompt_cache.hpp"

namespace reckon::run {

// Where an entry holds more of the prompt's beginning than the session's cache, puts it in the cache's place.
// What is damaged is left aside, with a note.
void load_prefix(SessionState& session, const store::PromptCache& prompts, std::span<const TokenId> prompt,
                 std::vector<std::string>& notes);

// Keeps the cache of the prompt, as far as it is computed, if much of it was not there before.
void keep_prefix(const SessionState& session, const store::PromptCache& prompts,
                 std::span<const TokenId> prompt, std::vector<std::string>& notes);

}  // namespace reckon::run
