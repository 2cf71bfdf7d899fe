// Cuts text into words before BPE, as the named regular expressions would, by hand-written scanners: one
// pass, constant stack, no backtracking over more than the white space at hand.
//
//   gpt-2             's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//   qwen2             (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*
//   deepseek-r1-qwen  |\s*[\r\n]+|\s+(?!\S)|\s+
//   llama-bpe         the same with \p{N}{1,3} for \p{N}; and a word that is a token is taken whole, without
//   merging
//
// A byte that is not part of a valid UTF-8 character counts as a character of its own that is no letter,
// number or space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reckon::text {

class Pretokenizer {
 public:
  // By GGUF's tokenizer.ggml.pre; nullopt for a name not in the list above.
  static std::optional<Pretokenizer> find(std::string_view name);
  static std::string known_names();  // for messages: "a, b, c"

  // Whether a word that is in the vocabulary is one token even where merging would end elsewhere.
  bool ignores_merges() const { return ignores_merges_; }
  // Whether files that do not say so mean the begin token to be added.
  bool adds_bos_by_default() const { return ignores_merges_; }

  // The end of the word that starts at `start`; start < text.size(), the result is > start.
  size_t word_end(std::string_view text, size_t start) const;

 private:
  enum class Rule : uint8_t { gpt2, qwen2 };
  struct Named;
  constexpr Pretokenizer(Rule rule, int max_digits, bool ignores_merges) noexcept
      : rule_(rule), max_digits_(max_digits), ignores_merges_(ignores_merges) {}

  Rule rule_;
  int max_digits_;
  bool ignores_merges_;
};

}  // namespace reckon::text
