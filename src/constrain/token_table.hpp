// A vocabulary as constraints need it: what can stand in a constrained answer, by bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "constrain/token_trie.hpp"
#include "text/tokenizer.hpp"

namespace reckon::constrain {

// Built once per model. Immutable: any number of threads may use one. The tokenizer outlives it.
class TokenTable {
 public:
  // Plain tokens have at most this many characters, all plain: no quote, no backslash, no control.
  static constexpr size_t kMaxPlain = 16;

  explicit TokenTable(const text::Tokenizer& tokenizer);

  const text::Tokenizer& tokenizer() const { return tokenizer_; }
  size_t size() const { return tokenizer_.size(); }
  size_t words() const { return (size() + 63) / 64; }  // of a set of tokens, a bit each

  // The tokens that are text (no added token is, nor an end token) come in two parts.
  const TokenTrie& plain() const { return plain_; }
  const TokenTrie& others() const { return others_; }
  std::span<const uint64_t> plain_set() const { return plain_set_; }  // (words())
  bool is_text(TokenId token) const;

 private:
  TokenTrie make_trie(bool plain) const;

  const text::Tokenizer& tokenizer_;
  TokenTrie plain_, others_;
  std::vector<uint64_t> plain_set_;
};

}  // namespace reckon::constrain
