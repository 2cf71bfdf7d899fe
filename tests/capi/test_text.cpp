// Tokens, templates and descriptions through the C interface.
#include <reckon/answer.hpp>
#include <reckon/model.hpp>

#include <vector>

#include "capi/owned.hpp"

namespace reckon::test {
namespace {

TokenizerHandle tokenizer() {
  reckon_tokenizer* t = nullptr;
  EXPECT_EQ(reckon_tokenizer_load(nullptr, &t, nullptr), RECKON_OK);
  return TokenizerHandle(t);
}

std::vector<int32_t> tokens_of(const std::string& text, uint32_t flags) {
  int32_t* tokens = nullptr;
  size_t count = 0;
  EXPECT_EQ(reckon_tokenize(tokenizer().get(), text.data(), text.size(), flags, &tokens, &count, nullptr),
            RECKON_OK);
  const Memory owned(tokens);
  return {tokens, tokens + count};
}

TEST(CText, TokensAreThoseOfTheCppInterfaceAndGoBack) {
  const Tokenizer expected = Tokenizer::embedded();
  EXPECT_EQ(reckon_tokenizer_size(tokenizer().get()), expected.size());
  for (const std::string& text : {std::string(), std::string("<think>2 + 2"), std::string("a\0b\xff", 4)}) {
    EXPECT_EQ(tokens_of(text, 0), expected.encode(text));
    EXPECT_EQ(tokens_of(text, RECKON_PLAIN_TAGS), expected.encode(text, {.parse_special = false}));
    EXPECT_EQ(tokens_of(text, RECKON_ADD_BEGIN_TOKEN), expected.encode(text, {.add_bos = true}));
    const auto tokens = tokens_of(text, 0);
    char* back = nullptr;
    size_t length = 0;
    ASSERT_EQ(reckon_detokenize(tokenizer().get(), tokens.data(), tokens.size(), &back, &length, nullptr),
              RECKON_OK);
    const Memory owned(back);
    EXPECT_EQ(std::string(back, length), text);
    EXPECT_EQ(back[length], '\0');
  }
}

TEST(CText, TellsTheTokensThatBeginAndEnd) {
  const Tokenizer expected = Tokenizer::embedded();
  const TokenizerHandle t = tokenizer();
  int ends = 0;
  for (int32_t token = -1; token <= static_cast<int32_t>(expected.size()); token++) {
    EXPECT_EQ(reckon_tokenizer_is_end_token(t.get(), token) != 0, expected.is_end_token(token)) << token;
    ends += reckon_tokenizer_is_end_token(t.get(), token);
  }
  EXPECT_GT(ends, 0);
  EXPECT_EQ(reckon_tokenizer_begin_token(t.get()), expected.begin_token().value_or(-1));
  EXPECT_EQ(reckon_tokenizer_adds_begin_token(t.get()) != 0, expected.adds_begin_token());
  EXPECT_EQ(reckon_tokenizer_is_end_token(nullptr, 0), 0);
  EXPECT_EQ(reckon_tokenizer_begin_token(nullptr), -1);
  EXPECT_EQ(reckon_tokenizer_adds_begin_token(nullptr), 0);
}

TEST(CText, RefusesUnknownFlagsAndTokens) {
  int32_t* tokens = nullptr;
  char* text = nullptr;
  size_t n = 0;
  reckon_error* error = nullptr;
  reckon_status status = reckon_tokenize(tokenizer().get(), "x", 1, 4, &tokens, &n, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "flags is 4", status, error);
  for (const int32_t token : {-1, INT32_MAX}) {
    status = reckon_detokenize(tokenizer().get(), &token, 1, &text, &n, &error);
    expect_failure(RECKON_INVALID_ARGUMENT, "token", status, error);
  }
}

TEST(CText, RendersTheModelsTemplate) {
  char* text = nullptr;
  size_t length = 0;
  ASSERT_EQ(reckon_model_render_chat(tiny(), &kQuestion, 1, &text, &length, nullptr), RECKON_OK);
  const Memory owned(text);
  const std::vector<Message> messages = {{kQuestion.role, kQuestion.content}};
  EXPECT_EQ(std::string(text, length), ChatTemplate::embedded().render(messages));
}

TEST(CText, TemplatesNeedNoModel) {
  const std::string path = RECKON_SOURCE_DIR "/models/reckon-tiny.gguf";
  const std::vector<Message> messages = {{kQuestion.role, kQuestion.content}};
  for (const char* from : {static_cast<const char*>(nullptr), path.c_str()}) {
    reckon_chat_template* chat = nullptr;
    ASSERT_EQ(reckon_chat_template_load(from, &chat, nullptr), RECKON_OK);
    EXPECT_EQ(reckon_chat_template_source(chat), ChatTemplate::embedded().source());
    char* text = nullptr;
    size_t length = 0;
    EXPECT_EQ(reckon_chat_template_render(chat, &kQuestion, 1, &text, &length, nullptr), RECKON_OK);
    const Memory owned(text);
    EXPECT_EQ(std::string(text, length), ChatTemplate::embedded().render(messages));
    EXPECT_REFUSED("out", reckon_chat_template_render(chat, &kQuestion, 1, nullptr, &length, &error));
    EXPECT_REFUSED("messages", reckon_chat_template_render(chat, nullptr, 1, &text, &length, &error));
    reckon_chat_template_free(chat);
  }
  char* text;
  size_t length;
  reckon_chat_template* chat;
  EXPECT_FAILURE(RECKON_IO, "/no/such/file", reckon_chat_template_load("/no/such/file", &chat, &error));
  EXPECT_REFUSED("out", reckon_chat_template_load(nullptr, nullptr, &error));
  EXPECT_REFUSED("chat_template",
                 reckon_chat_template_render(nullptr, &kQuestion, 1, &text, &length, &error));
  EXPECT_STREQ(reckon_chat_template_source(nullptr), "");
  reckon_chat_template_free(nullptr);
}

TEST(CText, FindsAnswers) {
  const std::string text = "So it is \\boxed{0.50}.";
  char *answer = nullptr, *key = nullptr;
  size_t length = 0, key_length = 0;
  ASSERT_EQ(reckon_final_answer(text.data(), text.size(), 1, &answer, &length, nullptr), RECKON_OK);
  const Memory owned(answer);
  EXPECT_STREQ(answer, "0.50");
  EXPECT_EQ(length, 4U);
  ASSERT_EQ(reckon_normalised_answer(answer, length, &key, &key_length, nullptr), RECKON_OK);
  const Memory owned_key(key);
  EXPECT_STREQ(key, "1/2");
  EXPECT_EQ(key_length, 3U);
  char* none = answer;
  ASSERT_EQ(reckon_final_answer("half a li", 9, 0, &none, &length, nullptr), RECKON_OK);
  EXPECT_EQ(none, nullptr) << "of a text that was cut off";
  EXPECT_EQ(length, 0U);
  EXPECT_REFUSED("text", reckon_final_answer(nullptr, 1, 1, &none, &length, &error));
  EXPECT_REFUSED("out", reckon_final_answer("x", 1, 1, nullptr, &length, &error));
  EXPECT_REFUSED("length", reckon_final_answer("x", 1, 1, &none, nullptr, &error));
  EXPECT_REFUSED("answer", reckon_normalised_answer(nullptr, 1, &none, &length, &error));
  EXPECT_REFUSED("out", reckon_normalised_answer("x", 1, nullptr, &length, &error));
}

TEST(CText, EstimatesTheMemoryOfADescribedFile) {
  reckon_description* d = nullptr;
  ASSERT_EQ(reckon_describe(nullptr, &d, nullptr), RECKON_OK);
  reckon_memory_estimate* e = nullptr;
  ASSERT_EQ(reckon_description_estimate_memory(d, 128, RECKON_CACHE_Q8_0, &e, nullptr), RECKON_OK);
  const Memory owned(e);
  const MemoryEstimate expected = Model::estimate_memory(Model::describe_embedded(), 128, CacheType::q8_0);
  EXPECT_EQ(e->size, sizeof *e);
  EXPECT_EQ(e->weights, expected.weights);
  EXPECT_EQ(e->in_file, expected.in_file);
  EXPECT_EQ(e->kv_cache, expected.kv_cache);
  EXPECT_EQ(e->scratch, expected.scratch);
  EXPECT_EQ(e->total, expected.total);
  EXPECT_GT(e->available, 0U);
  EXPECT_REFUSED("cache_type", reckon_description_estimate_memory(d, 128, 5, &e, &error));
  EXPECT_REFUSED("out", reckon_description_estimate_memory(d, 128, 0, nullptr, &error));
  EXPECT_REFUSED("description", reckon_description_estimate_memory(nullptr, 128, 0, &e, &error));
  reckon_description_free(d);
}

TEST(CText, DescribesAFile) {
  const std::string path = RECKON_SOURCE_DIR "/models/reckon-tiny.gguf";
  reckon_description* d = nullptr;
  ASSERT_EQ(reckon_describe(path.c_str(), &d, nullptr), RECKON_OK);
  const ModelDescription expected = Model::describe(path);
  const reckon_model_info* info = reckon_description_get_info(d);
  EXPECT_EQ(info->file, path);
  EXPECT_EQ(info->name, expected.info.name);
  EXPECT_EQ(info->parameters, expected.info.parameters);
  EXPECT_EQ(info->vocab_size, expected.info.vocab_size);
  EXPECT_EQ(info->has_think_tokens, 1);
  ASSERT_EQ(reckon_description_key_count(d), expected.metadata.size());
  for (size_t i = 0; i < expected.metadata.size(); i++) {
    EXPECT_EQ(reckon_description_key(d, i), expected.metadata[i].first);
    EXPECT_EQ(reckon_description_value(d, i), expected.metadata[i].second);
  }
  ASSERT_EQ(reckon_description_tensor_count(d), expected.tensors.size());
  for (size_t i = 0; i < expected.tensors.size(); i++) {
    EXPECT_EQ(reckon_description_tensor_name(d, i), expected.tensors[i].name);
    EXPECT_EQ(reckon_description_tensor_type(d, i), expected.tensors[i].type);
    uint64_t shape[4] = {};
    EXPECT_EQ(reckon_description_tensor_shape(d, i, shape, 4), expected.tensors[i].shape.size());
    EXPECT_EQ(shape[0], expected.tensors[i].shape[0]);
    EXPECT_EQ(reckon_description_tensor_bytes(d, i), expected.tensors[i].bytes);
  }
  EXPECT_EQ(reckon_description_tensor_name(d, expected.tensors.size()), nullptr);
  EXPECT_EQ(reckon_description_value(d, expected.metadata.size()), nullptr);
  reckon_description_free(d);
}

}  // namespace
}  // namespace reckon::test
