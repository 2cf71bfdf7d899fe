// Events kept until they are asked for.
#pragma once

#include <deque>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <reckon/session.hpp>

#include "run/generate.hpp"
#include "store/prompt_cache.hpp"

namespace reckon {

struct Stream::Impl {
  // prompts: where beginnings of prompts are kept; may be null. Throws as Session::stream does.
  Impl(run::SessionState& session, const store::PromptCache* prompts, run::Prompt prompt,
       const GenerateOptions& options);

  const Event* next();
  Generation finish();

 private:
  // An event with the text it points to.
  struct Kept {
    Event event;
    std::string text;
  };

  bool keep(const Event& event);
  void compute();

  run::SessionState& session_;
  const run::Prompt prompt_;
  std::deque<Kept> events_;  // computed and not yet taken
  Kept current_;
  const EventCallback on_event_;
  std::optional<run::ActiveTurn> turn_;   // until it has ended
  std::optional<Generation> generation_;  // then: this,
  std::exception_ptr failure_;            // or why there is none
};

}  // namespace reckon
