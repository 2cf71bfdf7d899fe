// Everything of the C++ API.
//
// Errors are reckon::Error; each function says which, and one that names none has none. std::bad_alloc comes
// where there is no memory for something small, such as an error's message. After an exception an object is
// as it was before, unless its function says otherwise.
// Threads: free functions and static members are called from any thread; each class says what is shared.
// Ownership: results are values; a span or view says how long it lives. Handles (Model, Tokenizer,
// ChatTemplate) are cheap to copy and share what they point to; everything made from a model keeps it alive.
// Text is UTF-8, a path with a NUL byte in it is an Error(io), times are milliseconds, sizes are bytes unless
// a name says otherwise; (n, m) in a comment is a shape, row by row.
//
// The examples are written as within namespace reckon, with a `model`, a `session` and some `messages` at
// hand; the tests compile them.
#pragma once

#if __cplusplus < 202002L
#error "reckon's C++ interface needs C++20; reckon.h is for C and older C++"
#endif

#include <reckon/answer.hpp>
#include <reckon/answer_form.hpp>
#include <reckon/batch.hpp>
#include <reckon/chat_template.hpp>
#include <reckon/engine.hpp>
#include <reckon/error.hpp>
#include <reckon/event.hpp>
#include <reckon/generation.hpp>
#include <reckon/log.hpp>
#include <reckon/model.hpp>
#include <reckon/sampling.hpp>
#include <reckon/saved_session.hpp>
#include <reckon/session.hpp>
#include <reckon/system.hpp>
#include <reckon/thinking.hpp>
#include <reckon/tokenizer.hpp>
#include <reckon/vote.hpp>
