// Many generations at once on one model. Part of reckon.h.
#ifndef RECKON_C_BATCH_H
#define RECKON_C_BATCH_H

#include <reckon/c/generation.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- batches ---
//
// Every step computes the next token of each generation, so that the weights are read once for all; one that
// ends makes room for the next. What a sample gives is, token for token, what a session gives for the same
// prompt, options and seed, whatever runs beside it.
//
//   static int print(void* data, uint32_t sample, const reckon_event* event) {
//     if (event->phase == RECKON_PHASE_ANSWER) fprintf((FILE*)data, "%u: %s\n", sample, event->text);
//     return 0;
//   }
//
//   reckon_batch_options batch_options;
//   reckon_batch_options_init(&batch_options, sizeof batch_options);
//   batch_options.parallel = 8;
//   reckon_batch* batch;
//   if (reckon_batch_new(model, &batch_options, &batch, NULL) != RECKON_OK) return 1;
//
//   reckon_batch_request request;
//   reckon_batch_request_init(&request, sizeof request);
//   request.prompt = &prompt;
//   request.options = &options;
//   request.samples = 4;
//   request.on_event = print;
//   request.data = stdout;
//   uint64_t id;
//   reckon_batch_add(batch, &request, &id, NULL);
//
//   while (!reckon_batch_idle(batch)) {
//     reckon_batch_result* ended;
//     if (reckon_batch_step(batch, NULL) != RECKON_OK) break;
//     while (reckon_batch_take(batch, &ended, NULL) == RECKON_OK && ended != NULL) {
//       if (ended->status == RECKON_OK) {
//         printf("%u: %s\n", ended->sample, ended->result->answer);
//       } else {
//         printf("%u: %s\n", ended->sample, ended->message);
//       }
//       reckon_batch_result_free(ended);
//     }
//     fprintf(stderr, "%u run, %u wait\n", reckon_batch_running(batch), reckon_batch_waiting(batch));
//   }
//   reckon_batch_free(batch);

// How a batch runs.
typedef struct reckon_batch_options {
  size_t size;             // as reckon_batch_options_init() sets it
  uint64_t context;        // most positions of a sample, 2 to the model's context length; 0: that
  uint32_t parallel;       // samples that generate at once, 1 to 256; those beyond wait
  uint32_t prefill_chunk;  // prompt tokens per step, of all samples together, at most 65,536; 0: 256
  int32_t cache_type;      // RECKON_CACHE_*
  int32_t reserved;        // 0
} reckon_batch_options;

// As reckon_load_options_init().
RECKON_API void reckon_batch_options_init(reckon_batch_options* options, size_t size);

// Called by reckon_batch_step(), on its thread, with an event of a sample; valid during the call. Not 0 ends
// that sample. Must not call functions of this batch that are not "from any thread".
typedef int (*reckon_sample_event_function)(void* data, uint32_t sample, const reckon_event* event);

// One prompt and how often it is to be answered. The prompt is computed once and shared.
typedef struct reckon_batch_request {
  size_t size;                             // as reckon_batch_request_init() sets it
  const reckon_prompt* prompt;             // needed
  const reckon_generate_options* options;  // NULL: the defaults. Sample i has the seed options->seed + i.
  reckon_sample_event_function on_event;   // may be NULL
  void* data;                              // for on_event, until the request's last sample has ended
  uint32_t samples;                        // 1 to 65,536
  int32_t reserved;                        // 0
} reckon_batch_request;

// As reckon_load_options_init(); samples is 1.
RECKON_API void reckon_batch_request_init(reckon_batch_request* request, size_t size);

// Generations that run together. One thread at a time, but for what says "from any thread".
typedef struct reckon_batch reckon_batch;

// Options NULL: the defaults. Fails with RECKON_INVALID_ARGUMENT (the message names the option),
// OUT_OF_MEMORY. Freed with reckon_batch_free().
RECKON_API reckon_status reckon_batch_new(const reckon_model* model, const reckon_batch_options* options,
                                          reckon_batch** out, reckon_error** error);
// Drops what runs, without events for it, and what was not taken. Not from a callback of this batch. Takes
// NULL.
RECKON_API void reckon_batch_free(reckon_batch* batch);

// Takes a request, of which the caller may dispose afterwards; nothing is computed yet. Requests begin in the
// order in which they came. *id is unique within the batch. Fails with RECKON_INVALID_ARGUMENT,
// TEMPLATE_ERROR, CONTEXT_FULL, UNSUPPORTED (the model has no template), OUT_OF_MEMORY, and then has not
// taken it.
RECKON_API reckon_status reckon_batch_add(reckon_batch* batch, const reckon_batch_request* request,
                                          uint64_t* id, reckon_error** error);
// One step of everything that runs; the samples that ended in it are then there to be taken. Where memory
// runs out, the sample that began last waits until others have ended; one that does not fit alone ends with
// the error. Fails with RECKON_INVALID_ARGUMENT (NULL; called by a callback of this batch), IO (the model's
// file has become shorter), MALFORMED_FILE (an embedding in it is not finite), OUT_OF_MEMORY (for the batch
// itself), and INTERNAL for an exception of a callback. It may be called again.
RECKON_API reckon_status reckon_batch_step(reckon_batch* batch, reckon_error** error);
// The same, but `stop` (which may be NULL) is asked before each of the model's layers; not 0 gives up what is
// being computed, which the next step computes again. Fails with RECKON_INVALID_ARGUMENT, IO, MALFORMED_FILE
// and OUT_OF_MEMORY as reckon_batch_step() does, with INTERNAL also for an exception of `stop`.
//
//   static int is_set(void* data) { return *(const volatile int*)data; }
//
//   static volatile int enough;  // set by a signal
//   while (!reckon_batch_idle(batch) && !enough) {
//     if (reckon_batch_step_until(batch, is_set, (void*)&enough, NULL) != RECKON_OK) break;
//   }
RECKON_API reckon_status reckon_batch_step_until(reckon_batch* batch, reckon_stop_function stop, void* data,
                                                 reckon_error** error);

// A sample that has ended. Filled by the library: fields past `size` bytes are not there. Freed with
// reckon_batch_result_free(), which frees what it points to.
typedef struct reckon_batch_result {
  size_t size;                  // bytes of it that the library knows
  uint64_t request;             // its id
  const reckon_result* result;  // NULL if an error ended it
  const char* message;          // of that error, "" if there is none
  uint32_t sample;              // index within the request
  reckon_status status;         // RECKON_OK, or the error's: RECKON_OUT_OF_MEMORY, BAD_NUMBERS, UNSUPPORTED
} reckon_batch_result;

// The next sample that has ended and was not taken yet, in *out; NULL if there is none. Fails with
// RECKON_INVALID_ARGUMENT for NULL, and OUT_OF_MEMORY: the sample can be taken later.
RECKON_API reckon_status reckon_batch_take(reckon_batch* batch, reckon_batch_result** out,
                                           reckon_error** error);
// Takes NULL.
RECKON_API void reckon_batch_result_free(reckon_batch_result* result);

// Not 0: every sample has ended (and may be there to be taken); also for NULL.
RECKON_API int32_t reckon_batch_idle(const reckon_batch* batch);
// Samples that generate now; 0 for NULL.
RECKON_API uint32_t reckon_batch_running(const reckon_batch* batch);
// Samples that have not begun, or wait for memory; 0 for NULL.
RECKON_API uint32_t reckon_batch_waiting(const reckon_batch* batch);

// --- a running batch ---
//
//   reckon_batch_end_thinking(batch, id, 0, NULL);     // of the first sample, on any thread
//   reckon_batch_add_budget(batch, id, 1, 500, NULL);  // 500 tokens more for the second one
//   reckon_batch_cancel_sample(batch, id, 1, NULL);
//   reckon_batch_cancel(batch, id, NULL);              // all of them

// These are called from any thread, but not from a signal handler. Requests and samples that are not known
// any more are ignored.
// Ends the request's samples at the next step, also those that have not begun; their results have
// RECKON_FINISH_CANCELLED. Fails with RECKON_INVALID_ARGUMENT for NULL.
RECKON_API reckon_status reckon_batch_cancel(reckon_batch* batch, uint64_t request, reckon_error** error);
// The same, of one sample. Fails with RECKON_INVALID_ARGUMENT for NULL, and OUT_OF_MEMORY.
RECKON_API reckon_status reckon_batch_cancel_sample(reckon_batch* batch, uint64_t request, uint32_t sample,
                                                    reckon_error** error);
// Closes the thought of a sample that runs after its next token. Fails with RECKON_INVALID_ARGUMENT for NULL.
RECKON_API reckon_status reckon_batch_end_thinking(reckon_batch* batch, uint64_t request, uint32_t sample,
                                                   reckon_error** error);
// Raises the budget of a sample's thought by so many tokens while it runs; without a budget nothing happens.
// Fails with RECKON_INVALID_ARGUMENT for NULL.
RECKON_API reckon_status reckon_batch_add_budget(reckon_batch* batch, uint64_t request, uint32_t sample,
                                                 uint64_t tokens, reckon_error** error);

#ifdef __cplusplus
}
#endif

#endif
