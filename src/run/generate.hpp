// The spine: prompt tokens in, events out.
#pragma once

#include <optional>
#include <span>
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
  CacheType cache_type;
  SequenceId sequence;
  std::vector<TokenId> cached;  // tokens at the sequence's positions
  uint64_t context;
  size_t prefill_chunk;
  Requests requests;
  std::optional<OpenTurn> open_turn = {};  // the last one, unless it ended by itself

  void rewind(uint64_t positions);
  // Computes tokens that follow the cached ones. Throws as Engine::forward does.
  void append(std::span<const TokenId> tokens);
  void forget();  // all positions, and the open turn
};

// Throws as Session::generate does; state.cached matches the cache also then.
Generation generate(SessionState& state, const Prompt& prompt, const GenerateOptions& options,
                    const EventCallback& on_event);
// Goes on with the open turn. Throws as Session::resume does.
Generation resume(SessionState& state, const GenerateOptions& options, const EventCallback& on_event);

}  // namespace reckon::run
