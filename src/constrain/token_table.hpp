// A vocabulary as constraints need it: what can stand in a constrained answer, by bytes.
#pragma once

#include <cstdint>

#include "constrain/token_trie.hpp"
#include "text/tokenizer.hpp"

namespace reckon::constrain {

// Built once per model. Immutable: any number of threads may use one. The tokenizer outlives it.
class TokenTable {
 public:
  // Of all texts together: the tries take up to seventy times as much. Real vocabularies have 1 to 2 MiB.
  static constexpr size_t kMostBytes = 8 << 20;
  // Throws Error(unsupported) for a vocabulary with more.
  explicit TokenTable(const text::Tokenizer& tokenizer);

  const text::Tokenizer& tokenizer() const { return tokenizer_; }
  size_t size() const { return tokenizer_.size(); }
  size_t words() const { return (size() + 63) / 64; }  // of a set of tokens, a bit each

  // The tokens that are text: no added token is, nor an end token.
  const TokenTrie& trie() const { return trie_; }
  bool is_text(TokenId token) const;

 private:
  TokenTrie make_trie() const;

  const text::Tokenizer& tokenizer_;
  TokenTrie trie_;
};

}  // namespace reckon::constrain
