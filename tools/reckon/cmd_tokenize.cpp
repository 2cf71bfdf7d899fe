// reckon tokenize: text to token ids and back.
#include <fmt/format.h>

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

}  // namespace

int tokenize(const TokenizeCommandOptions& options) {
  if (options.plain && options.decode) throw UsageError("--plain and --decode can't be combined");
  const std::string input = read_all("-");
  // Before the tokenizer, whose tables take a moment: wrong input is told at once.
  const std::vector<TokenId> tokens = options.decode ? parse_tokens(input, kInput) : std::vector<TokenId>();
  const Tokenizer tokenizer = load_tokenizer(options.file);
  if (options.decode) {
    standard_output().write_foreign(tokenizer.decode(tokens));
  } else {
    standard_output().write(ids_text(tokenizer.encode(input, {.parse_special = !options.plain})));
  }
  return 0;
}

}  // namespace reckon::cli
