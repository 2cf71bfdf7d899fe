#include "fuzz/tokenizer_checks.hpp"

#include "fuzz/check.hpp"
#include "text/tokenizer_tables.hpp"

namespace reckon::fuzz {
namespace {

text::BpeTables tables_of(const text::Vocabulary& v) {
  const text::TokenBytes tokens = text::build_token_bytes(v);
  return text::build_bpe_tables(v, tokens, text::build_word_index(v, tokens),
                                text::build_added_tokens(v, tokens));
}

}  // namespace

CheckedTokenizer::CheckedTokenizer(const text::Vocabulary& vocabulary)
    : tokenizer_(vocabulary),
      pretokenizer_(text::check_vocabulary(vocabulary)),
      tables_(tables_of(vocabulary)) {}

void CheckedTokenizer::check(std::string_view text) const {
  for (const bool parse_special : {true, false}) check_round_trip(text, {.parse_special = parse_special});
  if (tokenizer_.bos()) check_round_trip(text, {.add_bos = true});
  check_words(text);
}

void CheckedTokenizer::check_round_trip(std::string_view text, text::EncodeOptions options) const {
  const std::vector<TokenId> ids = tokenizer_.encode(text, options);
  std::string bytes;
  for (const TokenId id : ids) {
    FUZZ_CHECK(id >= 0 && static_cast<size_t>(id) < tokenizer_.size());
    bytes += tokenizer_.bytes(id);
  }
  FUZZ_CHECK(bytes == tokenizer_.decode(ids));
  if (options.add_bos) {
    FUZZ_CHECK(ids.front() == *tokenizer_.bos());
    bytes.erase(0, tokenizer_.bytes(ids.front()).size());
  }
  FUZZ_CHECK(bytes == text);
}

void CheckedTokenizer::check_words(std::string_view text) const {
  for (size_t at = 0; at < text.size();) {
    const size_t end = pretokenizer_.word_end(text, at);
    FUZZ_CHECK(end > at && end <= text.size());
    at = end;
  }
  // Few words are as long as this.
  for (size_t at = 0; at < text.size(); at += text::kShortWordBytes) {
    check_merging(text.substr(at, text::kShortWordBytes));
  }
}

// The two ways to merge a short word give the same.
void CheckedTokenizer::check_merging(std::string_view word) const {
  std::vector<TokenId> by_looking, by_queue;
  text::merge_short_word(tables_, word, by_looking);
  text::LongWordMerger(tables_).merge(word, by_queue);
  FUZZ_CHECK(by_looking == by_queue);
}

}  // namespace reckon::fuzz
