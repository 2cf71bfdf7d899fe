// Reads the text of a pattern or grammar character by character, and says where something is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "constrain/char_set.hpp"

namespace reckon::constrain {

class PatternReader {
 public:
  static constexpr uint32_t kMaxCount = 100'000;  // of a repetition
  static constexpr int kMaxNesting = 200;

  // `form` names the text in messages. Throws Error(invalid_argument) if it is not UTF-8.
  PatternReader(std::string form, std::string_view text);

  bool at_end() const { return at_ == text_.size(); }
  // '\0' at the end.
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool looking_at(std::string_view text) const { return text_.substr(at_).starts_with(text); }
  bool take(std::string_view text);
  char32_t take_character();  // not at the end
  std::string_view take_while(bool (*wanted)(char));

  size_t position() const { return at_; }
  void go_to(size_t position) { at_ = position; }
  // Throws Error(invalid_argument): form, line and column, and what was expected.
  [[noreturn]] void fail(const std::string& what) const { fail_at(at_, what); }
  [[noreturn]] void fail_at(size_t position, const std::string& what) const;

  // `digits` hexadecimal digits, a Unicode scalar value.
  char32_t take_hex(size_t digits);
  char32_t check_character(char32_t c, size_t position) const;
  uint32_t take_number();  // at most kMaxCount

 private:
  std::string form_;
  std::string_view text_;
  size_t at_ = 0;
};

// How often something comes: {2,5}, *, + or ?.
struct Repetition {
  uint32_t least = 1;
  uint32_t most = 1;
};
// False, and nothing read, if there is no repetition. Throws as PatternReader::fail().
bool take_repetition(PatternReader& reader, Repetition& repetition);

}  // namespace reckon::constrain
