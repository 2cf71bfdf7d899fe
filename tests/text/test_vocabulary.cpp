#include "text/vocabulary.hpp"

#include <gtest/gtest.h>

#include <reckon/error.hpp>

#include "load/metadata.hpp"

namespace reckon::text {
namespace {

using Entries = std::vector<std::pair<std::string, load::Value>>;
using Strings = std::vector<std::string>;

load::Metadata metadata(const Entries& changes, const std::string& without = "") {
  Entries entries = {{"tokenizer.ggml.model", std::string("gpt2")},
                     {"tokenizer.ggml.pre", std::string("qwen2")},
                     {"tokenizer.ggml.tokens", Strings{"a", "b", "ab", "<end>"}},
                     {"tokenizer.ggml.merges", Strings{"a b"}},
                     {"tokenizer.ggml.token_type", std::vector<int64_t>{1, 1, 4, 3}},
                     {"tokenizer.ggml.bos_token_id", uint64_t{2}},
                     {"tokenizer.ggml.eos_token_id", uint64_t{3}}};
  for (const auto& change : changes) {
    std::erase_if(entries, [&](const auto& e) { return e.first == change.first; });
    entries.push_back(change);
  }
  load::Metadata m("test.gguf");
  for (auto& [key, value] : entries) {
    if (key != without) m.insert(key, value);
  }
  return m;
}

void expect_refused(const load::Metadata& m, ErrorCode code, const std::string& key) {
  try {
    read_vocabulary(m);
    ADD_FAILURE() << "accepted: " << key;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find("test.gguf"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(key), std::string::npos) << error.what();
  }
}

TEST(Vocabulary, ReadsWhatTheFileSays) {
  const Vocabulary v = read_vocabulary(metadata({{"tokenizer.ggml.eot_token_id", uint64_t{1}},
                                                 {"tokenizer.ggml.eom_token_id", uint64_t{3}},
                                                 {"tokenizer.ggml.add_bos_token", true}}));
  EXPECT_EQ(v.source, "test.gguf");
  EXPECT_EQ(v.tokens, (Strings{"a", "b", "ab", "<end>"}));
  EXPECT_EQ(v.kinds,
            (std::vector{TokenKind::normal, TokenKind::normal, TokenKind::user_defined, TokenKind::control}));
  EXPECT_EQ(v.merges, (Strings{"a b"}));
  EXPECT_EQ(v.pre, "qwen2");
  EXPECT_EQ(v.bos, 2);
  EXPECT_EQ(v.eos, (std::vector<TokenId>{3, 1})) << "the main one first, each once";
  EXPECT_TRUE(v.add_bos);
}

TEST(Vocabulary, AddsNoBeginTokenUnlessToldOrLlama) {
  EXPECT_FALSE(read_vocabulary(metadata({})).add_bos);
  EXPECT_TRUE(read_vocabulary(metadata({{"tokenizer.ggml.pre", std::string("llama-bpe")}})).add_bos);
  EXPECT_FALSE(read_vocabulary(metadata({{"tokenizer.ggml.pre", std::string("llama-bpe")}},
                                        "tokenizer.ggml.bos_token_id"))
                   .add_bos);
}

TEST(Vocabulary, WithoutKindsOnlyBeginAndEndAreControl) {
  const Vocabulary v = read_vocabulary(metadata({}, "tokenizer.ggml.token_type"));
  EXPECT_EQ(v.kinds,
            (std::vector{TokenKind::normal, TokenKind::normal, TokenKind::control, TokenKind::control}));
}

TEST(Vocabulary, RefusesOtherTokenizers) {
  for (const char* key : {"tokenizer.ggml.model", "tokenizer.ggml.pre"}) {
    expect_refused(metadata({{key, std::string("llama\x1B")}}), ErrorCode::unsupported, key);
    expect_refused(metadata({}, key), ErrorCode::unsupported, key);
    expect_refused(metadata({{key, uint64_t{1}}}), ErrorCode::malformed_file, key);
  }
}

TEST(Vocabulary, RefusesMissingAndWrongArrays) {
  for (const char* key : {"tokenizer.ggml.tokens", "tokenizer.ggml.merges"}) {
    expect_refused(metadata({}, key), ErrorCode::malformed_file, key);
    expect_refused(metadata({{key, std::vector<uint64_t>{1}}}), ErrorCode::malformed_file, key);
  }
  expect_refused(metadata({{"tokenizer.ggml.tokens", Strings{}}}), ErrorCode::malformed_file,
                 "tokenizer.ggml.tokens");
}

TEST(Vocabulary, RefusesWrongKinds) {
  const std::string key = "tokenizer.ggml.token_type";
  using Types = std::vector<int64_t>;
  for (const Types& types : {Types{}, Types{1, 1, 1}, Types{1, 1, 1, 1, 1}, Types{1, 1, 1, 0},
                             Types{1, 1, 1, 7}, Types{1, 1, 1, -1}}) {
    expect_refused(metadata({{key, types}}), ErrorCode::malformed_file, key);
  }
}

TEST(Vocabulary, RefusesIdsOutOfRange) {
  for (const char* name : {"bos", "eos", "eot", "eom"}) {
    const std::string key = std::string("tokenizer.ggml.") + name + "_token_id";
    expect_refused(metadata({{key, uint64_t{4}}}), ErrorCode::malformed_file, key);
    expect_refused(metadata({{key, int64_t{-1}}}), ErrorCode::malformed_file, key);
    expect_refused(metadata({{key, uint64_t{1} << 32}}), ErrorCode::malformed_file, key);
    expect_refused(metadata({{key, std::string("3")}}), ErrorCode::malformed_file, key);
  }
}

TEST(Vocabulary, RefusesToAddABeginTokenThereIsNot) {
  expect_refused(metadata({{"tokenizer.ggml.add_bos_token", true}}, "tokenizer.ggml.bos_token_id"),
                 ErrorCode::malformed_file, "tokenizer.ggml.add_bos_token");
}

}  // namespace
}  // namespace reckon::text
