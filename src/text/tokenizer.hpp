// Text to tokens and back, exactly: decode(encode(text)) == text for any bytes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/added_tokens.hpp"
#include "text/bpe.hpp"
#include "text/pretokenizer.hpp"
#include "text/token_bytes.hpp"
#include "text/vocabulary.hpp"

namespace reckon::text {

struct EncodeOptions {
  bool parse_special = true;  // added tokens in the text are tokens; else the text of a tag is plain text
  bool add_bos = false;       // start with the begin token
};

// Byte-level BPE. Immutable: any number of threads may use one.
class Tokenizer {
 public:
  using EncodeOptions = text::EncodeOptions;

  // Throws Error(malformed_file | unsupported) naming the vocabulary's source, the key and what was expected.
  // Empty tokens and repeated ones are allowed: no text becomes the former, and the lowest id of the latter
  // is used.
  explicit Tokenizer(const Vocabulary& vocabulary);

  // Takes n log n time in the text's length at worst and constant stack. Throws Error(invalid_argument) for 4
  // GiB of text and more, or if there is no begin token to add.
  std::vector<TokenId> encode(std::string_view text, EncodeOptions options = {}) const;

  // The bytes that a token stands for: of an added token its text, of an unused one none. Like all functions
  // here that take an id, throws Error(invalid_argument) for one that is not in [0, size()).
  std::string_view bytes(TokenId id) const;
  std::string decode(std::span<const TokenId> ids, bool skip_control = false) const;

  TokenKind kind(TokenId id) const;
  size_t size() const { return kinds_.size(); }
  // The added token with this text, else the normal one with these bytes.
  std::optional<TokenId> find(std::string_view text) const;

  std::optional<TokenId> bos() const { return bos_; }
  bool adds_bos() const { return add_bos_; }
  std::span<const TokenId> end_tokens() const { return end_tokens_; }  // the main one first
  bool is_end(TokenId id) const;

 private:
  void check_id(TokenId id) const;
  void encode_plain(std::string_view text, LongWordMerger& merger, std::vector<TokenId>& out) const;

  Pretokenizer pretokenizer_;
  std::vector<TokenKind> kinds_;
  TokenBytes tokens_;
  TokenIndex words_;  // normal tokens, by their bytes
  AddedTokens added_;
  BpeTables tables_;
  std::optional<TokenId> bos_;
  std::vector<TokenId> end_tokens_;
  bool add_bos_;
};

}  // namespace reckon::text
