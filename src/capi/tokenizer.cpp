#include "capi/handles.hpp"
#include "capi/options.hpp"

using namespace reckon;
using namespace reckon::capi;

namespace {

TokenizeOptions tokenize_options(uint32_t flags) {
  if ((flags & ~uint32_t{RECKON_PLAIN_TAGS | RECKON_ADD_BEGIN_TOKEN}) != 0) {
    fail_argument("flags is " + std::to_string(flags) +
                  "; expected a sum of RECKON_PLAIN_TAGS and RECKON_ADD_BEGIN_TOKEN");
  }
  return {.parse_special = (flags & RECKON_PLAIN_TAGS) == 0,
          .add_bos = (flags & RECKON_ADD_BEGIN_TOKEN) != 0};
}

}  // namespace

reckon_status reckon_model_tokenizer(const reckon_model* model, reckon_tokenizer** out,
                                     reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_tokenizer{require(model, "model").model.tokenizer()};
  });
}

reckon_status reckon_tokenizer_load(const char* path, reckon_tokenizer** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_tokenizer{path == nullptr ? Tokenizer::embedded() : Tokenizer::load(path)};
  });
}

void reckon_tokenizer_free(reckon_tokenizer* tokenizer) { delete tokenizer; }

size_t reckon_tokenizer_size(const reckon_tokenizer* tokenizer) {
  return tokenizer == nullptr ? 0 : tokenizer->tokenizer.size();
}

int32_t reckon_tokenizer_is_end_token(const reckon_tokenizer* tokenizer, int32_t token) {
  return tokenizer != nullptr && tokenizer->tokenizer.is_end_token(token);
}

int32_t reckon_tokenizer_begin_token(const reckon_tokenizer* tokenizer) {
  return tokenizer == nullptr ? -1 : tokenizer->tokenizer.begin_token().value_or(-1);
}

int32_t reckon_tokenizer_adds_begin_token(const reckon_tokenizer* tokenizer) {
  return tokenizer != nullptr && tokenizer->tokenizer.adds_begin_token();
}

reckon_status reckon_tokenize(const reckon_tokenizer* tokenizer, const char* text, size_t length,
                              uint32_t flags, int32_t** out, size_t* count, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(count, "count");
    const auto bytes = require_array(text, length, "text");
    const auto tokens = require(tokenizer, "tokenizer")
                            .tokenizer.encode({bytes.data(), bytes.size()}, tokenize_options(flags));
    *out = static_cast<int32_t*>(copy_bytes(tokens.data(), tokens.size() * sizeof(TokenId)));
    *count = tokens.size();
  });
}

reckon_status reckon_detokenize(const reckon_tokenizer* tokenizer, const int32_t* tokens, size_t count,
                                char** out, size_t* length, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(length, "length");
    const auto span = require_array(tokens, count, "tokens");
    give_text(require(tokenizer, "tokenizer").tokenizer.decode(span), out, length);
  });
}
