// Template source to tokens, with white space trimmed as Hugging Face sets Jinja up: trim_blocks and
// lstrip_blocks.
#pragma once

#include "text/jinja/value.hpp"

namespace reckon::text::jinja {

// A template that can't be understood.
class SyntaxFailure : public Failure {
 public:
  SyntaxFailure(uint32_t at_line, const std::string& message) : Failure(message), line(at_line) {}
  uint32_t line;
};

enum class TokenType : uint8_t {
  data,
  variable_begin,
  variable_end,
  block_begin,
  block_end,
  name,
  string,
  integer,
  floating,
  symbol,
  end
};

struct Token {
  TokenType type;
  uint32_t line;
  std::string text;  // of data, name, symbol; the value of a string
  Integer integer = 0;
  double floating = 0;
};

std::vector<Token> tokenize(std::string_view source);  // throws SyntaxFailure
std::string describe(const Token& token);

}  // namespace reckon::text::jinja
