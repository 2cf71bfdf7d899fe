// How a thought is kept within bounds: its budget, what is kept back for the answer, and what ends one that
// goes in circles.
//
// Whatever ends a thought does it in the same way: a closing line and the close tag are put into the sequence
// as if the model had written them, and the model goes on with the answer. It happens once per generation;
// afterwards the model can't open another thought.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <reckon/export.hpp>

namespace reckon {

// Bounds of a thought.
struct ThinkingOptions {
  // Tokens a thought may have (tags and what the prompt opened it with not included). At the budget it may
  // finish its sentence. None: no limit. 0: the answer begins at once, as with no_think.
  std::optional<uint64_t> budget = {};
  uint64_t grace = 64;  // tokens it may take to finish the sentence
  // The line put in front of the close tag; may be empty. It is left out where it would not leave room for
  // the answer's reserve. UTF-8, at most 4,096 bytes, and without that tag.
  std::string budget_message = "I have thought long enough; I will answer with what I have.";
  // Tokens of max_tokens or of the context's rest that a thought can't have: it is closed while so many
  // remain. None: a quarter of them, at most 1,024.
  std::optional<uint64_t> answer_reserve = {};
  // Closes a thought that repeats itself: the same tokens over and over, or hardly a new phrase in a long
  // time.
  bool loop_breaker = true;
  // Added to the logits of tokens that begin words of hesitation ("Wait", "Alternatively", "Hmm") inside the
  // thought; [-100, 100].
  float hesitation_bias = 0;
};

// Throws Error(invalid_argument) naming the option, its value and its range.
//
//   options.thinking.budget = 2000;
//   options.thinking.hesitation_bias = -2;
//   validate(options.thinking);
//   std::cout << to_string(session.generate(messages, options).thought_end) << '\n';
RECKON_API void validate(const ThinkingOptions& options);

// What ended the thought.
enum class ThoughtEnd : uint8_t {
  none,       // there was no thought, or it did not end
  model,      // the model closed it
  budget,     // ThinkingOptions::budget
  reserve,    // the answer's reserve was reached
  loop,       // it repeated itself
  requested,  // Session::end_thinking()
};
// Its name, such as "budget".
RECKON_API const char* to_string(ThoughtEnd end) noexcept;

}  // namespace reckon
