// reckon tokenize: text to token ids and back.
#include <fmt/format.h>

#include <reckon/error.hpp>
#include <reckon/tokenizer.hpp>

#include "input.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "settings.hpp"

namespace reckon::cli {
namespace {

constexpr const char* kInput = "standard input";

std::string ids_text(const std::vector<TokenId>& tokens) {
  return fmt::format("[{}]\n", fmt::join(tokens, ", "));
}

// The ids were read, not typed.
std::string decoded(const Tokenizer& tokenizer, const std::vector<TokenId>& tokens) {
  try {
    return tokenizer.decode(tokens);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    throw Error(ErrorCode::malformed_file, fmt::format("{}: {}", kInput, error.what()));
  }
}

}  // namespace

int tokenize(const TokenizeCommandOptions& options) {
  if (options.plain && options.decode) throw UsageError("--plain and --decode can't be combined");
  const std::string input = read_all("-");
  // Before the tokenizer, whose tables take a moment: wrong input is told at once.
  const std::vector<TokenId> tokens =
      options.decode ? parse_tokens(input, kInput, ErrorCode::malformed_file) : std::vector<TokenId>();
  const Tokenizer tokenizer = load_tokenizer(options.file);
  if (options.decode) {
    standard_output().write_foreign(decoded(tokenizer, tokens));
  } else {
    standard_output().write(ids_text(tokenizer.encode(input, {.parse_special = !options.plain})));
  }
  return 0;
}

}  // namespace reckon::cli
