// A vocabulary as lines of text, a letter in front of each that says what it is; there are tokens for all
// bytes but those that are taken out.
//   P name of the pre-tokeniser          N U C D X Y text: a token of kind normal, unknown, control,
//   M left right: a merge                  user-defined, unused, byte
//   B E T F number: begin, end, end of turn, end of message token
//   A: the begin token is added          K: no kinds are given          O byte: the byte has no token
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "load/metadata.hpp"

namespace reckon::fuzz {

class VocabularyReader {
 public:
  VocabularyReader();
  void line(std::string_view line);  // not empty; others than those above say nothing
  load::Metadata metadata(const std::string& file) const;

 private:
  std::string pre_ = "qwen2";
  std::vector<std::string> tokens_, merges_;
  std::vector<uint64_t> kinds_;
  bool has_kinds_ = true, add_bos_ = false;
  std::map<std::string, uint64_t> ids_;
};

}  // namespace reckon::fuzz
