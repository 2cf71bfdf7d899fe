/* The library from C: a question, answered by callback and pulled; an error. */
#include <reckon/reckon.h>

#include <stdio.h>
#include <string.h>

static int print_answer(void* data, const reckon_event* event) {
  if (event->phase == RECKON_PHASE_ANSWER) fwrite(event->text, 1, event->text_length, (FILE*)data);
  return 0;
}

static int fail(reckon_error* error) {
  fprintf(stderr, "%s: %s\n", reckon_status_name(reckon_error_status(error)), reckon_error_message(error));
  reckon_error_free(error);
  return 1;
}

static int print_result(reckon_result* result) {
  printf("\n%s\n", reckon_finish_reason_name(result->finish_reason));
  reckon_result_free(result);
  return 0;
}

static int answer(reckon_session* session, const reckon_prompt* prompt,
                  const reckon_generate_options* options) {
  reckon_result* result;
  reckon_error* error;
  if (reckon_session_generate(session, prompt, options, print_answer, stdout, &result, &error) != RECKON_OK) {
    return fail(error);
  }
  return print_result(result);
}

static int answer_pulled(reckon_session* session, const reckon_prompt* prompt,
                         const reckon_generate_options* options) {
  reckon_result* result;
  reckon_error* error;
  const reckon_event* event;
  if (reckon_session_start(session, prompt, options, &error) != RECKON_OK) return fail(error);
  for (;;) {
    if (reckon_session_next(session, &event, &error) != RECKON_OK) return fail(error);
    if (event == NULL) break;
    print_answer(stdout, event);
  }
  if (reckon_session_finish(session, &result, &error) != RECKON_OK) return fail(error);
  return print_result(result);
}

static int ask(const reckon_model* model) {
  const reckon_message question = {"user", "What is 123 + 456?"};
  reckon_generate_options options;
  reckon_prompt prompt;
  reckon_session* session;
  reckon_error* error;
  int status;
  reckon_generate_options_init(&options, sizeof options);
  options.temperature = 0;
  reckon_prompt_init(&prompt, sizeof prompt);
  prompt.messages = &question;
  prompt.message_count = 1;
  if (reckon_session_new(model, NULL, &session, &error) != RECKON_OK) return fail(error);
  status = answer(session, &prompt, &options) || answer_pulled(session, &prompt, &options);
  reckon_session_free(session);
  return status;
}

int main(void) {
  reckon_model* model;
  reckon_error* error;
  int status;
  if (reckon_abi_version() != RECKON_ABI_VERSION) return 1;
  if (reckon_model_load("no such file.gguf", NULL, &model, &error) == RECKON_OK) return 1;
  printf("%s\n", reckon_status_name(reckon_error_status(error)));
  reckon_error_free(error);
  if (reckon_model_embedded(NULL, &model, &error) != RECKON_OK) return fail(error);
  status = ask(model);
  reckon_model_free(model);
  return status;
}
