// NULL and nonsense as arguments: an error each, or nothing at all where there is nobody to tell.
#include "capi/owned.hpp"

namespace reckon::test {
namespace {

TEST(Arguments, NullIsAnErrorWhereSomethingIsNeeded) {
  reckon_model* model;
  reckon_session* session;
  reckon_tokenizer* tokenizer;
  reckon_result* result;
  const reckon_event* event;
  char* text;
  int32_t* tokens;
  size_t n;
  const SessionHandle s = new_session();
  const reckon_prompt prompt = question();
  EXPECT_REFUSED("path", reckon_model_load(nullptr, nullptr, &model, &error));
  EXPECT_REFUSED("out", reckon_model_load("x", nullptr, nullptr, &error));
  EXPECT_REFUSED("out", reckon_model_embedded(nullptr, nullptr, &error));
  EXPECT_REFUSED("bytes", reckon_model_from_memory(nullptr, 8, nullptr, nullptr, &model, &error));
  EXPECT_REFUSED("reader", reckon_model_from_reader(nullptr, nullptr, &model, &error));
  EXPECT_REFUSED("out", reckon_describe(nullptr, nullptr, &error));
  EXPECT_REFUSED("model", reckon_model_tokenizer(nullptr, &tokenizer, &error));
  EXPECT_REFUSED("out", reckon_tokenizer_load(nullptr, nullptr, &error));
  EXPECT_REFUSED("tokenizer", reckon_tokenize(nullptr, "x", 1, 0, &tokens, &n, &error));
  EXPECT_REFUSED("tokenizer", reckon_detokenize(nullptr, nullptr, 0, &text, &n, &error));
  EXPECT_REFUSED("model", reckon_model_render_chat(nullptr, &kQuestion, 1, &text, &n, &error));
  EXPECT_REFUSED("messages", reckon_model_render_chat(tiny(), nullptr, 1, &text, &n, &error));
  EXPECT_REFUSED("length", reckon_model_render_chat(tiny(), &kQuestion, 1, &text, nullptr, &error));
  EXPECT_REFUSED("model", reckon_session_new(nullptr, nullptr, &session, &error));
  EXPECT_REFUSED("session", reckon_session_reset(nullptr, &error));
  EXPECT_REFUSED("session",
                 reckon_session_generate(nullptr, &prompt, nullptr, nullptr, nullptr, &result, &error));
  EXPECT_REFUSED("prompt",
                 reckon_session_generate(s.get(), nullptr, nullptr, nullptr, nullptr, &result, &error));
  EXPECT_REFUSED("out",
                 reckon_session_generate(s.get(), &prompt, nullptr, nullptr, nullptr, nullptr, &error));
  EXPECT_REFUSED("session", reckon_session_start(nullptr, &prompt, nullptr, &error));
  EXPECT_REFUSED("session", reckon_session_next(nullptr, &event, &error));
  EXPECT_REFUSED("session", reckon_session_finish(nullptr, &result, &error));
}

TEST(Arguments, NullIsNothingWhereNothingCanFail) {
  reckon_error_free(nullptr);
  reckon_model_free(nullptr);
  reckon_session_free(nullptr);
  reckon_tokenizer_free(nullptr);
  reckon_description_free(nullptr);
  reckon_result_free(nullptr);
  reckon_free(nullptr);
  reckon_session_cancel(nullptr);
  reckon_session_end_thinking(nullptr);
  reckon_session_add_budget(nullptr, 1);
  reckon_load_options_init(nullptr, sizeof(reckon_load_options));
  EXPECT_EQ(reckon_error_status(nullptr), RECKON_OK);
  EXPECT_STREQ(reckon_error_message(nullptr), "");
  EXPECT_EQ(reckon_model_get_info(nullptr), nullptr);
  EXPECT_STREQ(reckon_model_isa(nullptr), "");
  EXPECT_EQ(reckon_model_threads(nullptr), 0);
  EXPECT_EQ(reckon_model_load_ms(nullptr), 0);
  EXPECT_EQ(reckon_model_cache_bytes_per_token(nullptr, RECKON_CACHE_F16), 0U);
  EXPECT_EQ(reckon_tokenizer_size(nullptr), 0U);
  EXPECT_EQ(reckon_session_cached_tokens(nullptr), 0U);
  EXPECT_EQ(reckon_description_get_info(nullptr), nullptr);
  EXPECT_EQ(reckon_description_key(nullptr, 0), nullptr);
  EXPECT_EQ(reckon_description_tensor_shape(nullptr, 0, nullptr, 0), 0U);
  EXPECT_EQ(reckon_description_tensor_bytes(nullptr, 0), 0U);
}

TEST(Arguments, AnErrorNeedNotBeAskedForAndIsNullAfterSuccess) {
  reckon_model* model = nullptr;
  EXPECT_EQ(reckon_model_load(nullptr, nullptr, &model, nullptr), RECKON_INVALID_ARGUMENT);
  EXPECT_EQ(model, nullptr) << "results are set on success only";
  auto* error = reinterpret_cast<reckon_error*>(8);  // whatever was there
  reckon_tokenizer* tokenizer = nullptr;
  EXPECT_EQ(reckon_model_tokenizer(tiny(), &tokenizer, &error), RECKON_OK);
  EXPECT_EQ(error, nullptr);
  reckon_tokenizer_free(tokenizer);
}

TEST(Arguments, APromptIsExactlyOneThing) {
  const SessionHandle s = new_session();
  reckon_result* result;
  auto prompt = initialised(reckon_prompt_init);
  EXPECT_REFUSED("exactly one",
                 reckon_session_generate(s.get(), &prompt, nullptr, nullptr, nullptr, &result, &error));
  prompt = question();
  prompt.text = "2 + 2";
  prompt.text_length = 5;
  EXPECT_REFUSED("exactly one",
                 reckon_session_generate(s.get(), &prompt, nullptr, nullptr, nullptr, &result, &error));
  const reckon_message no_role = {nullptr, "text"};
  prompt = question();
  prompt.messages = &no_role;
  EXPECT_REFUSED("role",
                 reckon_session_generate(s.get(), &prompt, nullptr, nullptr, nullptr, &result, &error));
}

TEST(Arguments, OptionsOutOfRangeAreNamed) {
  const SessionHandle s = new_session();
  reckon_result* result;
  const reckon_prompt prompt = question();
  auto with = [](auto change) {
    reckon_generate_options o = greedy();
    change(o);
    return o;
  };
  const auto cold = with([](auto& o) { o.temperature = -1; });
  EXPECT_REFUSED("temperature",
                 reckon_session_generate(s.get(), &prompt, &cold, nullptr, nullptr, &result, &error));
  const char* const no_stop[] = {nullptr};
  const auto stops = with([&](auto& o) {
    o.stop = no_stop;
    o.stop_count = 1;
  });
  EXPECT_REFUSED("stop",
                 reckon_session_generate(s.get(), &prompt, &stops, nullptr, nullptr, &result, &error));
  const auto biases = with([](auto& o) { o.logit_bias_count = SIZE_MAX; });
  EXPECT_REFUSED("logit_bias",
                 reckon_session_generate(s.get(), &prompt, &biases, nullptr, nullptr, &result, &error));
  EXPECT_REFUSED("temperature", reckon_generate_options_validate(&cold, 100, &error));
  const reckon_logit_bias bias = {100, 1};
  const auto biased = with([&](auto& o) {
    o.logit_bias = &bias;
    o.logit_bias_count = 1;
  });
  EXPECT_REFUSED("logit_bias token 100", reckon_generate_options_validate(&biased, 100, &error));
  EXPECT_EQ(reckon_generate_options_validate(&biased, 101, nullptr), RECKON_OK);
  EXPECT_EQ(reckon_generate_options_validate(nullptr, 1, nullptr), RECKON_OK);
  const auto form = with([](auto& o) {
    o.answer_form = RECKON_FORM_REGEX;
    o.answer_form_text = "(";
  });
  EXPECT_REFUSED("regex", reckon_generate_options_validate(&form, 100, &error));
  const auto drafts = with([](auto& o) { o.draft_tokens = 17; });
  EXPECT_REFUSED("draft_tokens", reckon_generate_options_validate(&drafts, 100, &error));
  auto options = initialised(reckon_session_options_init);
  options.cache_type = 7;
  reckon_session* session;
  EXPECT_REFUSED("cache_type", reckon_session_new(tiny(), &options, &session, &error));
}

TEST(Arguments, NumbersHaveNames) {
  EXPECT_STREQ(reckon_status_name(RECKON_OK), "ok");
  EXPECT_STREQ(reckon_status_name(RECKON_MALFORMED_FILE), "malformed_file");
  EXPECT_STREQ(reckon_status_name(RECKON_BAD_NUMBERS), "bad_numbers");
  EXPECT_STREQ(reckon_status_name(RECKON_INTERNAL), "internal");
  EXPECT_STREQ(reckon_finish_reason_name(RECKON_FINISH_LENGTH_IN_THINKING), "length_in_thinking");
  EXPECT_STREQ(reckon_phase_name(RECKON_PHASE_ANSWER), "answer");
  EXPECT_STREQ(reckon_thought_end_name(RECKON_THOUGHT_REQUESTED), "requested");
  EXPECT_STREQ(reckon_sample_state_name(RECKON_SAMPLE_NOT_NEEDED), "not_needed");
  for (const int32_t number : {-1, 77, 256, INT32_MAX, INT32_MIN + 1}) {
    EXPECT_STREQ(reckon_status_name(number), "unknown");
    EXPECT_STREQ(reckon_finish_reason_name(number), "unknown");
    EXPECT_STREQ(reckon_phase_name(number), "unknown");
    EXPECT_STREQ(reckon_thought_end_name(number), "unknown");
    EXPECT_STREQ(reckon_sample_state_name(number), "unknown");
  }
  EXPECT_EQ(reckon_abi_version(), RECKON_ABI_VERSION);
}

}  // namespace
}  // namespace reckon::test
