#include "text/tokenizer.hpp"

#include <fmt/format.h>

#include <limits>
#include <reckon/error.hpp>

#include "support/contains.hpp"
#include "text/tokenizer_tables.hpp"

namespace reckon::text {

Tokenizer::Tokenizer(const Vocabulary& vocabulary)
    : pretokenizer_(check_vocabulary(vocabulary)),
      kinds_(vocabulary.kinds),
      tokens_(build_token_bytes(vocabulary)),
      words_(build_word_index(vocabulary, tokens_)),
      added_(build_added_tokens(vocabulary, tokens_)),
      tables_(build_bpe_tables(vocabulary, tokens_, words_, added_)),
      bos_(vocabulary.bos),
      end_tokens_(vocabulary.eos),
      add_bos_(vocabulary.add_bos) {}

std::vector<TokenId> Tokenizer::encode(std::string_view text, EncodeOptions options) const {
  if (text.size() > std::numeric_limits<uint32_t>::max()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("text of {} bytes; expected less than 4 GiB", text.size()));
  }
  std::vector<TokenId> ids;
  if (options.add_bos) {
    if (!bos_) throw Error(ErrorCode::invalid_argument, "add_bos: the vocabulary has no begin token");
    ids.push_back(*bos_);
  }
  LongWordMerger merger(tables_);
  size_t at = 0;
  while (options.parse_special) {
    const auto match = added_.find_next(text, at);
    if (!match) break;
    encode_plain(text.substr(at, match->start - at), merger, ids);
    ids.push_back(match->id);
    at = match->start + match->length;
  }
  encode_plain(text.substr(at), merger, ids);
  return ids;
}

void Tokenizer::encode_plain(std::string_view text, LongWordMerger& merger, std::vector<TokenId>& out) const {
  for (size_t at = 0; at < text.size();) {
    const size_t end = pretokenizer_.word_end(text, at);
    const std::string_view word = text.substr(at, end - at);
    at = end;
    if (pretokenizer_.ignores_merges()) {
      if (const auto id = words_.find(tokens_, word)) {
        out.push_back(*id);
        continue;
      }
    }
    if (word.size() <= kShortWordBytes) {
      merge_short_word(tables_, word, out);
    } else {
      merger.merge(word, out);
    }
  }
}

void Tokenizer::check_id(TokenId id) const {
  if (id >= 0 && static_cast<size_t>(id) < size()) return;
  throw Error(ErrorCode::invalid_argument, fmt::format("token {}; expected 0 to {}", id, size() - 1));
}

std::string_view Tokenizer::bytes(TokenId id) const {
  check_id(id);
  return tokens_[id];
}

TokenKind Tokenizer::kind(TokenId id) const {
  check_id(id);
  return kinds_[static_cast<size_t>(id)];
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool skip_control) const {
  std::string text;
  for (TokenId id : ids) {
    if (!skip_control || kind(id) != TokenKind::control) text += bytes(id);
  }
  return text;
}

std::optional<TokenId> Tokenizer::find(std::string_view text) const {
  if (const auto id = added_.find(text)) return id;
  return words_.find(tokens_, text);
}

bool Tokenizer::is_end(TokenId id) const { return support::contains(end_tokens_, id); }

}  // namespace reckon::text
