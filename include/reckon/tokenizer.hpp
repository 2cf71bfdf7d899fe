// Text to the tokens of a model and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <reckon/error.hpp>
#include <reckon/export.hpp>

namespace reckon {

namespace text {
class Tokenizer;
}

// The index of a token in the vocabulary.
using TokenId = int32_t;

// How a text is read.
struct TokenizeOptions {
  // Tags such as <think> in the text become their tokens; false: they are plain text.
  bool parse_special = true;
  bool add_bos = false;  // put the begin token in front if the model has one
};

// A model's tokenizer (byte-level BPE) without its weights. A handle; copies share the tables. Immutable and
// safe to share between threads. One that was moved from can be destroyed or assigned to, and nothing else.
//
//   Tokenizer tokenizer = Tokenizer::load("r1.gguf");
//   std::vector<TokenId> tokens = tokenizer.encode("<think>2 + 2", {.parse_special = false});
//   std::string same = tokenizer.decode(tokens);
//   if (tokenizer.adds_begin_token()) tokens.insert(tokens.begin(), *tokenizer.begin_token());
//   while (tokenizer.is_end_token(tokens.back())) tokens.pop_back();
//   bool smaller = Tokenizer::embedded().size() < tokenizer.size();
class RECKON_API Tokenizer {
 public:
  // From a GGUF file (for a split one: its first part), of which the weights are not read. All that the file
  // says is checked as Model::load checks it. Throws Error: io, malformed_file, unsupported, out_of_memory,
  // invalid_argument (a later part of a split file).
  static Tokenizer load(const std::string& path);
  // Of the small model that is part of the library. Throws Error(out_of_memory).
  static Tokenizer embedded();

  // Text to token ids; exact on any bytes, valid UTF-8 or not. Throws Error(invalid_argument) for 4 GiB of
  // text and more, or if there is no begin token to add, Error(out_of_memory).
  std::vector<TokenId> encode(std::string_view text, const TokenizeOptions& options = {}) const;
  // The exact bytes of tokens. Throws Error(invalid_argument) for an id outside [0, size()),
  // Error(out_of_memory).
  std::string decode(std::span<const TokenId> tokens) const;
  size_t size() const;                         // tokens in the vocabulary
  bool is_end_token(TokenId token) const;      // a turn ends with it
  std::optional<TokenId> begin_token() const;  // none if the vocabulary has none
  bool adds_begin_token() const;               // the file asks for the begin token in front of raw text

  // For the library's own use.
  explicit Tokenizer(std::shared_ptr<const text::Tokenizer> tables) : tables_(std::move(tables)) {}

 private:
  std::shared_ptr<const text::Tokenizer> tables_;
};

}  // namespace reckon
