// Version, errors and memory. Part of reckon.h.
#ifndef RECKON_C_BASE_H
#define RECKON_C_BASE_H

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
// before. Structures without `size` never change. Groups of constants may grow: a program takes a number it
// does not know as one of which it knows nothing. A program checks
//   if (reckon_abi_version() != RECKON_ABI_VERSION) {
//     fprintf(stderr, "compiled for another libreckon than %s\n", reckon_version());
//     return 1;
//   }
#define RECKON_ABI_VERSION 1

// RECKON_ABI_VERSION of the library that is linked.
RECKON_API int32_t reckon_abi_version(void);
// The release, "0.1.0". Static.
RECKON_API const char* reckon_version(void);

// --- errors ---
//
//   reckon_model* model;
//   reckon_error* error;
//   if (reckon_model_load("r1.gguf", NULL, &model, &error) != RECKON_OK) {
//     const char* kind = reckon_status_name(reckon_error_status(error));
//     fprintf(stderr, "%s: %s\n", kind, reckon_error_message(error));
//     reckon_error_free(error);
//     return 1;
//   }
//   reckon_model_free(model);

// What went wrong. Programs take numbers they don't know as RECKON_INTERNAL.
typedef int32_t reckon_status;
enum {
  RECKON_OK = 0,
  RECKON_INVALID_ARGUMENT = 1,  // an argument or option is missing or out of range
  RECKON_IO = 2,                // a file or reader refused to be read
  RECKON_MALFORMED_FILE = 3,    // a file's content contradicts its format
  RECKON_UNSUPPORTED = 4,       // well formed, but of a kind this build can't run
  RECKON_OUT_OF_MEMORY = 5,     // does not fit into memory or the memory limit
  RECKON_CONTEXT_FULL = 6,      // more tokens than the context holds
  RECKON_TEMPLATE_ERROR = 7,    // a chat template does not parse, fails or exceeds its bounds
  RECKON_CANCELLED = 8,         // stopped by the caller's progress function
  RECKON_BAD_NUMBERS = 9,       // the model produced NaN logits
  RECKON_MODEL_MISMATCH = 10,   // a saved state is of another model, cache type or version
  RECKON_INTERNAL = 100         // an exception of a callback, or a defect of the library
};

// A code and its message. Immutable.
typedef struct reckon_error reckon_error;

// What the function returned that gave the error; RECKON_OK for NULL.
RECKON_API reckon_status reckon_error_status(const reckon_error* error);
// Names the file, key or option and what was expected. Lives as long as `error`; "" for NULL.
RECKON_API const char* reckon_error_message(const reckon_error* error);
// Takes NULL, for which it does nothing.
RECKON_API void reckon_error_free(reckon_error* error);
// A short name such as "malformed_file". Static; "unknown" for a number that has none.
RECKON_API const char* reckon_status_name(reckon_status status);

// Frees what a function's description says is freed with reckon_free(). Takes NULL.
//
//   char* answer;
//   size_t length;
//   if (reckon_final_answer("So it is \\boxed{42}.", 20, 1, &answer, &length, NULL) == RECKON_OK) {
//     if (answer != NULL) puts(answer);
//     reckon_free(answer);
//   }
RECKON_API void reckon_free(void* memory);

#ifdef __cplusplus
}
#endif

#endif
