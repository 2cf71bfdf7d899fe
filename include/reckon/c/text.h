// Text to tokens and back, conversations to prompts, answers. Part of reckon.h.
#ifndef RECKON_C_TEXT_H
#define RECKON_C_TEXT_H

#include <reckon/c/model.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- conversations ---
//
//   reckon_message question = {"user", "What is 12 + 30?"};
//   char* text;
//   size_t length;
//   if (reckon_model_render_chat(model, &question, 1, &text, &length, NULL) == RECKON_OK) {
//     fwrite(text, 1, length, stdout);
//     reckon_free(text);
//   }
//
// The same of a file whose weights are not read:
//
//   reckon_chat_template* chat;
//   char* text;
//   size_t length;
//   if (reckon_chat_template_load("r1.gguf", &chat, NULL) != RECKON_OK) return 1;
//   puts(reckon_chat_template_source(chat));
//   if (reckon_chat_template_render(chat, &question, 1, &text, &length, NULL) == RECKON_OK) {
//     reckon_free(text);
//   }
//   reckon_chat_template_free(chat);

// A turn of a conversation. Roles are the template's business: "system", "user", "assistant".
typedef struct reckon_message {
  const char* role;     // ends with a NUL
  const char* content;  // ends with a NUL
} reckon_message;

// The conversation as the model's template writes it, ready for its next turn: *length bytes and a NUL, freed
// with reckon_free(). Fails with RECKON_INVALID_ARGUMENT for NULL, TEMPLATE_ERROR (the template does not
// parse, fails or exceeds its bounds), UNSUPPORTED (the model has none), OUT_OF_MEMORY.
RECKON_API reckon_status reckon_model_render_chat(const reckon_model* model, const reckon_message* messages,
                                                  size_t message_count, char** out, size_t* length,
                                                  reckon_error** error);

// The Jinja template that a model file carries; needs no model. Immutable; usable by many threads at once.
typedef struct reckon_chat_template reckon_chat_template;

// The template of a GGUF file whose weights are not read. Path NULL: of the model that is part of the
// library. Fails with RECKON_INVALID_ARGUMENT, IO, MALFORMED_FILE, UNSUPPORTED (also if there is none),
// TEMPLATE_ERROR if it does not parse, OUT_OF_MEMORY. Freed with reckon_chat_template_free().
RECKON_API reckon_status reckon_chat_template_load(const char* path, reckon_chat_template** out,
                                                   reckon_error** error);
// Takes NULL.
RECKON_API void reckon_chat_template_free(reckon_chat_template* chat_template);
// As reckon_model_render_chat(). Fails with RECKON_INVALID_ARGUMENT for NULL, TEMPLATE_ERROR, OUT_OF_MEMORY.
RECKON_API reckon_status reckon_chat_template_render(const reckon_chat_template* chat_template,
                                                     const reckon_message* messages, size_t message_count,
                                                     char** out, size_t* length, reckon_error** error);
// Jinja. Lives as long as the template; "" for NULL.
RECKON_API const char* reckon_chat_template_source(const reckon_chat_template* chat_template);

// --- tokens ---
//
//   reckon_tokenizer* tokenizer;
//   int32_t* tokens;
//   size_t count;
//   char* text;
//   size_t length;
//   reckon_model_tokenizer(model, &tokenizer, NULL);
//   if (reckon_tokenize(tokenizer, "2 + 2", 5, 0, &tokens, &count, NULL) == RECKON_OK) {
//     if (reckon_detokenize(tokenizer, tokens, count, &text, &length, NULL) == RECKON_OK) {
//       reckon_free(text);  // "2 + 2"
//     }
//     reckon_free(tokens);
//   }
//   reckon_tokenizer_free(tokenizer);
//
// The vocabulary of a file:
//
//   reckon_tokenizer* tokenizer;
//   if (reckon_tokenizer_load("r1.gguf", &tokenizer, NULL) != RECKON_OK) return 1;
//   for (int32_t t = 0; t < (int32_t)reckon_tokenizer_size(tokenizer); t++) {
//     if (reckon_tokenizer_is_end_token(tokenizer, t)) printf("a turn ends with %d\n", t);
//   }
//   if (reckon_tokenizer_adds_begin_token(tokenizer)) {
//     printf("texts begin with %d\n", reckon_tokenizer_begin_token(tokenizer));
//   }
//   reckon_tokenizer_free(tokenizer);

// A vocabulary; needs no model. Immutable; usable by many threads at once.
typedef struct reckon_tokenizer reckon_tokenizer;

// The vocabulary of a model, which may be freed before it. Fails with RECKON_INVALID_ARGUMENT for NULL, and
// OUT_OF_MEMORY. Freed with reckon_tokenizer_free().
RECKON_API reckon_status reckon_model_tokenizer(const reckon_model* model, reckon_tokenizer** out,
                                                reckon_error** error);
// The vocabulary of a GGUF file whose weights are not read. Path NULL: of the model that is part of the
// library. Fails with RECKON_INVALID_ARGUMENT, IO, MALFORMED_FILE, UNSUPPORTED, OUT_OF_MEMORY. Freed with
// reckon_tokenizer_free().
RECKON_API reckon_status reckon_tokenizer_load(const char* path, reckon_tokenizer** out,
                                               reckon_error** error);
// Takes NULL.
RECKON_API void reckon_tokenizer_free(reckon_tokenizer* tokenizer);
// Tokens in the vocabulary; 0 for NULL.
RECKON_API size_t reckon_tokenizer_size(const reckon_tokenizer* tokenizer);
// Not 0: a turn ends with this token. 0 for NULL.
RECKON_API int32_t reckon_tokenizer_is_end_token(const reckon_tokenizer* tokenizer, int32_t token);
// The token that texts may begin with; -1 for a vocabulary that has none, and for NULL.
RECKON_API int32_t reckon_tokenizer_begin_token(const reckon_tokenizer* tokenizer);
// Not 0: the file asks for the begin token in front of raw text. 0 for NULL.
RECKON_API int32_t reckon_tokenizer_adds_begin_token(const reckon_tokenizer* tokenizer);

enum {
  RECKON_PLAIN_TAGS = 1,      // tags such as <think> in the text are plain text, not their tokens
  RECKON_ADD_BEGIN_TOKEN = 2  // the begin token in front
};
// `length` bytes, valid UTF-8 or not, to *count token ids, freed with reckon_free(). `flags`: 0 or a sum of
// the above. Fails with RECKON_INVALID_ARGUMENT, also for 4 GiB of text and more, and if there is no begin
// token to add, and with OUT_OF_MEMORY.
RECKON_API reckon_status reckon_tokenize(const reckon_tokenizer* tokenizer, const char* text, size_t length,
                                         uint32_t flags, int32_t** out, size_t* count, reckon_error** error);
// The exact bytes of tokens: *length bytes and a NUL, freed with reckon_free(). Fails with
// RECKON_INVALID_ARGUMENT, also for an id that is not in the vocabulary, and with OUT_OF_MEMORY.
RECKON_API reckon_status reckon_detokenize(const reckon_tokenizer* tokenizer, const int32_t* tokens,
                                           size_t count, char** out, size_t* length, reckon_error** error);

// --- answers ---
//
//   char* answer;
//   char* key;
//   size_t length;
//   if (reckon_final_answer(result->answer, result->answer_length, 1, &answer, &length, NULL) != RECKON_OK) {
//     return 1;
//   }
//   if (answer != NULL && reckon_normalised_answer(answer, length, &key, &length, NULL) == RECKON_OK) {
//     printf("%s, to be compared as %s\n", answer, key);
//     reckon_free(key);
//   }
//   reckon_free(answer);

// What a text gives as its result, as final_answer() in answer.hpp describes: what stands in its last
// \boxed{}, else its last line. Of a text that was cut off (`whole` is 0) only a closed box counts. *out is
// *length bytes and a NUL, freed with reckon_free(), or NULL if there is no answer. Takes any bytes. Fails
// with RECKON_INVALID_ARGUMENT for NULL, and OUT_OF_MEMORY.
RECKON_API reckon_status reckon_final_answer(const char* text, size_t text_length, int32_t whole, char** out,
                                             size_t* length, reckon_error** error);
// A key that is the same for answers that mean the same: 1/2, 0.5 and \frac12; see normalised_answer() in
// answer.hpp. *length bytes of UTF-8 and a NUL, freed with reckon_free(). Takes any bytes. Fails with
// RECKON_INVALID_ARGUMENT for NULL, and OUT_OF_MEMORY.
RECKON_API reckon_status reckon_normalised_answer(const char* answer, size_t answer_length, char** out,
                                                  size_t* length, reckon_error** error);

#ifdef __cplusplus
}
#endif

#endif
