// What holds for every tokenizer and every text.
#pragma once

#include <string_view>

#include "text/bpe.hpp"
#include "text/tokenizer.hpp"

namespace reckon::fuzz {

// A tokenizer, and its merges, which it keeps to itself.
class CheckedTokenizer {
 public:
  // Throws as text::Tokenizer does.
  explicit CheckedTokenizer(const text::Vocabulary& vocabulary);

  // Aborts unless encoding and decoding give the text's bytes, in each way there is to encode it.
  void check(std::string_view text) const;

 private:
  void check_round_trip(std::string_view text, text::EncodeOptions options) const;
  void check_words(std::string_view text) const;
  void check_merging(std::string_view word) const;

  text::Tokenizer tokenizer_;
  text::Pretokenizer pretokenizer_;
  text::BpeTables tables_;
};

}  // namespace reckon::fuzz
