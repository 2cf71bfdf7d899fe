// Vocabularies, hard cases and random strings of the tokenizer's tests.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "text/vocabulary.hpp"

namespace reckon::text {

// tests/golden/tokenizer/<name>.json
nlohmann::json golden(const std::string& name);

// The trained vocabulary of 1,000 tokens and some added ones, for any pre-tokeniser.
Vocabulary small_vocabulary(const std::string& pre);

// Just the 256 bytes, in order of their values, and after them `tokens` and `merges`.
Vocabulary byte_vocabulary(const std::vector<std::string>& tokens, const std::vector<std::string>& merges,
                           const std::string& pre = "qwen2");
// The mapped text of a byte.
std::string mapped_byte(int byte);

// The vocabularies beside the project; nullopt when the file is not there.
std::string shared_vocabulary_path(const std::string& name);
std::optional<Vocabulary> shared_vocabulary(const std::string& name);

// String `index` of the endless list that make_tokenizer_goldens.py describes.
class RandomText {
 public:
  RandomText();
  std::string operator()(uint64_t index) const;

 private:
  struct Range {
    uint64_t first, last;
  };
  std::vector<std::string> snippets_, repeated_;
  std::vector<std::vector<Range>> categories_;
};

}  // namespace reckon::text
