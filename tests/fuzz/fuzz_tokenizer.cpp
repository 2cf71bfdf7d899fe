// Any text through the embedded model's vocabulary.
#include "fuzz/target.hpp"
#include "fuzz/tokenizer_checks.hpp"
#include "load/metadata.hpp"
#include "model/text_parts.hpp"
#include "text/vocabulary.hpp"

namespace reckon::fuzz {
namespace {

void run(Input input) {
  static const CheckedTokenizer tokenizer(text::read_vocabulary(model::embedded_file()->metadata()));
  tokenizer.check(input.rest());
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
