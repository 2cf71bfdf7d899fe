// The spine: prompt tokens in, events out.
#pragma once

#include <vector>

#include <reckon/engine.hpp>
#include <reckon/session.hpp>

#include "run/prompt.hpp"
#include "run/thought_control.hpp"

namespace reckon::run {

// What a session lends to a generation: its engine and sequence, and the tokens the cache holds.
struct SessionState {
  Model model;
  Engine engine;
  SequenceId sequence;
  std::vector<TokenId> cached;  // tokens at the sequence's positions
  uint64_t context;
  size_t prefill_chunk;
  Requests requests;
};

// Throws as Session::generate does; state.cached matches the cache also then.
Generation generate(SessionState& state, const Prompt& prompt, const GenerateOptions& options,
                    const EventCallback& on_event);

}  // namespace reckon::run
