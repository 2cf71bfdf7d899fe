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
#include "store/prompt_cache.hpp"
#include "support/in_use.hpp"

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

// A turn of a session, a step at a time. Session and prompt outlive it; it is gone, or has been finished,
// before anything else is done with the session. What is thrown leaves the session's cache and its tokens as
// one, so that it can be used again.
class ActiveTurn {
 public:
  // What other threads ask of the session counts from here on. prompts: where beginnings of prompts are kept;
  // may be null. Throws as Session::generate does: for what is wrong with the prompt or an option before
  // anything of the session has changed.
  ActiveTurn(SessionState& session, const store::PromptCache* prompts, const Prompt& prompt,
             const GenerateOptions& options, const EventCallback& on_event);
  // Goes on with one that was ended before its end. Throws as Session::resume does.
  ActiveTurn(SessionState& session, const OpenTurn& begun, const GenerateOptions& options,
             const EventCallback& on_event);

  ActiveTurn(const ActiveTurn&) = delete;
  ActiveTurn& operator=(const ActiveTurn&) = delete;
  ~ActiveTurn();

  bool running() const { return turn_->running(); }
  void step();
  // Runs to the end. Throws as Session::generate does.
  Generation finish();

 private:
  ActiveTurn(SessionState& session, const store::PromptCache* prompts, const GenerateOptions& options);
  TurnPlace place();

  const support::InUse in_use_;
  SessionState& session_;
  const store::PromptCache* prompts_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  DraftPolicy policy_;
  DraftIndex index_{1};
  const Prompt* prompt_ = nullptr;  // null: of a turn that was begun before
  std::vector<std::string> notes_;
  std::optional<Turn> turn_;
};

// Goes on with the open turn. Throws as Session::resume does.
Generation resume(SessionState& state, const GenerateOptions& options, const EventCallback& on_event);

}  // namespace reckon::run
