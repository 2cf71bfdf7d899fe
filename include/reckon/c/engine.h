// Many sequences over one cache, a step at a time: what sessions and batches are built on. Part of reckon.h.
#ifndef RECKON_C_ENGINE_H
#define RECKON_C_ENGINE_H

#include <reckon/c/model.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- engines ---
//
//   reckon_engine_options engine_options;
//   reckon_engine_options_init(&engine_options, sizeof engine_options);
//   engine_options.max_positions = 4096;
//   reckon_engine* engine;
//   if (reckon_engine_new(model, &engine_options, &engine, NULL) != RECKON_OK) return 1;
//
//   uint32_t first, second;
//   uint64_t length;
//   const float* logits;
//   size_t count;
//   double log_probability;
//   reckon_engine_add_sequence(engine, &first, NULL);
//   reckon_batch_row prompt_rows[] = {{first, 11, 0}, {first, 12, 0}, {first, 13, 1}};
//   if (reckon_engine_forward(engine, prompt_rows, 3, NULL) == RECKON_OK &&
//       reckon_engine_logits(engine, 0, &logits, &count, NULL) == RECKON_OK &&
//       reckon_logprob(logits, count, 14, &log_probability, NULL) == RECKON_OK) {
//     printf("token 14 comes next: %f\n", log_probability);
//   }
//   reckon_engine_fork(engine, first, &second, NULL);
//   reckon_batch_row next_rows[] = {{first, 14, 1}, {second, 15, 1}};
//   reckon_engine_forward(engine, next_rows, 2, NULL);
//   reckon_engine_rewind(engine, second, 3, NULL);
//   reckon_engine_length(engine, second, &length, NULL);  // 3
//   reckon_engine_remove(engine, second, NULL);
//   printf("%u bytes of cache\n", (unsigned)reckon_engine_kv_bytes(engine));
//   reckon_engine_free(engine);

// How a cache is kept.
typedef struct reckon_engine_options {
  size_t size;  // as reckon_engine_options_init() sets it
  // Over all sequences, shared pages counted once; rounded up to whole pages of
  // reckon_engine_kv_page_positions(). 0: no bound but memory.
  uint64_t max_positions;
  int32_t cache_type;  // RECKON_CACHE_*
  int32_t reserved;    // 0
} reckon_engine_options;

// As reckon_load_options_init().
RECKON_API void reckon_engine_options_init(reckon_engine_options* options, size_t size);

// Sequences of tokens and their cache. One thread at a time. Sequences have numbers, unique within an engine;
// one that is not there is RECKON_INVALID_ARGUMENT.
typedef struct reckon_engine reckon_engine;

// One token of a step. Rows of one sequence follow each other in order of position.
typedef struct reckon_batch_row {
  uint32_t sequence;  // its number
  int32_t token;      // index in the vocabulary
  int32_t logits;     // not 0: compute the logits after this token
} reckon_batch_row;

// Without sequences; memory is taken as positions fill. Options NULL: the defaults. Fails with
// RECKON_INVALID_ARGUMENT (the message names the option), OUT_OF_MEMORY. Freed with reckon_engine_free().
RECKON_API reckon_status reckon_engine_new(const reckon_model* model, const reckon_engine_options* options,
                                           reckon_engine** out, reckon_error** error);
// Gives back what no branch of it shares. Takes NULL.
RECKON_API void reckon_engine_free(reckon_engine* engine);

// An empty sequence; *out is its number. Fails with RECKON_INVALID_ARGUMENT for NULL, and OUT_OF_MEMORY.
RECKON_API reckon_status reckon_engine_add_sequence(reckon_engine* engine, uint32_t* out,
                                                    reckon_error** error);
// A sequence that begins as the other one; the cache's blocks are shared and copied when either writes to
// them. Fails with RECKON_INVALID_ARGUMENT, OUT_OF_MEMORY.
RECKON_API reckon_status reckon_engine_fork(reckon_engine* engine, uint32_t sequence, uint32_t* out,
                                            reckon_error** error);
// An engine for another thread that begins with a fork of the sequence, whose number there is 0. The memory
// of what they have in common is shared, and so is the bound on positions. Fails with
// RECKON_INVALID_ARGUMENT, OUT_OF_MEMORY. Freed with reckon_engine_free().
//
//   reckon_engine* other;
//   if (reckon_engine_branch(engine, 0, &other, NULL) == RECKON_OK) reckon_engine_free(other);
RECKON_API reckon_status reckon_engine_branch(const reckon_engine* engine, uint32_t sequence,
                                              reckon_engine** out, reckon_error** error);
// Keeps the first `positions` of a sequence. Fails with RECKON_INVALID_ARGUMENT, also if it has fewer.
RECKON_API reckon_status reckon_engine_rewind(reckon_engine* engine, uint32_t sequence, uint64_t positions,
                                              reckon_error** error);
// Its number is unknown then. Fails with RECKON_INVALID_ARGUMENT.
RECKON_API reckon_status reckon_engine_remove(reckon_engine* engine, uint32_t sequence, reckon_error** error);
// Positions of a sequence. Fails with RECKON_INVALID_ARGUMENT.
RECKON_API reckon_status reckon_engine_length(const reckon_engine* engine, uint32_t sequence, uint64_t* out,
                                              reckon_error** error);

// Appends every row's token to its sequence and computes the logits asked for. Results do not depend on what
// else is in the step, nor on how a text is cut into steps. Fails with RECKON_INVALID_ARGUMENT (unknown
// sequence, token out of the vocabulary), OUT_OF_MEMORY, CONTEXT_FULL (max_positions are taken), IO (the
// model's file has become shorter), MALFORMED_FILE (an embedding in it is not finite): then no sequence has
// changed.
RECKON_API reckon_status reckon_engine_forward(reckon_engine* engine, const reckon_batch_row* rows,
                                               size_t count, reckon_error** error);
// The same, but `stop` (which may be NULL) is asked before each of the model's layers, for at most 256 rows
// at a time. *done is 1, or 0 where it ended the step: then no sequence has changed, and there are no logits.
// Fails with RECKON_INVALID_ARGUMENT, OUT_OF_MEMORY, CONTEXT_FULL, IO and MALFORMED_FILE as
// reckon_engine_forward() does, and with INTERNAL for an exception of `stop`.
//
//   static int has_come(void* data) { return *(const volatile int*)data; }
//
//   static volatile int signal_has_come;
//   reckon_batch_row long_rows[] = {{0, 11, 0}, {0, 12, 1}};
//   int32_t whole;
//   reckon_engine_forward_until(engine, long_rows, 2, has_come, (void*)&signal_has_come, &whole, NULL);
RECKON_API reckon_status reckon_engine_forward_until(reckon_engine* engine, const reckon_batch_row* rows,
                                                     size_t count, reckon_stop_function stop, void* data,
                                                     int32_t* done, reckon_error** error);
// *count logits, one per token of the vocabulary, of the index-th row of the last step that asked for them.
// Valid until the next step. Fails with RECKON_INVALID_ARGUMENT for an index that is too great.
RECKON_API reckon_status reckon_engine_logits(const reckon_engine* engine, size_t index, const float** out,
                                              size_t* count, reckon_error** error);

// Bytes of memory the cache holds now; 0 for NULL.
RECKON_API uint64_t reckon_engine_kv_bytes(const reckon_engine* engine);

// --- the cache as bytes, for saving ---
//
//   static int fill(void* data, size_t index, void* page, size_t size) {
//     return fseek((FILE*)data, (long)(index * size), SEEK_SET) != 0 ||
//            fread(page, 1, size, (FILE*)data) != size;
//   }
//
//   FILE* file = fopen("cache.bin", "wb+");
//   const uint64_t page_positions = reckon_engine_kv_page_positions(engine);
//   const uint64_t page_bytes = reckon_engine_kv_page_bytes(engine);
//   const void* page;
//   uint64_t length;
//   reckon_engine_length(engine, 0, &length, NULL);
//   for (size_t i = 0; i * page_positions < length; i++) {
//     if (reckon_engine_kv_page(engine, 0, i, &page, NULL) == RECKON_OK) fwrite(page, 1, page_bytes, file);
//   }
//   reckon_engine_import_kv(engine, 1, length, fill, file, NULL);
//   fclose(file);

// Positions of a sequence that a page holds; 0 for NULL. A sequence of n positions has
// ceil(n / reckon_engine_kv_page_positions()) pages, of which the last may be filled in part.
RECKON_API uint64_t reckon_engine_kv_page_positions(const reckon_engine* engine);
// Bytes of a page, for this engine's cache type; 0 for NULL. What they mean depends on the model, the cache
// type and this version.
RECKON_API uint64_t reckon_engine_kv_page_bytes(const reckon_engine* engine);
// A page of a sequence, reckon_engine_kv_page_bytes() bytes; valid until the sequence changes. Fails with
// RECKON_INVALID_ARGUMENT, also for an index that is too great.
RECKON_API reckon_status reckon_engine_kv_page(const reckon_engine* engine, uint32_t sequence, size_t index,
                                               const void** out, reckon_error** error);
// Writes to `page` the `size` bytes that reckon_engine_kv_page() once gave for the same tokens. Not 0: it
// can't.
typedef int (*reckon_page_function)(void* data, size_t index, void* page, size_t size);
// Gives an empty sequence `positions` positions; `fill` is called for each of their pages in order. Fails
// with RECKON_INVALID_ARGUMENT if the sequence is not empty, OUT_OF_MEMORY, CONTEXT_FULL (max_positions are
// taken), IO if `fill` can't, and INTERNAL for an exception of `fill`: then the sequence is as it was.
RECKON_API reckon_status reckon_engine_import_kv(reckon_engine* engine, uint32_t sequence, uint64_t positions,
                                                 reckon_page_function fill, void* data, reckon_error** error);

// --- logits ---
//
//   static const float logits[] = {0.5f, 2.0f, -1.0f};
//   reckon_token_probability* top;
//   size_t count;
//   printf("%016llx\n", (unsigned long long)reckon_hash_logits(logits, 3));
//   if (reckon_top_logprobs(logits, 3, 2, &top, &count, NULL) == RECKON_OK) {
//     for (size_t i = 0; i < count; i++) printf("%d: %f\n", top[i].token, top[i].logprob);
//     reckon_free(top);
//   }

// A token and how probable it is.
typedef struct reckon_token_probability {
  double logprob;    // natural logarithm
  int32_t token;     // index in the vocabulary
  int32_t reserved;  // 0
} reckon_token_probability;

// A hash of `count` logits' bits: equal exactly if (but for collisions) every bit is. 0 for NULL.
RECKON_API uint64_t reckon_hash_logits(const float* logits, size_t count);
// *out is ln softmax(logits)[token]. Fails with RECKON_INVALID_ARGUMENT for a token that is not less than
// `count`.
RECKON_API reckon_status reckon_logprob(const float* logits, size_t count, int32_t token, double* out,
                                        reckon_error** error);
// The k most probable tokens (fewer if there are fewer) in descending order, equal ones by their number; a
// NaN counts as -inf, and makes every logprob NaN.
// *out_count of them, freed with reckon_free(). Fails with RECKON_INVALID_ARGUMENT for NULL, and
// OUT_OF_MEMORY.
RECKON_API reckon_status reckon_top_logprobs(const float* logits, size_t count, size_t k,
                                             reckon_token_probability** out, size_t* out_count,
                                             reckon_error** error);

#ifdef __cplusplus
}
#endif

#endif
