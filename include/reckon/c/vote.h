// Many samples of one prompt, and the answer that most of them give. Part of reckon.h.
#ifndef RECKON_C_VOTE_H
#define RECKON_C_VOTE_H

#include <reckon/c/generation.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- counting answers ---
//
//   reckon_tally* tally;
//   reckon_answer_count* ranking;
//   size_t count;
//   if (reckon_tally_new(3, &tally, NULL) != RECKON_OK) return 1;
//   reckon_tally_add(tally, 0, "1/2", 3, NULL);
//   reckon_tally_add(tally, 2, "0.5", 3, NULL);
//   if (reckon_tally_decided(tally)) {
//     printf("decided by %u votes, whatever the other %u say\n", reckon_tally_votes(tally),
//            reckon_tally_remaining(tally));
//   }
//   if (reckon_tally_ranking(tally, &ranking, &count, NULL) == RECKON_OK) {
//     for (size_t i = 0; i < count; i++) printf("%u x %s\n", ranking[i].votes, ranking[i].answer);
//     reckon_free(ranking);
//   }
//   reckon_tally_free(tally);

// One answer and who gave it. The texts end with a NUL.
typedef struct reckon_answer_count {
  const char* answer;        // as the first of its samples wrote it
  size_t answer_length;      // bytes, without the NUL
  const char* normalised;    // as reckon_normalised_answer() gives it
  size_t normalised_length;  // bytes, without the NUL
  uint32_t votes;            // samples that gave it
  uint32_t first_sample;     // the lowest index of a sample that gave it
} reckon_answer_count;

// Counts answers of samples 0 to n - 1, in whatever order they come: see Tally in vote.hpp. One thread at a
// time.
typedef struct reckon_tally reckon_tally;

// Of that many samples, none heard yet. Fails with RECKON_INVALID_ARGUMENT for NULL, and OUT_OF_MEMORY. Freed
// with reckon_tally_free().
RECKON_API reckon_status reckon_tally_new(uint32_t samples, reckon_tally** out, reckon_error** error);
// Takes NULL. Not of the tally of a reckon_vote_progress.
RECKON_API void reckon_tally_free(reckon_tally* tally);
// Takes the sample's answer of `length` bytes, NULL if it has none; each sample once, others are ignored.
// Fails with RECKON_INVALID_ARGUMENT (NULL; the tally of a reckon_vote_progress), OUT_OF_MEMORY.
RECKON_API reckon_status reckon_tally_add(reckon_tally* tally, uint32_t sample, const char* answer,
                                          size_t length, reckon_error** error);
// Samples with an answer; 0 for NULL.
RECKON_API uint32_t reckon_tally_votes(const reckon_tally* tally);
// Samples not heard yet; 0 for NULL.
RECKON_API uint32_t reckon_tally_remaining(const reckon_tally* tally);
// Not 0: whatever the remaining samples say, the first of the ranking stays the first. 0 for NULL.
RECKON_API int32_t reckon_tally_decided(const reckon_tally* tally);
// *count answers, by votes, then by first_sample; freed with reckon_free(), texts and all. Fails with
// RECKON_INVALID_ARGUMENT for NULL, and OUT_OF_MEMORY.
RECKON_API reckon_status reckon_tally_ranking(const reckon_tally* tally, reckon_answer_count** out,
                                              size_t* count, reckon_error** error);

// --- votes ---
//
//   static int show(void* data, const reckon_vote_progress* progress) {
//     const reckon_vote_sample* first = reckon_vote_progress_sample(progress, 0);
//     fprintf((FILE*)data, "%u of %u have voted, the first is %s with %u tokens\n",
//             reckon_tally_votes(progress->tally), progress->samples,
//             reckon_sample_state_name(first->state), (unsigned)first->tokens);
//     return 0;
//   }
//
//   reckon_vote_options vote_options;
//   reckon_vote_options_init(&vote_options, sizeof vote_options);
//   vote_options.samples = 8;
//   reckon_vote_result* vote;
//   if (reckon_vote(model, &prompt, &options, &vote_options, show, stderr, &vote, NULL) != RECKON_OK) {
//     return 1;
//   }
//   if (vote->ranking_count > 0) printf("%s\n", vote->ranking[0].answer);
//   for (uint32_t i = 0; i < vote->samples; i++) {
//     const reckon_vote_sample* sample = reckon_vote_result_sample(vote, i);
//     printf("%u: %s\n", i, sample->answer == NULL ? "no answer" : sample->answer);
//   }
//   reckon_vote_result_free(vote);

// How a vote runs.
typedef struct reckon_vote_options {
  size_t size;         // as reckon_vote_options_init() sets it
  uint64_t context;    // most positions of a sample, 2 to the model's context length; 0: that
  uint32_t samples;    // 1 to 65,536
  uint32_t parallel;   // that generate at once, 1 to 256
  int32_t early_stop;  // not 0: cancel what runs once it can't change the winner
  int32_t cache_type;  // RECKON_CACHE_*
} reckon_vote_options;

// As reckon_load_options_init().
RECKON_API void reckon_vote_options_init(reckon_vote_options* options, size_t size);

// Where a sample of a vote is.
enum {
  RECKON_SAMPLE_WAITING = 0,
  RECKON_SAMPLE_RUNNING = 1,
  RECKON_SAMPLE_DONE = 2,        // its answer counts, if it has one
  RECKON_SAMPLE_NOT_NEEDED = 3,  // cancelled, because the vote was decided without it
  RECKON_SAMPLE_CANCELLED = 4,   // by the callback
  RECKON_SAMPLE_FAILED = 5       // by an error
};
// A short name such as "not_needed". Static; "unknown" for a number that has none.
RECKON_API const char* reckon_sample_state_name(int32_t state);

// A sample of a vote. Filled by the library: fields past `size` bytes are not there. Its texts end with a
// NUL.
typedef struct reckon_vote_sample {
  size_t size;                  // bytes of it that the library knows
  uint64_t seed;                // the options' seed + its index
  uint64_t tokens;              // generated so far
  const reckon_result* result;  // what it gave; empty texts before it is done
  const char* answer;           // reckon_final_answer() of that; NULL if there is none
  size_t answer_length;         // bytes, without the NUL
  const char* normalised;       // reckon_normalised_answer() of that; "" if there is none
  size_t normalised_length;     // bytes, without the NUL
  const char* error;            // of a failed one, else ""
  int32_t state;                // RECKON_SAMPLE_*
  int32_t reserved;             // 0
} reckon_vote_sample;

// How far a vote is. Filled by the library: fields past `size` bytes are not there.
typedef struct reckon_vote_progress {
  size_t size;                // bytes of it that the library knows
  const reckon_tally* tally;  // of the answers so far; valid during the call, as all of it
  uint64_t prompt_done;       // tokens read so far
  uint64_t prompt_total;      // and in all
  uint64_t tokens;            // generated by all samples
  double t_ms;                // since reckon_vote() was called
  uint32_t samples;           // in all
  uint32_t running;           // samples that generate now
} reckon_vote_progress;

// A sample as it is; valid during the call of the progress function. NULL for an index that is too great.
RECKON_API const reckon_vote_sample* reckon_vote_progress_sample(const reckon_vote_progress* progress,
                                                                 uint32_t index);

// Called after each step, on the calling thread; what it is given is valid during the call. Not 0 ends the
// vote: samples that run are cancelled, those that have ended count.
typedef int (*reckon_vote_function)(void* data, const reckon_vote_progress* progress);

// What a vote gave. Filled by the library: fields past `size` bytes are not there. What it points to lives as
// long as it does; it is freed with reckon_vote_result_free() and not to be copied.
typedef struct reckon_vote_result {
  size_t size;                         // bytes of it that the library knows
  const reckon_answer_count* ranking;  // by votes, then by first_sample: the first has won
  size_t ranking_count;                // 0 if no sample has an answer
  uint64_t steps;                      // of the batch
  uint64_t tokens;                     // generated by all samples
  uint64_t prompt_tokens;              // tokens of the prompt
  double total_ms;                     // milliseconds of the whole call
  double tok_s;                        // tokens of all samples per second after the prompt was read
  uint32_t samples;                    // in all
  uint32_t votes;                      // samples with an answer
  uint32_t not_needed;  // samples that were cancelled, or not begun, because the vote was decided
  int32_t cancelled;    // not 0: by the callback; voted over what there was
} reckon_vote_result;

// A sample of a vote that is over. Lives as long as the result; NULL for an index that is too great.
RECKON_API const reckon_vote_sample* reckon_vote_result_sample(const reckon_vote_result* result,
                                                               uint32_t index);
// Takes NULL.
RECKON_API void reckon_vote_result_free(reckon_vote_result* result);

// Samples of one prompt in one batch, the prompt computed once, and their answers counted: see vote() in
// vote.hpp. Options NULL: the defaults; on_progress may be NULL. Fails with RECKON_INVALID_ARGUMENT,
// TEMPLATE_ERROR, CONTEXT_FULL (the prompt leaves no room), UNSUPPORTED (the model has no template),
// OUT_OF_MEMORY, IO (the model's file has become shorter), MALFORMED_FILE (an embedding in it is not finite),
// and INTERNAL for an exception of on_progress; a sample that fails by itself has no vote.
RECKON_API reckon_status reckon_vote(const reckon_model* model, const reckon_prompt* prompt,
                                     const reckon_generate_options* options,
                                     const reckon_vote_options* vote_options,
                                     reckon_vote_function on_progress, void* data, reckon_vote_result** out,
                                     reckon_error** error);

#ifdef __cplusplus
}
#endif

#endif
