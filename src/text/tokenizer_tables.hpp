// Builds a Tokenizer's tables from a Vocabulary, with all checks. Each throws Error(malformed_file |
// unsupported).
#pragma once

#include "text/added_tokens.hpp"
#include "text/bpe.hpp"
#include "text/pretokenizer.hpp"
#include "text/token_bytes.hpp"
#include "text/vocabulary.hpp"

namespace reckon::text {

// The counts of a vocabulary and its ids agree with each other. First of all, since the others rely on it.
Pretokenizer check_vocabulary(const Vocabulary& vocabulary);

TokenBytes build_token_bytes(const Vocabulary& vocabulary);
TokenIndex build_word_index(const Vocabulary& vocabulary, const TokenBytes& tokens);
AddedTokens build_added_tokens(const Vocabulary& vocabulary, const TokenBytes& tokens);
BpeTables build_bpe_tables(const Vocabulary& vocabulary, const TokenBytes& tokens, const TokenIndex& words,
                           const AddedTokens& added);

}  // namespace reckon::text
