// What one generation is asked for and what it gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <reckon/answer_form.hpp>
#include <reckon/export.hpp>
#include <reckon/sampling.hpp>
#include <reckon/thinking.hpp>

namespace reckon {

// Values of SamplingOptions that one phase has for itself; the others are as for the whole. Those of the
// whole are to be in their ranges also where both phases have their own.
struct PhaseSampling {
  std::optional<float> temperature = {};        // as in SamplingOptions, like all of these
  std::optional<int> top_k = {};                // none: as for the whole
  std::optional<float> top_p = {};              // none: as for the whole
  std::optional<float> min_p = {};              // none: as for the whole
  std::optional<float> repeat_penalty = {};     // none: as for the whole
  std::optional<float> presence_penalty = {};   // none: as for the whole
  std::optional<float> frequency_penalty = {};  // none: as for the whole
};
// `options` with what `phase` has for itself.
//
//   options.answer_sampling.temperature = 0.0f;
//   float used = with(options.sampling, options.answer_sampling).temperature;  // 0
RECKON_API SamplingOptions with(SamplingOptions options, const PhaseSampling& phase);

// What a generation is asked for.
struct GenerateOptions {
  SamplingOptions sampling = {};         // of thought and answer
  PhaseSampling thinking_sampling = {};  // inside the thought
  PhaseSampling answer_sampling = {};    // after it
  ThinkingOptions thinking = {};         // the thought's bounds
  uint64_t max_tokens = 0;               // thinking and answer together; 0: to the end of the context
  // The answer ends before the first of these: UTF-8, at most 10,000 and 1 MiB together, none empty.
  std::vector<std::string> stop = {};
  AnswerForm answer_form = {};  // that the answer must have; the thinking is free
  bool no_think = false;        // start after an empty thought; a thought that is resumed is closed at once
  // Tokens guessed from what the text said before and computed along with the next one, per step: -1: as many
  // as pay here, 0: none, at most 16. Changes the speed only: the tokens are the same.
  int draft_tokens = -1;
};

// Throws Error(invalid_argument) naming the first option that is out of its range, its value and the range,
// and of a phase's own sampling the phase (thinking_sampling, answer_sampling). vocab_size bounds the ids of
// logit_bias. Throws Error(out_of_memory) too.
//
//   options.thinking.budget = 2000;
//   options.stop = {"\n\n"};
//   validate(options, model.info().vocab_size);
RECKON_API void validate(const GenerateOptions& options, uint64_t vocab_size);

// How a generation ended.
enum class FinishReason : uint8_t {
  stop,                // an end token or a stop string, after a thought that ended by itself (or on request)
  length,              // max_tokens or the context's end, in the answer
  length_in_thinking,  // the same before the answer began
  budget,              // as stop, but the thought had been closed at its budget or for the answer's reserve
  loop,                // as stop, but the thought had been closed because it repeated itself
  cancelled,           // by the callback or cancel()
};
// Its name, such as "length_in_thinking".
RECKON_API const char* to_string(FinishReason reason) noexcept;

// Tokens, as services count them.
struct Usage {
  uint64_t prompt_tokens = 0;    // all of the prompt, begin token and tags included
  uint64_t cached_tokens = 0;    // of the prompt, found in the cache and not computed again
  uint64_t thinking_tokens = 0;  // tags included
  uint64_t answer_tokens = 0;    // end token not included
  uint64_t inserted_tokens = 0;  // of the thinking tokens, put in to close the thought
};

// Milliseconds since the prompt's tokens were there (what a prompt cache gives is read within that time) or,
// in a batch, since the sample began; of a generation that goes on (Session::resume), of this part of it.
// first_* are negative if there was none.
struct Timing {
  double prefill_ms = 0;         // prompt read, first logits there
  double first_thought_ms = -1;  // first text of the thought
  double first_answer_ms = -1;   // first text of the answer
  double total_ms = 0;           // the end
};

// Tokens that were computed ahead of being chosen.
struct Speculation {
  uint64_t drafted_tokens = 0;   // guessed and computed along
  uint64_t accepted_tokens = 0;  // those of them that were chosen then
};

// What a generation gave.
//
//   Generation g = session.generate(messages);
//   std::cout << g.answer << '\n' << g.usage.thinking_tokens << " tokens of thought, ended by "
//             << to_string(g.finish_reason) << " after " << g.timing.total_ms << " ms\n";
//   for (const std::string& note : g.notes) std::cerr << note << '\n';
struct Generation {
  std::string thinking;                             // text of the thought, without tags
  std::string answer;                               // text of the answer
  FinishReason finish_reason = FinishReason::stop;  // how it ended
  ThoughtEnd thought_end = ThoughtEnd::none;        // what ended the thought
  // There is no answer: the output ended inside the thought, for whatever reason.
  bool ended_in_thinking = false;
  Usage usage;               // tokens
  Timing timing;             // milliseconds
  Speculation speculation;   // of draft_tokens
  double prefill_tok_s = 0;  // prompt tokens computed per second
  double decode_tok_s = 0;   // generated tokens per second after the first; 0 with fewer than two
  uint64_t seed = 0;         // the one used
  // For people: what went wrong without harm, such as a damaged prompt cache.
  std::vector<std::string> notes = {};
};

}  // namespace reckon
