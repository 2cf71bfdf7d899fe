// What a running generation tells its caller.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <reckon/export.hpp>
#include <reckon/model.hpp>

namespace reckon {

// Where a generation is.
enum class Phase : uint8_t {
  prompt,    // the prompt is being read: progress only
  thinking,  // text of the thought
  answer,    // text of the answer
  done,      // the last event of a generation
};
// Its name, such as "thinking".
RECKON_API const char* to_string(Phase phase) noexcept;

// Valid during the callback only. Text is whole UTF-8 characters, never a tag. A token that completes no text
// (a control token, part of a tag, of a character, of a possible stop string) gives an event with empty text.
struct Event {
  Phase phase = Phase::prompt;  // what the event is of
  std::string_view text;        // new text of the thought or the answer
  TokenId token = -1;           // the token generated, -1 for prompt and done and for text that was held back
  bool inserted = false;        // the token was put in to close the thought, not chosen
  double t_ms = 0;              // since the prompt's tokens were there; in a batch, since the sample began
  uint64_t prompt_done = 0;     // phase prompt: tokens read so far, and in all
  uint64_t prompt_total = 0;    // see prompt_done
};

// Called on the generating thread. false ends the generation; what there is stays (finish reason cancelled).
// Of the session (or batch) that generates it may call cancel(), end_thinking() and add_budget(), and what
// only tells something, and Batch::add(); what else would change or copy it throws Error(invalid_argument),
// and it must not be destroyed or moved.
//
//   EventCallback listen = [](const Event& event) {
//     if (event.phase == Phase::answer) std::cout << event.text;
//     if (event.token >= 0) std::cerr << to_string(event.phase) << " token " << event.token << '\n';
//     return true;
//   };
//   session.generate(messages, {}, listen);
using EventCallback = std::function<bool(const Event&)>;

}  // namespace reckon
