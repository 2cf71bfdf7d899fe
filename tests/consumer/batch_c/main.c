/* Many generations at once from C: two questions in a batch, several samples each, and a vote. */
#include <reckon/reckon.h>

#include <stdio.h>
#include <string.h>

enum { kRequests = 2, kSamples = 3 };

/* What each sample answered. */
struct answers {
  char text[kRequests][kSamples][32];
};

static int fail(reckon_error* error) {
  fprintf(stderr, "%s: %s\n", reckon_status_name(reckon_error_status(error)), reckon_error_message(error));
  reckon_error_free(error);
  return 1;
}

static reckon_prompt prompt_of(const reckon_message* question) {
  reckon_prompt prompt;
  reckon_prompt_init(&prompt, sizeof prompt);
  prompt.messages = question;
  prompt.message_count = 1;
  return prompt;
}

static int count_tokens(void* data, uint32_t sample, const reckon_event* event) {
  if (sample < kSamples && event->token >= 0) ++*(unsigned*)data;
  return 0;
}

static int add(reckon_batch* batch, const char* question, unsigned* tokens) {
  const reckon_message message = {"user", question};
  const reckon_prompt prompt = prompt_of(&message);
  reckon_generate_options options;
  reckon_batch_request request;
  reckon_error* error;
  uint64_t id;
  reckon_generate_options_init(&options, sizeof options);
  reckon_batch_request_init(&request, sizeof request);
  request.prompt = &prompt;
  request.options = &options;
  request.samples = kSamples;
  request.on_event = count_tokens;
  request.data = tokens;
  return reckon_batch_add(batch, &request, &id, &error) == RECKON_OK ? 0 : fail(error);
}

static int keep(struct answers* answers, const reckon_batch_result* ended) {
  char* answer;
  size_t length;
  reckon_error* error;
  if (ended->status != RECKON_OK) {
    fprintf(stderr, "%s\n", ended->message);
    return 1;
  }
  if (reckon_final_answer(ended->result->answer, ended->result->answer_length, 1, &answer, &length, &error) !=
      RECKON_OK) {
    return fail(error);
  }
  snprintf(answers->text[ended->request][ended->sample], sizeof answers->text[0][0], "%s",
           answer == NULL ? "-" : answer);
  reckon_free(answer);
  return 0;
}

static int run(reckon_batch* batch, struct answers* answers) {
  reckon_batch_result* ended;
  reckon_error* error;
  while (!reckon_batch_idle(batch)) {
    if (reckon_batch_step(batch, &error) != RECKON_OK) return fail(error);
    for (;;) {
      int status;
      if (reckon_batch_take(batch, &ended, &error) != RECKON_OK) return fail(error);
      if (ended == NULL) break;
      status = keep(answers, ended);
      reckon_batch_result_free(ended);
      if (status != 0) return status;
    }
  }
  return 0;
}

static int ask_both(const reckon_model* model) {
  struct answers answers;
  unsigned tokens[kRequests] = {0, 0};
  reckon_batch* batch;
  reckon_error* error;
  int r, s, status;
  if (reckon_batch_new(model, NULL, &batch, &error) != RECKON_OK) return fail(error);
  status = add(batch, "What is 123 + 456?", &tokens[0]) || add(batch, "What is 7 * 8?", &tokens[1]) ||
           run(batch, &answers);
  reckon_batch_free(batch);
  for (r = 0; status == 0 && r < kRequests; r++) {
    printf("request %d, %s:", r, tokens[r] > kSamples ? "with tokens" : "without");
    for (s = 0; s < kSamples; s++) printf(" %s", answers.text[r][s]);
    printf("\n");
  }
  return status;
}

static int vote(const reckon_model* model) {
  const reckon_message message = {"user", "What is 90 - 13?"};
  const reckon_prompt prompt = prompt_of(&message);
  reckon_vote_options options;
  reckon_vote_result* result;
  reckon_error* error;
  reckon_vote_options_init(&options, sizeof options);
  options.samples = 5;
  if (reckon_vote(model, &prompt, NULL, &options, NULL, NULL, &result, &error) != RECKON_OK) {
    return fail(error);
  }
  printf("%s won\n", result->ranking_count == 0 ? "nobody" : result->ranking[0].answer);
  reckon_vote_result_free(result);
  return 0;
}

int main(void) {
  reckon_model* model;
  reckon_error* error;
  int status;
  if (reckon_model_embedded(NULL, &model, &error) != RECKON_OK) return fail(error);
  status = ask_both(model) || vote(model);
  reckon_model_free(model);
  return status;
}
