/* What the examples of reckon.h speak of. */
#include <reckon/reckon.h>

#include <stdio.h>

extern reckon_model* model;
extern reckon_session* session;
extern reckon_message question;
extern reckon_prompt prompt;
extern reckon_generate_options options;
extern reckon_result* result;
extern reckon_error* error;
extern reckon_batch* batch;
extern reckon_engine* engine;
extern uint64_t id;
