// Bytes that arrive in arbitrary cuts, given on as whole UTF-8 characters.
#pragma once

#include <string>
#include <string_view>

namespace reckon::text {

// All that feed and finish return, put together, is the same for every cut of the same bytes: valid UTF-8,
// with U+FFFD for each longest piece that can't be part of a character.
class Utf8Tail {
 public:
  std::string feed(std::string_view bytes);
  std::string finish();  // U+FFFD if a character is unfinished
  bool empty() const { return tail_.empty(); }

 private:
  std::string tail_;  // the beginning of a character: at most 3 bytes
};

}  // namespace reckon::text
