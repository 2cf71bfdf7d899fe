// A model file's vocabulary as the file has it, checked so far as its metadata alone allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <reckon/model.hpp>

namespace reckon::load {
class Metadata;
}

namespace reckon::text {

using reckon::TokenId;

enum class TokenKind : uint8_t {
  normal,        // made by merging, text in the byte-level alphabet
  unknown,       // an added token; stands for what can't be encoded, which byte-level vocabularies never need
  control,       // an added token that steers the model and is not part of what it says
  user_defined,  // an added token that is text
  unused,        // a hole in the numbering: stands for no bytes
  byte,          // text <0xHH>: stands for that byte, and is never made by encoding
};

struct Vocabulary {
  std::string source;               // for messages: the file
  std::vector<std::string> tokens;  // as in the file
  std::vector<TokenKind> kinds;     // of each token
  std::vector<std::string> merges;  // "left right", by rank
  std::string pre;                  // name of the pre-tokeniser
  std::optional<TokenId> bos;       // the begin token
  std::vector<TokenId> eos;         // all end tokens, the file's main one first
  bool add_bos = false;             // whether text is to start with the begin token
};

// Throws Error(malformed_file | unsupported) naming file, key and what was expected.
Vocabulary read_vocabulary(const load::Metadata& metadata);

}  // namespace reckon::text
