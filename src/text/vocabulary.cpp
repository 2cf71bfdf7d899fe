#include "text/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <reckon/error.hpp>

#include "load/metadata.hpp"
#include "support/contains.hpp"
#include "support/quoted.hpp"
#include "text/pretokenizer.hpp"

namespace reckon::text {

namespace {

using load::Metadata;

void require_name(const Metadata& metadata, const char* key, bool known, const std::string& expected) {
  if (known) return;
  const std::string* name = metadata.find_string(key);
  throw Error(ErrorCode::unsupported,
              fmt::format("{}: {}: {}; expected one of: {}", metadata.file_name(), key,
                          name ? support::quoted(*name) : "no such key", expected));
}

std::vector<TokenKind> read_kinds(const Metadata& metadata, size_t n_tokens) {
  constexpr const char* kKey = "tokenizer.ggml.token_type";
  const auto types = metadata.find_uints(kKey, 1, 6);
  if (!types) return std::vector<TokenKind>(n_tokens, TokenKind::normal);
  if (types->size() != n_tokens) {
    throw Error(ErrorCode::malformed_file,
                fmt::format("{}: {}: {} entries; expected {}, as tokenizer.ggml.tokens has",
                            metadata.file_name(), kKey, types->size(), n_tokens));
  }
  std::vector<TokenKind> kinds(n_tokens);
  std::transform(types->begin(), types->end(), kinds.begin(),
                 [](uint64_t type) { return static_cast<TokenKind>(type - 1); });
  return kinds;
}

std::optional<TokenId> find_id(const Metadata& metadata, const char* key, size_t n_tokens) {
  const auto id = metadata.find_uint(key, 0, n_tokens - 1);
  return id ? std::optional(static_cast<TokenId>(*id)) : std::nullopt;
}

std::vector<TokenId> read_end_tokens(const Metadata& metadata, size_t n_tokens) {
  std::vector<TokenId> ids;
  for (const char* key :
       {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
    const auto id = find_id(metadata, key, n_tokens);
    if (id && !support::contains(ids, *id)) ids.push_back(*id);
  }
  return ids;
}

bool read_add_bos(const Metadata& metadata, const Pretokenizer& pretokenizer, bool has_bos) {
  constexpr const char* kKey = "tokenizer.ggml.add_bos_token";
  const auto add_bos = metadata.find_bool(kKey);
  if (add_bos && *add_bos && !has_bos) {
    throw Error(ErrorCode::malformed_file,
                fmt::format("{}: {}: true, but there is no tokenizer.ggml.bos_token_id; expected both",
                            metadata.file_name(), kKey));
  }
  return add_bos.value_or(has_bos && pretokenizer.adds_bos_by_default());
}

// A file that gives no kinds says at least of these that they are no text.
void mark_control(std::vector<TokenKind>& kinds, const Vocabulary& vocabulary) {
  if (vocabulary.bos) kinds[*vocabulary.bos] = TokenKind::control;
  for (TokenId id : vocabulary.eos) kinds[id] = TokenKind::control;
}

}  // namespace

Vocabulary read_vocabulary(const Metadata& metadata) {
  const std::string* model = metadata.find_string("tokenizer.ggml.model");
  require_name(metadata, "tokenizer.ggml.model", model && *model == "gpt2", "gpt2");
  const std::string* pre = metadata.find_string("tokenizer.ggml.pre");
  const auto pretokenizer = pre ? Pretokenizer::find(*pre) : std::nullopt;
  require_name(metadata, "tokenizer.ggml.pre", pretokenizer.has_value(), Pretokenizer::known_names());

  Vocabulary v;
  v.source = metadata.file_name();
  v.pre = *pre;
  v.tokens = metadata.require_strings("tokenizer.ggml.tokens");
  v.merges = metadata.require_strings("tokenizer.ggml.merges");
  const size_t n = v.tokens.size();
  if (n == 0 || n > std::numeric_limits<TokenId>::max()) {
    throw Error(ErrorCode::malformed_file,
                fmt::format("{}: tokenizer.ggml.tokens: {} tokens; expected 1 to {}", v.source, n,
                            std::numeric_limits<TokenId>::max()));
  }
  v.bos = find_id(metadata, "tokenizer.ggml.bos_token_id", n);
  v.eos = read_end_tokens(metadata, n);
  v.add_bos = read_add_bos(metadata, *pretokenizer, v.bos.has_value());
  v.kinds = read_kinds(metadata, n);
  if (!metadata.contains("tokenizer.ggml.token_type")) mark_control(v.kinds, v);
  return v;
}

}  // namespace reckon::text
