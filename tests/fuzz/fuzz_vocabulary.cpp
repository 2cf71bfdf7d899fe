// A vocabulary, and a text for it: lines as vocabulary_reader.hpp says, a line W, and all that follows it.
#include "fuzz/target.hpp"
#include "fuzz/tokenizer_checks.hpp"
#include "fuzz/vocabulary_reader.hpp"

namespace reckon::fuzz {
namespace {

constexpr const char* kName = "input.gguf";

void run(Input input) {
  VocabularyReader reader;
  std::string_view text;
  while (!input.empty()) {
    if (const std::string_view line = input.field('\n'); line == "W") {
      text = input.rest();
    } else if (!line.empty()) {
      reader.line(line);
    }
  }
  std::optional<CheckedTokenizer> tokenizer;
  refusal_of({ErrorCode::malformed_file, ErrorCode::unsupported}, kName,
             [&] { tokenizer.emplace(text::read_vocabulary(reader.metadata(kName))); });
  if (tokenizer) tokenizer->check(text);
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
