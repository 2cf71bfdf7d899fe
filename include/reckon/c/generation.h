// What a generation is asked for and what it gives. Part of reckon.h.
#ifndef RECKON_C_GENERATION_H
#define RECKON_C_GENERATION_H

#include <reckon/c/text.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- prompts and options ---
//
//   reckon_message question = {"user", "What is 12 + 30?"};
//   reckon_prompt prompt;
//   reckon_prompt_init(&prompt, sizeof prompt);
//   prompt.messages = &question;
//   prompt.message_count = 1;
//
//   reckon_phase_sampling exact;
//   reckon_phase_sampling_init(&exact, sizeof exact);
//   exact.temperature = 0;
//   reckon_generate_options options;
//   reckon_generate_options_init(&options, sizeof options);
//   options.thinking_budget = 2000;
//   options.answer_sampling = &exact;
//   options.answer_form = RECKON_FORM_REGEX;
//   options.answer_form_text = "[0-9]+";
//   uint64_t vocab_size = reckon_model_get_info(model)->vocab_size;
//   if (reckon_generate_options_validate(&options, vocab_size, &error) != RECKON_OK) {
//     fprintf(stderr, "%s\n", reckon_error_message(error));
//     reckon_error_free(error);
//   }

// What to answer: exactly one of the three.
typedef struct reckon_prompt {
  size_t size;                     // as reckon_prompt_init() sets it
  const reckon_message* messages;  // a conversation, put through the model's template
  size_t message_count;            // elements of messages
  const char* text;                // a text that is not (tags in it are tokens)
  size_t text_length;              // bytes
  const int32_t* tokens;           // taken as they are
  size_t token_count;              // elements of tokens
} reckon_prompt;

// As reckon_load_options_init().
RECKON_API void reckon_prompt_init(reckon_prompt* prompt, size_t size);

// Sampling that one phase has for itself. NaN, and -1 for top_k: as for the whole.
typedef struct reckon_phase_sampling {
  size_t size;              // as reckon_phase_sampling_init() sets it
  float temperature;        // 0: greedy; up to 100
  float top_p;              // (0, 1]
  float min_p;              // [0, 1]
  float repeat_penalty;     // (0, 100]
  float presence_penalty;   // [-100, 100]
  float frequency_penalty;  // [-100, 100]
  int32_t top_k;            // 0: all
  int32_t reserved;         // 0
} reckon_phase_sampling;

// As reckon_load_options_init().
RECKON_API void reckon_phase_sampling_init(reckon_phase_sampling* sampling, size_t size);

// Added to a token's logit, those of one token together.
typedef struct reckon_logit_bias {
  int32_t token;  // index in the vocabulary
  float bias;     // [-1e9, 1e9], or -INFINITY, which forbids it
} reckon_logit_bias;

// A form that an answer must have: see AnswerForm in answer_form.hpp.
enum {
  RECKON_FORM_NONE = 0,
  RECKON_FORM_JSON_SCHEMA = 1,  // one JSON value; the schema is honoured in full or refused
  RECKON_FORM_REGEX = 2,        // the whole answer matches
  RECKON_FORM_GBNF = 3          // the answer is the grammar's rule `root`
};

#define RECKON_NO_BUDGET UINT64_MAX        // for thinking_budget: no limit
#define RECKON_DEFAULT_RESERVE UINT64_MAX  // for answer_reserve: a quarter, at most 1,024

// Defaults are those of GenerateOptions and ThinkingOptions in generation.hpp and thinking.hpp, where the
// fields are described; values out of range give RECKON_INVALID_ARGUMENT, the message naming the option.
typedef struct reckon_generate_options {
  size_t size;                                     // as reckon_generate_options_init() sets it
  float temperature;                               // 0: greedy
  float top_p;                                     // (0, 1]
  float min_p;                                     // [0, 1]
  float repeat_penalty;                            // (0, 100]; 1: off
  float presence_penalty;                          // subtracted once for a recent token; [-100, 100]; 0: off
  float frequency_penalty;                         // subtracted per occurrence; [-100, 100]; 0: off
  int32_t top_k;                                   // 0: all
  int32_t repeat_last;                             // tokens that count for the penalties; -1: all
  uint64_t seed;                                   // the same seed gives the same tokens
  const reckon_logit_bias* logit_bias;             // may be NULL if there are none
  size_t logit_bias_count;                         // elements of logit_bias
  const reckon_phase_sampling* thinking_sampling;  // inside the thought; NULL: as for the whole
  const reckon_phase_sampling* answer_sampling;    // after it
  uint64_t max_tokens;           // thinking and answer together; 0: to the end of the context
  const char* const* stop;       // the answer ends before the first of these
  size_t stop_count;             // elements of stop; at most 10,000 and 1 MiB together
  uint64_t thinking_budget;      // tokens a thought may have, or RECKON_NO_BUDGET
  uint64_t thinking_grace;       // tokens it may then take to finish its sentence
  const char* budget_message;    // UTF-8, in front of the close tag; "" for none, NULL: the default
  const char* answer_form_text;  // the schema, expression or grammar; NULL with RECKON_FORM_NONE
  uint64_t answer_reserve;       // tokens that a thought leaves for the answer, or RECKON_DEFAULT_RESERVE
  float hesitation_bias;         // added to the logits of words of hesitation in the thought
  int32_t loop_breaker;          // not 0: closes a thought that repeats itself
  int32_t no_think;              // not 0: start after an empty thought; one that is resumed is closed at once
  int32_t draft_tokens;          // -1: as many as pay, 0: none, at most 16. Changes the speed only.
  int32_t answer_form;           // RECKON_FORM_*
  int32_t reserved;              // 0
} reckon_generate_options;

// As reckon_load_options_init().
RECKON_API void reckon_generate_options_init(reckon_generate_options* options, size_t size);
// Fails with RECKON_INVALID_ARGUMENT, the message naming the first option that is out of its range, its value
// and the range, and with RECKON_OUT_OF_MEMORY. vocab_size bounds the ids of logit_bias. Takes NULL: the
// defaults.
RECKON_API reckon_status reckon_generate_options_validate(const reckon_generate_options* options,
                                                          uint64_t vocab_size, reckon_error** error);

// --- events and results ---
//
//   static int print(void* data, const reckon_event* event) {
//     fprintf((FILE*)data, "%s: %s\n", reckon_phase_name(event->phase), event->text);
//     return 0;
//   }
//
//   reckon_result* result;
//   if (reckon_session_generate(session, &prompt, NULL, print, stdout, &result, NULL) == RECKON_OK) {
//     printf("%s: ended by %s, the thought by %s\n", result->answer,
//            reckon_finish_reason_name(result->finish_reason),
//            reckon_thought_end_name(result->thought_end));
//     for (size_t i = 0; i < result->note_count; i++) fprintf(stderr, "%s\n", result->notes[i]);
//     reckon_result_free(result);
//   }

enum {
  RECKON_PHASE_PROMPT = 0,    // the prompt is being read: progress only
  RECKON_PHASE_THINKING = 1,  // text of the thought
  RECKON_PHASE_ANSWER = 2,    // text of the answer
  RECKON_PHASE_DONE = 3       // the last event
};

// What a running generation tells: see Event in event.hpp. Filled by the library: fields past `size` bytes
// are not there.
typedef struct reckon_event {
  size_t size;            // bytes of it that the library knows
  const char* text;       // whole characters, never a tag, often empty; ends with a NUL
  size_t text_length;     // bytes, without the NUL
  double t_ms;            // since the prompt's tokens were there; in a batch, since the sample began
  uint64_t prompt_done;   // RECKON_PHASE_PROMPT: tokens read so far
  uint64_t prompt_total;  // and in all
  int32_t phase;          // RECKON_PHASE_*
  int32_t token;          // the token generated; -1: none
  int32_t inserted;       // not 0: the token was put in to close the thought
  int32_t reserved;       // 0
} reckon_event;

// Called on the generating thread; the event is valid during the call. Not 0 ends the generation: what there
// is stays, with RECKON_FINISH_CANCELLED. Must not call functions of this session (or batch) that are not
// "from any thread".
typedef int (*reckon_event_function)(void* data, const reckon_event* event);

enum {
  RECKON_FINISH_STOP = 0,                // an end token or a stop string
  RECKON_FINISH_LENGTH = 1,              // max_tokens or the context's end, in the answer
  RECKON_FINISH_LENGTH_IN_THINKING = 2,  // the same before the answer began
  RECKON_FINISH_BUDGET = 3,              // as stop, after a thought that was closed at its budget or reserve
  RECKON_FINISH_LOOP = 4,      // as stop, after a thought that was closed because it repeated itself
  RECKON_FINISH_CANCELLED = 5  // by the callback or a function that cancels
};
// What ended the thought.
enum {
  RECKON_THOUGHT_NONE = 0,  // there was no thought, or it did not end
  RECKON_THOUGHT_MODEL = 1,
  RECKON_THOUGHT_BUDGET = 2,
  RECKON_THOUGHT_RESERVE = 3,
  RECKON_THOUGHT_LOOP = 4,
  RECKON_THOUGHT_REQUESTED = 5
};
// A short name such as "length_in_thinking". Static; "unknown" for a number that has none.
RECKON_API const char* reckon_finish_reason_name(int32_t finish_reason);
// The same of RECKON_PHASE_*, such as "thinking".
RECKON_API const char* reckon_phase_name(int32_t phase);
// The same of RECKON_THOUGHT_*, such as "model".
RECKON_API const char* reckon_thought_end_name(int32_t thought_end);

// What a generation gave. Filled by the library: fields past `size` bytes are not there. Its strings live as
// long as it does; it is freed with reckon_result_free() and not to be copied.
typedef struct reckon_result {
  size_t size;                // bytes of it that the library knows
  const char* thinking;       // text of the thought, without tags; ends with a NUL
  size_t thinking_length;     // bytes, without the NUL
  const char* answer;         // text of the answer; ends with a NUL
  size_t answer_length;       // bytes, without the NUL
  int32_t finish_reason;      // RECKON_FINISH_*
  int32_t thought_end;        // RECKON_THOUGHT_*
  int32_t ended_in_thinking;  // not 0: the output ended inside the thought, there is no answer
  int32_t reserved;           // 0
  uint64_t prompt_tokens;     // tokens of the prompt
  uint64_t cached_tokens;     // of the prompt, found in the cache
  uint64_t thinking_tokens;   // tags included
  uint64_t answer_tokens;     // end token not included
  uint64_t inserted_tokens;   // of the thinking tokens, put in to close the thought
  uint64_t drafted_tokens;    // computed ahead of being chosen
  uint64_t accepted_tokens;   // those of them that were chosen then
  uint64_t seed;              // that was used
  double prefill_ms;          // prompt read, first logits there; milliseconds counted as those of an event
  double first_thought_ms;    // negative: none
  double first_answer_ms;     // negative: none
  double total_ms;            // until the end
  double prefill_tok_s;       // prompt tokens computed per second
  double decode_tok_s;        // generated tokens per second after the first; 0 with fewer than two
  const char* const* notes;   // for people: what went wrong without harm
  size_t note_count;          // elements of notes
} reckon_result;

// Of what a session gave. Takes NULL.
RECKON_API void reckon_result_free(reckon_result* result);

#ifdef __cplusplus
}
#endif

#endif
