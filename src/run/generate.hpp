// The spine: prompt tokens in, events out.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "run/prompt.hpp"
#include "run/session_state.hpp"
#include "store/prompt_cache.hpp"

namespace reckon::run {

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
  Generation result();

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
