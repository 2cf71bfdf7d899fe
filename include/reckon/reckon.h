// The C interface of libreckon. Programs include this file; its parts are in reckon/c/: base.h (version and
// ABI, errors), model.h, text.h (conversations, tokens, answers), generation.h (prompts, options, results),
// session.h, batch.h, vote.h, engine.h and system.h.
//
// Compiles as C99 and as C++. No exception leaves it and no mistake in an argument ends the process: a NULL
// where something is needed is an error like others.
//
// Errors. A function that can fail returns a reckon_status. If `error` is not NULL, *error is set: to NULL on
// success, else to an object with the message, which the caller frees (reckon_error_free). Results (`out`
// arguments) are set on success only. Each function names the codes it can fail with. What an exception that
// a callback written in C++ throws becomes is RECKON_INTERNAL: of the function that calls it, and, of a
// model's reader, of all that read the model.
// Ownership. Arguments belong to the caller and are needed during the call only, unless the function says
// more. What a function gives is freed with the function that its group names; each of these takes NULL.
// Threads. A model, a tokenizer, a chat template, a description and a result can be used by many threads at
// once. A session, a batch, a tally and an engine belong to one thread at a time, but for the functions that
// say "from any thread". A handle is freed when no other call uses it. Threads inside a call must not be
// ended with pthread_cancel(). Text is UTF-8. Strings end with a NUL; where a length is given as well, the
// text may hold NULs. Examples stand in front of what they use and speak of a `model`, a `session` and the
// like that are there; errors are left out of most. The tests compile them.
#ifndef RECKON_RECKON_H
#define RECKON_RECKON_H

#include <reckon/c/base.h>
#include <reckon/c/batch.h>
#include <reckon/c/engine.h>
#include <reckon/c/generation.h>
#include <reckon/c/model.h>
#include <reckon/c/session.h>
#include <reckon/c/system.h>
#include <reckon/c/text.h>
#include <reckon/c/vote.h>

#endif
