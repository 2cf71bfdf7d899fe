#include "constrain/token_table.hpp"

#include <fmt/format.h>

#include <reckon/error.hpp>

namespace reckon::constrain {

TokenTable::TokenTable(const text::Tokenizer& tokenizer) : tokenizer_(tokenizer), trie_(make_trie()) {}

bool TokenTable::is_text(TokenId token) const {
  const text::TokenKind kind = tokenizer_.kind(token);
  return (kind == text::TokenKind::normal || kind == text::TokenKind::byte) && !tokenizer_.is_end(token) &&
         !tokenizer_.bytes(token).empty();
}

TokenTrie TokenTable::make_trie() const {
  std::vector<TokenTrie::Entry> entries;
  size_t total = 0;
  for (size_t i = 0; i < size(); i++) {
    const auto token = static_cast<TokenId>(i);
    if (!is_text(token)) continue;
    entries.emplace_back(tokenizer_.bytes(token), token);
    total += entries.back().first.size();
  }
  if (total > kMostBytes) {
    throw Error(
        ErrorCode::unsupported,
        fmt::format(
            "the tokens have {} bytes of text together; for an answer of a form at most {} can be used",
            total, kMostBytes));
  }
  return TokenTrie(std::move(entries));
}

}  // namespace reckon::constrain
