// Tokens, templates and descriptions through the C interface.
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
  }
  EXPECT_EQ(reckon_description_tensor_name(d, expected.tensors.size()), nullptr);
  EXPECT_EQ(reckon_description_value(d, expected.metadata.size()), nullptr);
  reckon_description_free(d);
}

}  // namespace
}  // namespace reckon::test
