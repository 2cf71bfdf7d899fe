// The spine: prompt tokens in, events out.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <reckon/engine.hpp>
#include <reckon/session.hpp>

#include "run/prompt.hpp"
#include "run/thought_control.hpp"
#include "run/turn.hpp"

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

// A turn of a session, a step at a time. The session, its requests cleared, outlives it.
class ActiveTurn {
 public:
  // begin: a Prompt, or an OpenTurn to go on with. Throws as Session::generate does.
  template <class Begin>
  ActiveTurn(SessionState& session, const Begin& begin, const GenerateOptions& options,
             const EventCallback& on_event);

  bool running() const { return turn_->running(); }
  void step();
  // Runs to the end. Throws as Session::generate does.
  Generation finish();

 private:
  SessionState& session_;
  DraftPolicy policy_;
  DraftIndex index_{1};
  std::optional<Turn> turn_;
};

// Throws as Session::generate does; state.cached matches the cache also then.
Generation generate(SessionState& state, const Prompt& prompt, const GenerateOptions& options,
                    const EventCallback& on_event);
// Goes on with the open turn. Throws as Session::resume does.
Generation resume(SessionState& state, const GenerateOptions& options, const EventCallback& on_event);

}  // namespace reckon::run
