// The C interface of libreckon.
//
// Compiles as C99 and as C++. No exception leaves it and no mistake in an argument ends the process: a NULL
// where something is needed is an error like others.
//
// Errors. A function that can fail returns a reckon_status. If `error` is not NULL, *error is set: to NULL on
// success, else to an object with the message, which the caller frees (reckon_error_free). Results (`out`
// arguments) are set on success only.
// Ownership. Arguments belong to the caller and are needed during the call only, unless the function says
// more. What a function gives is freed with the function that its group names; each of these takes NULL.
// Threads. A model, a tokenizer and a description can be used by many threads at once. A session and a batch
// belong to one thread at a time, but for the functions that say "from any thread". A handle is freed when no
// other call uses it. Threads inside a call must not be ended with pthread_cancel().
// Text is UTF-8. Strings end with a NUL; where a length is given as well, the text may hold NULs.
#ifndef RECKON_RECKON_H
#define RECKON_RECKON_H

#include <stddef.h>
#include <stdint.h>

#include <reckon/export.hpp>

#ifdef __cplusplus
extern "C" {
#endif

// --- version ---

// The number of this binary interface. The rule for changing it: it rises when a program compiled against an
// older header could fail with the new library: a function or constant is removed or means something else, or
// a structure's layout changes. It does not rise for what is added: functions, constants, and fields at the
// end of a structure that begins with `size`, past its former sizeof, whose zero means what the library did
// before. Structures without `size` never change. A program checks
//   if (reckon_abi_version() != RECKON_ABI_VERSION) ...
#define RECKON_ABI_VERSION 1

// RECKON_ABI_VERSION of the library that is linked.
RECKON_API int32_t reckon_abi_version(void);
// The release, "0.1.0". Static.
RECKON_API const char* reckon_version(void);

// --- errors ---
//
//   reckon_error* error;
//   if (reckon_model_load("r1.gguf", NULL, &model, &error) != RECKON_OK) {
//     fprintf(stderr, "%s\n", reckon_error_message(error));
//     reckon_error_free(error);
//   }

// What went wrong. Programs take numbers they don't know as RECKON_INTERNAL.
typedef int32_t reckon_status;
enum {
  RECKON_OK = 0,
  RECKON_INVALID_ARGUMENT = 1,  // an argument or option is missing or out of range
  RECKON_IO = 2,                // a file or reader refused to be read
  RECKON_MALFORMED_FILE = 3,    // a file's content contradicts its format
  RECKON_UNSUPPORTED = 4,       // well formed, but of a kind this build can't run
  RECKON_OUT_OF_MEMORY = 5,     // does not fit into memory or the memory limit
  RECKON_CONTEXT_FULL = 6,      // the prompt is longer than the context
  RECKON_TEMPLATE_ERROR = 7,    // a chat template does not parse, fails or exceeds its bounds
  RECKON_CANCELLED = 8,         // stopped by the caller's progress function
  RECKON_BAD_NUMBERS = 9,       // the model produced NaN logits
  RECKON_MODEL_MISMATCH = 10,   // a saved state is of another model, cache type or version
  RECKON_INTERNAL = 100         // an exception of a callback, or a defect of the library
};

// A code and its message. Immutable.
typedef struct reckon_error reckon_error;

// RECKON_OK for NULL.
RECKON_API reckon_status reckon_error_status(const reckon_error* error);
// Names the file, key or option and what was expected. Lives as long as `error`; "" for NULL.
RECKON_API const char* reckon_error_message(const reckon_error* error);
// Takes NULL.
RECKON_API void reckon_error_free(reckon_error* error);
// A short name such as "malformed_file". Static; "unknown" for a number that has none.
RECKON_API const char* reckon_status_name(reckon_status status);

// Frees what a function's description says is freed with reckon_free().
RECKON_API void reckon_free(void* memory);

// --- models ---
//
//   reckon_load_options options;
//   reckon_load_options_init(&options, sizeof options);
//   options.memory_limit = (uint64_t)8 << 30;
//   reckon_model* model;
//   if (reckon_model_load("r1.gguf", &options, &model, NULL) == RECKON_OK) {
//     printf("%s\n", reckon_model_get_info(model)->name);
//     reckon_model_free(model);
//   }

// A model, its weights packed for this processor. Whatever is made from it keeps what it needs of it: a model
// may be freed before its sessions.
typedef struct reckon_model reckon_model;

// Called while loading, on the loading thread, with bytes of weights packed. Not 0 stops the loading:
// RECKON_CANCELLED.
typedef int (*reckon_progress_function)(void* data, uint64_t done_bytes, uint64_t total_bytes);

enum { RECKON_LOG_INFO = 1, RECKON_LOG_WARNING = 2 };
// One line of what the library does, without a newline; valid during the call. Called on any thread that uses
// the model, on several at once if several do. The library itself never prints.
typedef void (*reckon_log_function)(void* data, int32_t level, const char* message);

// How a model is loaded.
typedef struct reckon_load_options {
  size_t size;            // as reckon_load_options_init() sets it
  uint64_t memory_limit;  // bytes the model's weights and caches may use; 0: what the system has available
  const char* isa;        // kernel set by name; NULL: the environment's RECKON_ISA, else the best
  reckon_progress_function progress;  // may be NULL
  void* progress_data;
  reckon_log_function log;  // may be NULL; called as long as the model or something made from it lives
  void* log_data;
  int32_t threads;   // 1 to 256; 0: the cores this process may use
  int32_t reserved;  // 0
} reckon_load_options;

// Sets the defaults. `size` is sizeof *options of the calling program, which may be older or newer than the
// library. Does nothing for NULL or a size of less than a size_t. The same holds for each *_init().
RECKON_API void reckon_load_options_init(reckon_load_options* options, size_t size);

// A model from a GGUF file (for one in parts: its first). Options NULL: the defaults. The file stays open and
// is read at each step. Fails with RECKON_IO, MALFORMED_FILE, UNSUPPORTED, OUT_OF_MEMORY, INVALID_ARGUMENT,
// CANCELLED. The model is freed with reckon_model_free().
RECKON_API reckon_status reckon_model_load(const char* path, const reckon_load_options* options,
                                           reckon_model** out, reckon_error** error);
// The small model that is part of the library.
RECKON_API reckon_status reckon_model_embedded(const reckon_load_options* options, reckon_model** out,
                                               reckon_error** error);
// A model from the `size` bytes of a GGUF file, which stay where they are and as they are until the model and
// all that was made from it are freed. `name` stands for the path in messages; NULL: "(memory)".
RECKON_API reckon_status reckon_model_from_memory(const void* bytes, size_t size, const char* name,
                                                  const reckon_load_options* options, reckon_model** out,
                                                  reckon_error** error);

// Where a model's bytes come from.
typedef struct reckon_reader {
  size_t size;           // as reckon_reader_init() sets it
  uint64_t total_bytes;  // of the GGUF file
  const char* name;      // stands for the path in messages; NULL: "(reader)"
  // Copies bytes of the file from `offset` on to `to`, at most `count` and at least 1, and returns how many;
  // 0: there are no more; negative: they can't be read. 0 and less, and more than `count`, fail the caller
  // with RECKON_IO. All bytes asked for lie within total_bytes. Called while loading and at each step, on any
  // of the model's threads but never on two at once; must not use the model.
  int64_t (*read)(void* data, uint64_t offset, void* to, size_t count);
  void (*release)(
      void* data);  // called once, when nothing reads any more, also if loading fails; may be NULL
  void* data;
} reckon_reader;

// As reckon_load_options_init().
RECKON_API void reckon_reader_init(reckon_reader* reader, size_t size);
// A model from a reader, whose structure is needed during the call only. release() is called also if this
// fails, but for a reader whose `size` is wrong. Fails as reckon_model_load() does; freed as its model is.
RECKON_API reckon_status reckon_model_from_reader(const reckon_reader* reader,
                                                  const reckon_load_options* options, reckon_model** out,
                                                  reckon_error** error);
// Takes NULL.
RECKON_API void reckon_model_free(reckon_model* model);

// What a file says about itself. Filled by the library: fields past `size` bytes are not there.
typedef struct reckon_model_info {
  size_t size;
  const char* file;  // path, or the name that stands for it
  const char* name;
  const char* architecture;  // "qwen2", "llama", "qwen3"
  const char* file_type;     // weight types with their shares, such as "Q4_K (68 %), Q6_K (32 %)"
  uint64_t parameters;
  uint64_t file_bytes;
  uint64_t context_length;      // positions the model was trained for
  uint64_t kv_bytes_per_token;  // of an f16 cache
  uint32_t gguf_version;
  uint32_t layers;
  uint32_t hidden_size;
  uint32_t ffn_size;
  uint32_t heads;
  uint32_t kv_heads;
  uint32_t head_dim;
  uint32_t vocab_size;
  int32_t tied_output;  // 0 or 1, as the next two
  int32_t has_chat_template;
  int32_t has_think_tokens;  // <think> and </think> are tokens of the vocabulary
  int32_t reserved;
} reckon_model_info;

// Lives as long as the model; NULL for NULL.
RECKON_API const reckon_model_info* reckon_model_get_info(const reckon_model* model);
// Name of the kernel set in use. Lives as long as the model; "" for NULL.
RECKON_API const char* reckon_model_isa(const reckon_model* model);
// 0 for NULL.
RECKON_API int32_t reckon_model_threads(const reckon_model* model);

// A file's metadata and list of tensors, read without the weights.
typedef struct reckon_description reckon_description;

// Fails as reckon_model_load() does. Path NULL: the model that is part of the library. Freed with
// reckon_description_free().
RECKON_API reckon_status reckon_describe(const char* path, reckon_description** out, reckon_error** error);
// Takes NULL. What was asked of the description is not to be used any more.
RECKON_API void reckon_description_free(reckon_description* description);
// These live as long as the description. NULL or 0 for NULL and for an index that is too great.
RECKON_API const reckon_model_info* reckon_description_get_info(const reckon_description* description);
// The number of metadata keys.
RECKON_API size_t reckon_description_key_count(const reckon_description* description);
// A key of the metadata.
RECKON_API const char* reckon_description_key(const reckon_description* description, size_t index);
// Its value as JSON; long arrays are cut, with their length.
RECKON_API const char* reckon_description_value(const reckon_description* description, size_t index);
// The number of tensors.
RECKON_API size_t reckon_description_tensor_count(const reckon_description* description);
// The name of a tensor.
RECKON_API const char* reckon_description_tensor_name(const reckon_description* description, size_t index);
// The weight type, such as "Q4_K".
RECKON_API const char* reckon_description_tensor_type(const reckon_description* description, size_t index);
// The number of dimensions; the first `capacity` of them go to `shape` (row length first, as in GGUF).
RECKON_API size_t reckon_description_tensor_shape(const reckon_description* description, size_t index,
                                                  uint64_t* shape, size_t capacity);

// --- text ---
//
//   reckon_tokenizer* tokenizer;
//   int32_t* tokens;
//   size_t count;
//   reckon_model_tokenizer(model, &tokenizer, NULL);
//   if (reckon_tokenize(tokenizer, "2 + 2", 5, 0, &tokens, &count, NULL) == RECKON_OK) reckon_free(tokens);
//   reckon_tokenizer_free(tokenizer);

// A turn of a conversation. Roles are the template's business: "system", "user", "assistant".
typedef struct reckon_message {
  const char* role;
  const char* content;
} reckon_message;

// The conversation as the model's template writes it, ready for its next turn: *length bytes and a NUL, freed
// with reckon_free(). Fails with RECKON_TEMPLATE_ERROR, and with RECKON_UNSUPPORTED for a model that has
// none.
RECKON_API reckon_status reckon_model_render_chat(const reckon_model* model, const reckon_message* messages,
                                                  size_t message_count, char** out, size_t* length,
                                                  reckon_error** error);

// A vocabulary; needs no model.
typedef struct reckon_tokenizer reckon_tokenizer;

// The vocabulary of a model. Freed with reckon_tokenizer_free().
RECKON_API reckon_status reckon_model_tokenizer(const reckon_model* model, reckon_tokenizer** out,
                                                reckon_error** error);
// The vocabulary of a GGUF file whose weights are not read. Path NULL: of the model that is part of the
// library. Fails as reckon_model_load() does. Freed with reckon_tokenizer_free().
RECKON_API reckon_status reckon_tokenizer_load(const char* path, reckon_tokenizer** out,
                                               reckon_error** error);
// Takes NULL.
RECKON_API void reckon_tokenizer_free(reckon_tokenizer* tokenizer);
// Tokens in the vocabulary; 0 for NULL.
RECKON_API size_t reckon_tokenizer_size(const reckon_tokenizer* tokenizer);

enum {
  RECKON_PLAIN_TAGS = 1,      // tags such as <think> in the text are plain text, not their tokens
  RECKON_ADD_BEGIN_TOKEN = 2  // the begin token in front
};
// `length` bytes, valid UTF-8 or not, to *count token ids, freed with reckon_free(). `flags`: 0 or a sum of
// the above.
RECKON_API reckon_status reckon_tokenize(const reckon_tokenizer* tokenizer, const char* text, size_t length,
                                         uint32_t flags, int32_t** out, size_t* count, reckon_error** error);
// The exact bytes of tokens: *length bytes and a NUL, freed with reckon_free(). Fails with
// RECKON_INVALID_ARGUMENT for an id that is not in the vocabulary.
RECKON_API reckon_status reckon_detokenize(const reckon_tokenizer* tokenizer, const int32_t* tokens,
                                           size_t count, char** out, size_t* length, reckon_error** error);

// --- generation ---
//
//   static int print(void* data, const reckon_event* event) {
//     if (event->phase == RECKON_PHASE_ANSWER) fwrite(event->text, 1, event->text_length, stdout);
//     return 0;
//   }
//
//   reckon_message question = {"user", "What is 12 + 30?"};
//   reckon_prompt prompt;
//   reckon_prompt_init(&prompt, sizeof prompt);
//   prompt.messages = &question;
//   prompt.message_count = 1;
//   reckon_session* session;
//   reckon_result* result;
//   reckon_session_new(model, NULL, &session, NULL);
//   if (reckon_session_generate(session, &prompt, NULL, print, NULL, &result, NULL) == RECKON_OK) {
//     printf("\n%llu tokens of thought\n", (unsigned long long)result->thinking_tokens);
//     reckon_result_free(result);
//   }
//   reckon_session_free(session);
//
// The same, pulled:
//
//   const reckon_event* event;
//   reckon_session_start(session, &prompt, NULL, NULL);
//   while (reckon_session_next(session, &event, NULL) == RECKON_OK && event != NULL) print(NULL, event);
//   reckon_session_finish(session, &result, NULL);

enum { RECKON_CACHE_F16 = 0, RECKON_CACHE_Q8_0 = 1 };

// How a session runs.
typedef struct reckon_session_options {
  size_t size;                  // as reckon_session_options_init() sets it
  uint64_t context;             // most positions, prompt and generated; 0: the model's context length
  int32_t cache_type;           // RECKON_CACHE_*
  uint32_t prefill_chunk;       // prompt tokens per step; 0: the default. Does not change results.
  const char* prompt_cache;     // a folder for the beginnings of long prompts, made if needed; NULL: none
  uint64_t prompt_cache_bytes;  // at most in that folder
} reckon_session_options;

// As reckon_load_options_init().
RECKON_API void reckon_session_options_init(reckon_session_options* options, size_t size);

// A conversation and its cache of attention keys and values.
typedef struct reckon_session reckon_session;

// An empty conversation. Options NULL: the defaults. Fails with RECKON_INVALID_ARGUMENT, OUT_OF_MEMORY. Freed
// with reckon_session_free().
RECKON_API reckon_status reckon_session_new(const reckon_model* model, const reckon_session_options* options,
                                            reckon_session** out, reckon_error** error);
// Ends what was started. Takes NULL.
RECKON_API void reckon_session_free(reckon_session* session);
// Forgets all positions. Fails with RECKON_INVALID_ARGUMENT while a generation is being pulled.
RECKON_API reckon_status reckon_session_reset(reckon_session* session, reckon_error** error);
// Positions held now; 0 for NULL.
RECKON_API uint64_t reckon_session_cached_tokens(const reckon_session* session);

// What to answer: exactly one of the three.
typedef struct reckon_prompt {
  size_t size;                     // as reckon_prompt_init() sets it
  const reckon_message* messages;  // a conversation, put through the model's template
  size_t message_count;
  const char* text;  // a text that is not (tags in it are tokens)
  size_t text_length;
  const int32_t* tokens;
  size_t token_count;
} reckon_prompt;

// As reckon_load_options_init().
RECKON_API void reckon_prompt_init(reckon_prompt* prompt, size_t size);

// Sampling that one phase has for itself. NaN, and -1 for top_k: as for the whole.
typedef struct reckon_phase_sampling {
  size_t size;  // as reckon_phase_sampling_init() sets it
  float temperature;
  float top_p;
  float min_p;
  float repeat_penalty;
  float presence_penalty;
  float frequency_penalty;
  int32_t top_k;
  int32_t reserved;  // 0
} reckon_phase_sampling;

// As reckon_load_options_init().
RECKON_API void reckon_phase_sampling_init(reckon_phase_sampling* sampling, size_t size);

// Added to a token's logit; -INFINITY forbids it.
typedef struct reckon_logit_bias {
  int32_t token;
  float bias;
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
  size_t size;           // as reckon_generate_options_init() sets it
  float temperature;     // 0: greedy
  float top_p;           // (0, 1]
  float min_p;           // [0, 1]
  float repeat_penalty;  // (0, 100]; 1: off
  float presence_penalty;
  float frequency_penalty;
  int32_t top_k;        // 0: all
  int32_t repeat_last;  // tokens that count for the penalties; -1: all
  uint64_t seed;
  const reckon_logit_bias* logit_bias;
  size_t logit_bias_count;
  const reckon_phase_sampling* thinking_sampling;  // inside the thought; NULL: as for the whole
  const reckon_phase_sampling* answer_sampling;    // after it
  uint64_t max_tokens;      // thinking and answer together; 0: to the end of the context
  const char* const* stop;  // the answer ends before the first of these
  size_t stop_count;
  uint64_t thinking_budget;      // tokens a thought may have, or RECKON_NO_BUDGET
  uint64_t thinking_grace;       // tokens it may then take to finish its sentence
  const char* budget_message;    // put in front of the close tag; "" for none, NULL: the default
  const char* answer_form_text;  // the schema, expression or grammar; NULL with RECKON_FORM_NONE
  uint64_t answer_reserve;       // tokens that a thought leaves for the answer, or RECKON_DEFAULT_RESERVE
  float hesitation_bias;         // added to the logits of words of hesitation in the thought
  int32_t loop_breaker;          // not 0: closes a thought that repeats itself
  int32_t no_think;              // not 0: start after an empty thought
  int32_t draft_tokens;          // -1: as many as pay, 0: none, at most 16. Changes the speed only.
  int32_t answer_form;           // RECKON_FORM_*
  int32_t reserved;              // 0
} reckon_generate_options;

// As reckon_load_options_init().
RECKON_API void reckon_generate_options_init(reckon_generate_options* options, size_t size);

enum {
  RECKON_PHASE_PROMPT = 0,    // the prompt is being read: progress only
  RECKON_PHASE_THINKING = 1,  // text of the thought
  RECKON_PHASE_ANSWER = 2,    // text of the answer
  RECKON_PHASE_DONE = 3       // the last event
};

// What a running generation tells: see Event in event.hpp. Filled by the library: fields past `size` bytes
// are not there.
typedef struct reckon_event {
  size_t size;
  const char* text;  // whole characters, never a tag, often empty; ends with a NUL
  size_t text_length;
  double t_ms;            // since the generation began
  uint64_t prompt_done;   // RECKON_PHASE_PROMPT: tokens read so far
  uint64_t prompt_total;  // and in all
  int32_t phase;          // RECKON_PHASE_*
  int32_t token;          // the token generated; -1: none
  int32_t inserted;       // not 0: the token was put in to close the thought
  int32_t reserved;
} reckon_event;

// Called on the generating thread; the event is valid during the call. Not 0 ends the generation: what there
// is stays, with RECKON_FINISH_CANCELLED. Must not call functions of this session that are not "from any
// thread".
typedef int (*reckon_event_function)(void* data, const reckon_event* event);

enum {
  RECKON_FINISH_STOP = 0,                // an end token or a stop string
  RECKON_FINISH_LENGTH = 1,              // max_tokens or the context's end, in the answer
  RECKON_FINISH_LENGTH_IN_THINKING = 2,  // the same before the answer began
  RECKON_FINISH_BUDGET = 3,              // as stop, after a thought that was closed at its budget or reserve
  RECKON_FINISH_LOOP = 4,      // as stop, after a thought that was closed because it repeated itself
  RECKON_FINISH_CANCELLED = 5  // by the callback or reckon_session_cancel()
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
  size_t size;
  const char* thinking;
  size_t thinking_length;
  const char* answer;
  size_t answer_length;
  int32_t finish_reason;      // RECKON_FINISH_*
  int32_t thought_end;        // RECKON_THOUGHT_*
  int32_t ended_in_thinking;  // not 0: the output ended inside the thought, there is no answer
  int32_t reserved;
  uint64_t prompt_tokens;
  uint64_t cached_tokens;    // of the prompt, found in the cache
  uint64_t thinking_tokens;  // tags included
  uint64_t answer_tokens;    // end token not included
  uint64_t inserted_tokens;  // of the thinking tokens, put in to close the thought
  uint64_t drafted_tokens;   // computed ahead of being chosen
  uint64_t accepted_tokens;  // those of them that were chosen then
  uint64_t seed;
  double prefill_ms;        // milliseconds since the beginning: prompt read
  double first_thought_ms;  // negative: none
  double first_answer_ms;   // negative: none
  double total_ms;
  double prefill_tok_s;  // prompt tokens computed per second
  double decode_tok_s;   // generated tokens per second after the first
} reckon_result;

// Takes NULL.
RECKON_API void reckon_result_free(reckon_result* result);

// Answers the prompt; returns when the generation has ended. What the cache holds of the prompt already is
// not computed again. `options` and `on_event` may be NULL. Fails with RECKON_INVALID_ARGUMENT (also while a
// generation is being pulled), TEMPLATE_ERROR, CONTEXT_FULL, OUT_OF_MEMORY, BAD_NUMBERS, IO; the session can
// be used again then.
RECKON_API reckon_status reckon_session_generate(reckon_session* session, const reckon_prompt* prompt,
                                                 const reckon_generate_options* options,
                                                 reckon_event_function on_event, void* data,
                                                 reckon_result** out, reckon_error** error);

// The same, pulled. reckon_session_start() takes the prompt, of which the caller may dispose afterwards;
// nothing is computed yet. The generation runs on a thread of its own, which waits while no event is asked
// for. Fails as reckon_session_generate() does.
RECKON_API reckon_status reckon_session_start(reckon_session* session, const reckon_prompt* prompt,
                                              const reckon_generate_options* options, reckon_error** error);
// Computes until there is another event, which is valid until the next call that takes this session and is
// not "from any thread". NULL after the last one, and where nothing was started. An error ends the
// generation.
RECKON_API reckon_status reckon_session_next(reckon_session* session, const reckon_event** out,
                                             reckon_error** error);
// Ends what was started, as cancelled if it has not ended by itself, and gives its result. Fails with
// RECKON_INVALID_ARGUMENT where nothing was started, and with the error that ended the generation.
RECKON_API reckon_status reckon_session_finish(reckon_session* session, reckon_result** out,
                                               reckon_error** error);

// These three act on the running generation, from any thread, also from a signal handler. Where none runs,
// and for NULL, they do nothing.
// Ends it at the next token.
RECKON_API void reckon_session_cancel(reckon_session* session);
// Closes the thought after the next token; the answer follows.
RECKON_API void reckon_session_end_thinking(reckon_session* session);
// Raises the thought's budget by so many tokens.
RECKON_API void reckon_session_add_budget(reckon_session* session, uint64_t tokens);

#ifdef __cplusplus
}
#endif

#endif
