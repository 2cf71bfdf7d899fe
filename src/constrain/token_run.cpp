#include "constrain/token_run.hpp"

#include "text/utf8.hpp"

namespace reckon::constrain {
namespace {

void set_bit(std::vector<uint64_t>& bits, size_t i) { bits[i / 64] |= uint64_t{1} << i % 64; }

}  // namespace

TokenRun::TokenRun(const TokenTable& table, const CharSet& set) {
  for (size_t c = 0; c < ascii_.size(); c++) ascii_[c] = set.contains(static_cast<char32_t>(c));
  for (Bits& tokens : tokens_) tokens.resize(table.words());
  std::vector<TokenTrie::Entry> others, undecided;  // in the trie's order, so that they need no sorting
  const TokenTrie& trie = table.trie();
  for (size_t i = 0; i < trie.size(); i++) {
    if (trie.tokens(i).empty()) continue;
    const std::string_view bytes = table.tokenizer().bytes(trie.tokens(i)[0]);
    const Beginning b = beginning_of(bytes, set);
    for (TokenId t : trie.tokens(i)) {
      if (b.whole) {
        set_bit(tokens_[b.characters], static_cast<size_t>(t));
        continue;
      }
      others.emplace_back(bytes, t);
      if (b.cut || b.characters == kLongest) undecided.emplace_back(bytes, t);
    }
  }
  others_ = TokenTrie(std::move(others));
  undecided_ = TokenTrie(std::move(undecided));
  for (size_t n = 1; n <= kLongest; n++)
    for (size_t w = 0; w < tokens_[n].size(); w++) tokens_[n][w] |= tokens_[n - 1][w];
}

TokenRun::Beginning TokenRun::beginning_of(std::string_view bytes, const CharSet& set) const {
  size_t n = 0;
  for (size_t at = 0; at < bytes.size(); n++) {
    const auto byte = static_cast<uint8_t>(bytes[at]);
    const text::Utf8Unit unit =
        byte < ascii_.size() ? text::Utf8Unit{byte, 1, true} : text::decode_utf8(bytes, at);
    if (!unit.valid) return {n, false, true};
    const char32_t c = unit.code_point;
    const bool member = c < ascii_.size() ? ascii_[c] : set.contains(c);
    if (!member || n == kLongest) return {n, false, false};
    at += unit.length;
  }
  return {n, true, false};
}

}  // namespace reckon::constrain
