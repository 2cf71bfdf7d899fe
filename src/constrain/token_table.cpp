#include "constrain/token_table.hpp"

#include "text/utf8.hpp"

namespace reckon::constrain {
namespace {

bool is_plain(std::string_view bytes) {
  size_t n = 0;
  for (size_t at = 0; at < bytes.size(); n++) {
    const text::Utf8Unit unit = text::decode_utf8(bytes, at);
    const char32_t c = unit.code_point;
    if (!unit.valid || n == TokenTable::kMaxPlain || c < 0x20 || c == '"' || c == '\\' || c == 0x7F)
      return false;
    at += unit.length;
  }
  return true;
}

}  // namespace

TokenTable::TokenTable(const text::Tokenizer& tokenizer)
    : tokenizer_(tokenizer), plain_(make_trie(true)), others_(make_trie(false)), plain_set_(words()) {
  for (size_t n = 0; n < plain_.size(); n++)
    for (TokenId t : plain_.tokens(n)) plain_set_[static_cast<size_t>(t) / 64] |= uint64_t{1} << t % 64;
}

bool TokenTable::is_text(TokenId token) const {
  const text::TokenKind kind = tokenizer_.kind(token);
  return (kind == text::TokenKind::normal || kind == text::TokenKind::byte) && !tokenizer_.is_end(token) &&
         !tokenizer_.bytes(token).empty();
}

TokenTrie TokenTable::make_trie(bool plain) const {
  std::vector<TokenTrie::Entry> entries;
  for (size_t i = 0; i < size(); i++) {
    const auto token = static_cast<TokenId>(i);
    if (!is_text(token)) continue;
    const std::string_view bytes = tokenizer_.bytes(token);
    if (is_plain(bytes) == plain) entries.emplace_back(bytes, token);
  }
  return TokenTrie(std::move(entries));
}

}  // namespace reckon::constrain
