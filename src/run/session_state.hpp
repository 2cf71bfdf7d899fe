// What a session holds.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <reckon/engine.hpp>
#include <reckon/session.hpp>

#include "run/thought_control.hpp"
#include "run/turn.hpp"
#include "support/in_use.hpp"

namespace reckon::run {

// Its engine and sequence, and the tokens the cache holds: what it lends to a generation.
struct SessionState {
  Model model;
  Engine engine;
  CacheType cache_type;
  SequenceId sequence;
  std::vector<TokenId> cached;  // tokens at the sequence's positions
  uint64_t context;
  size_t prefill_chunk;
  Requests requests;
  std::string restored_from = {};          // file of a part of the cache; empty: all was computed
  std::optional<OpenTurn> open_turn = {};  // the last one, unless it ended by itself
  bool in_use = false;                     // a generation or its like has begun and not ended

  static constexpr const char* kInUse =
      "the session is generating: until that ends only cancel(), end_thinking() and add_budget() can be "
      "called";
  // Throws Error(invalid_argument) where a callback, or the owner of a stream, asks for what must wait.
  void require_idle() const { support::InUse::require_idle(in_use, kInUse); }

  void rewind(uint64_t positions);
  // Computes tokens that follow the cached ones. Throws as Engine::forward does.
  void append(std::span<const TokenId> tokens);
  void forget();  // all positions, and the open turn
};

}  // namespace reckon::run
