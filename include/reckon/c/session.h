// Conversations, one generation at a time. Part of reckon.h.
#ifndef RECKON_C_SESSION_H
#define RECKON_C_SESSION_H

#include <reckon/c/generation.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- sessions ---
//
//   static int print(void* data, const reckon_event* event) {
//     if (event->phase == RECKON_PHASE_ANSWER) fwrite(event->text, 1, event->text_length, (FILE*)data);
//     return 0;
//   }
//
//   reckon_message question = {"user", "What is 12 + 30?"};
//   reckon_prompt prompt;
//   reckon_prompt_init(&prompt, sizeof prompt);
//   prompt.messages = &question;
//   prompt.message_count = 1;
//   reckon_session_options options;
//   reckon_session_options_init(&options, sizeof options);
//   options.context = 8192;
//   reckon_session* session;
//   reckon_result* result;
//   if (reckon_session_new(model, &options, &session, NULL) != RECKON_OK) return 1;
//   if (reckon_session_generate(session, &prompt, NULL, print, stdout, &result, NULL) == RECKON_OK) {
//     printf("\n%llu tokens of thought\n", (unsigned long long)result->thinking_tokens);
//     reckon_result_free(result);
//   }
//   reckon_session_free(session);
//
// The same, pulled:
//
//   const reckon_event* event;
//   reckon_session_start(session, &prompt, NULL, NULL);
//   while (reckon_session_next(session, &event, NULL) == RECKON_OK && event != NULL) print(stdout, event);
//   if (reckon_session_finish(session, &result, NULL) == RECKON_OK) reckon_result_free(result);

// How a session runs.
typedef struct reckon_session_options {
  size_t size;               // as reckon_session_options_init() sets it
  uint64_t context;          // most positions, prompt and generated, 2 to the model's context length; 0: that
  int32_t cache_type;        // RECKON_CACHE_*
  uint32_t prefill_chunk;    // prompt tokens per step, at most 65,536; 0: 256. Does not change results.
  const char* prompt_cache;  // a folder for the beginnings of long prompts, made if needed; NULL: none
  uint64_t prompt_cache_bytes;  // at most in that folder
} reckon_session_options;

// As reckon_load_options_init().
RECKON_API void reckon_session_options_init(reckon_session_options* options, size_t size);

// A conversation and its cache of attention keys and values.
typedef struct reckon_session reckon_session;

// An empty conversation. Options NULL: the defaults. Fails with RECKON_INVALID_ARGUMENT (the message names
// the option), OUT_OF_MEMORY (also for a context that can't fit), IO (a prompt cache's folder that can't be
// made). Freed with reckon_session_free().
RECKON_API reckon_status reckon_session_new(const reckon_model* model, const reckon_session_options* options,
                                            reckon_session** out, reckon_error** error);
// Ends what was started; gives back what no fork of it shares. Not from a callback of this session. Takes
// NULL.
RECKON_API void reckon_session_free(reckon_session* session);
// Answers the prompt; returns when the generation has ended. What the cache holds of the prompt already is
// not computed again. `options` and `on_event` may be NULL. Fails with RECKON_INVALID_ARGUMENT (also while a
// generation is being pulled), TEMPLATE_ERROR, CONTEXT_FULL (the prompt leaves no room), OUT_OF_MEMORY,
// BAD_NUMBERS, UNSUPPORTED (the model has no template, or a token of it ends a thought within an answer of
// another form), IO (the model's file has become shorter), MALFORMED_FILE (an embedding in it is not finite),
// and INTERNAL for an exception of on_event; the session can be used again then.
RECKON_API reckon_status reckon_session_generate(reckon_session* session, const reckon_prompt* prompt,
                                                 const reckon_generate_options* options,
                                                 reckon_event_function on_event, void* data,
                                                 reckon_result** out, reckon_error** error);

// The same, pulled. reckon_session_start() takes the prompt, of which the caller may dispose afterwards;
// nothing is computed yet. Fails with RECKON_INVALID_ARGUMENT (also while another generation is being
// pulled), TEMPLATE_ERROR, CONTEXT_FULL (the prompt leaves no room), UNSUPPORTED (the model has no template),
// OUT_OF_MEMORY, IO (with a prompt cache: the model's file can't be read any more).
RECKON_API reckon_status reckon_session_start(reckon_session* session, const reckon_prompt* prompt,
                                              const reckon_generate_options* options, reckon_error** error);
// Computes until there is another event, which is valid until the next call that takes this session and is
// not "from any thread". NULL after the last one, and where nothing was started. Fails with
// RECKON_INVALID_ARGUMENT for NULL, and with what ends the generation: OUT_OF_MEMORY, BAD_NUMBERS,
// UNSUPPORTED, IO, MALFORMED_FILE, as reckon_session_generate() does.
RECKON_API reckon_status reckon_session_next(reckon_session* session, const reckon_event** out,
                                             reckon_error** error);
// Ends what was started, as cancelled if it has not ended by itself, and gives its result. Fails with
// RECKON_INVALID_ARGUMENT where nothing was started, with OUT_OF_MEMORY, and with the error of
// reckon_session_next() that ended the generation; nothing is started any more then.
RECKON_API reckon_status reckon_session_finish(reckon_session* session, reckon_result** out,
                                               reckon_error** error);

// Not 0 after a generation that ended before its end: cancelled, by its callback, or at max_tokens. 0 for
// NULL.
RECKON_API int32_t reckon_session_can_resume(const reckon_session* session);
// Goes on with that generation where it was, as Session::resume() in session.hpp describes: with the same
// options its tokens are those it would have had without a break. The result has the text of all parts;
// events come for what is new. Fails with RECKON_INVALID_ARGUMENT (also if there is none, and while a
// generation is being pulled), OUT_OF_MEMORY, BAD_NUMBERS, UNSUPPORTED, IO, MALFORMED_FILE, and INTERNAL for
// an exception of on_event, as reckon_session_generate() does, and with CONTEXT_FULL where the context has no
// room left.
//
//   if (reckon_session_can_resume(session) &&
//       reckon_session_resume(session, NULL, NULL, NULL, &result, NULL) == RECKON_OK) {
//     puts(result->answer);
//     reckon_result_free(result);
//   }
RECKON_API reckon_status reckon_session_resume(reckon_session* session,
                                               const reckon_generate_options* options,
                                               reckon_event_function on_event, void* data,
                                               reckon_result** out, reckon_error** error);

// Computes what is known of the next prompt while its question is not: `messages` as the template writes them
// when one more of the user follows. *done is 1 when all is computed, 0 if `stop` (which may be NULL) said to
// stop. The next generation then starts at once; its results do not change. What could be resumed can't be
// any more. Fails with RECKON_INVALID_ARGUMENT (also while a generation is being pulled), TEMPLATE_ERROR,
// UNSUPPORTED (the model has no template), OUT_OF_MEMORY, IO, MALFORMED_FILE, and INTERNAL for an exception
// of `stop`, as reckon_session_generate() does.
//
//   static int key_was_pressed(void* data) { return *(const volatile int*)data; }
//
//   static volatile int pressed;
//   reckon_message turns[] = {{"user", "What is 12 + 30?"}, {"assistant", "42"}};
//   int32_t done;
//   reckon_session_prepare(session, turns, 2, key_was_pressed, (void*)&pressed, &done, NULL);
RECKON_API reckon_status reckon_session_prepare(reckon_session* session, const reckon_message* messages,
                                                size_t message_count, reckon_stop_function stop, void* data,
                                                int32_t* done, reckon_error** error);

// --- a running generation ---
//
//   static int listen(void* data, const reckon_event* event) {
//     reckon_session* session = (reckon_session*)data;
//     if (event->phase == RECKON_PHASE_THINKING && event->t_ms > 20000) reckon_session_end_thinking(session);
//     if (event->t_ms > 60000) reckon_session_cancel(session);
//     return 0;
//   }
//
//   reckon_session_add_budget(session, 500);  // on another thread, say, while this one generates

// These three act on the running generation, from any thread, also from a signal handler. Where none runs,
// and for NULL, they do nothing.
// Ends it at the next token.
RECKON_API void reckon_session_cancel(reckon_session* session);
// Closes the thought after the next token; the answer follows.
RECKON_API void reckon_session_end_thinking(reckon_session* session);
// Raises the thought's budget by so many tokens, until the thought has been closed.
RECKON_API void reckon_session_add_budget(reckon_session* session, uint64_t tokens);

// --- what a session holds ---
//
//   size_t count;
//   const int32_t* tokens = reckon_session_tokens(session, &count);
//   printf("%u of %u positions, the first of them token %d\n",
//          (unsigned)reckon_session_cached_tokens(session), (unsigned)reckon_session_context(session),
//          count > 0 ? tokens[0] : -1);
//
// Two answers that begin alike:
//
//   reckon_session* other;
//   if (reckon_session_fork(session, &other, NULL) == RECKON_OK) {
//     if (reckon_session_generate(other, &prompt, NULL, NULL, NULL, &result, NULL) == RECKON_OK) {
//       reckon_result_free(result);
//     }
//     reckon_session_free(other);
//   }
//   reckon_session_rewind(session, reckon_session_cached_tokens(session) / 2, NULL);
//   reckon_session_reset(session, NULL);

// Forgets all positions. A generation that could be resumed can't be any more. Fails with
// RECKON_INVALID_ARGUMENT for NULL, and while a generation is being pulled.
RECKON_API reckon_status reckon_session_reset(reckon_session* session, reckon_error** error);
// Positions held now; 0 for NULL.
RECKON_API uint64_t reckon_session_cached_tokens(const reckon_session* session);
// Most positions; 0 for NULL.
RECKON_API uint64_t reckon_session_context(const reckon_session* session);
// The tokens at the positions held now, *count of them; valid until the next call that takes this session and
// is not "from any thread". NULL and 0 for NULL.
RECKON_API const int32_t* reckon_session_tokens(const reckon_session* session, size_t* count);
// Keeps the first `positions` and gives back the memory of the others. A generation that could be resumed
// can't be any more. Fails with RECKON_INVALID_ARGUMENT if fewer are held, and while a generation is
// being pulled. Generating rewinds by itself as far as it takes.
RECKON_API reckon_status reckon_session_rewind(reckon_session* session, uint64_t positions,
                                               reckon_error** error);
// A session that holds what this one does, with the same options, and goes on independently, also on another
// thread: both give what they would have given alone. The memory of what they have in common is shared. Fails
// with RECKON_INVALID_ARGUMENT while a generation is being pulled, and with OUT_OF_MEMORY. Freed with
// reckon_session_free().
RECKON_API reckon_status reckon_session_fork(const reckon_session* session, reckon_session** out,
                                             reckon_error** error);

// --- saved sessions ---
//
//   reckon_saved_text words;
//   reckon_saved_text_init(&words, sizeof words);
//   words.messages = &question;
//   words.message_count = 1;
//   reckon_session_save(session, "a.session", &words, 1, NULL);
//
//   reckon_saved_text* saved;
//   char* refusal;
//   if (reckon_session_restore(session, "a.session", &saved, &refusal, NULL) == RECKON_OK) {
//     printf("%u messages\n", (unsigned)saved->message_count);
//     if (refusal != NULL) fprintf(stderr, "its state was left out: %s\n", refusal);
//     reckon_saved_text_free(saved);
//     reckon_free(refusal);
//   }
//   if (reckon_saved_text_read("a.session", &saved, NULL) == RECKON_OK) reckon_saved_text_free(saved);

// The application's own: a name and a value.
typedef struct reckon_setting {
  const char* name;   // ends with a NUL
  const char* value;  // ends with a NUL
} reckon_setting;

// The words of a saved session: see SavedText in saved_session.hpp. As an argument: begin with
// reckon_saved_text_init(); the fields marked (*) are the library's. As a result: fields past `size` bytes
// are not there, strings live as long as it does, and texts end at a NUL in them.
typedef struct reckon_saved_text {
  size_t size;        // as reckon_saved_text_init() sets it; of a result, bytes of it that the library knows
  const char* model;  // the model's name, for people; NULL is ""
  const reckon_message* messages;  // with the answer of an unfinished turn, as far as it is
  size_t message_count;            // elements of messages
  const reckon_setting* settings;  // the application's own; may be NULL if there are none
  size_t setting_count;            // elements of settings
  int64_t saved_at;                // (*) seconds since 1970, UTC
  uint64_t tokens;                 // (*) positions in the cache at saving
  int32_t unfinished;              // (*) not 0: the last turn can be resumed
  int32_t reserved;                // 0
  const char* thinking;            // of the last turn, as far as it is; NULL is ""
} reckon_saved_text;

// As reckon_load_options_init().
RECKON_API void reckon_saved_text_init(reckon_saved_text* text, size_t size);
// Of what the library gave. Takes NULL.
RECKON_API void reckon_saved_text_free(reckon_saved_text* text);
// The words of a file and nothing else; takes no model. Fails with RECKON_INVALID_ARGUMENT for NULL, IO,
// MALFORMED_FILE (not a saved session, or damaged in this part), UNSUPPORTED (written by a newer version),
// OUT_OF_MEMORY. Freed with reckon_saved_text_free().
RECKON_API reckon_status reckon_saved_text_read(const char* path, reckon_saved_text** out,
                                                reckon_error** error);

// Writes the words (NULL: none) and the state of a session, from which reckon_session_restore() goes on
// without computing anything again. Replaces `path` atomically, for this user only (mode 0600). with_cache 0:
// without the attention cache, small and quick. Fails with RECKON_INVALID_ARGUMENT, also while a generation
// is being pulled, IO (also where `path` is a device or a pipe), OUT_OF_MEMORY.
RECKON_API reckon_status reckon_session_save(const reckon_session* session, const char* path,
                                             const reckon_saved_text* text, int32_t with_cache,
                                             reckon_error** error);
// Forgets what a session holds and takes the state of a saved one. *text: its words, freed with
// reckon_saved_text_free(). *refusal: NULL if the state was restored too, else why not (the file is damaged,
// or the state is of another model or kind of cache: the next turn computes the conversation from its text),
// freed with reckon_free(). Fails with RECKON_INVALID_ARGUMENT (also while a generation is being pulled), IO,
// MALFORMED_FILE (the words can't be read either), UNSUPPORTED (written by a newer version): then the session
// is as before. After RECKON_OUT_OF_MEMORY it may hold the state.
RECKON_API reckon_status reckon_session_restore(reckon_session* session, const char* path,
                                                reckon_saved_text** text, char** refusal,
                                                reckon_error** error);

#ifdef __cplusplus
}
#endif

#endif
