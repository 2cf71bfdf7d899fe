// What of a terminal's input was pasted: terminals that are asked to mark it do so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reckon::cli {

inline constexpr std::string_view kPasteBegin = "\x1b[200~";
inline constexpr std::string_view kPasteEnd = "\x1b[201~";

class PasteScanner {
 public:
  enum class Kind { key, pasted, newline };  // newline: a pasted one
  struct Unit {
    Kind kind;
    char byte;
    bool operator==(const Unit&) const = default;
  };

  // Takes the next byte; the units that are certain now. An escape waits for the bytes that tell what it is.
  // The line breaks at the end of what was pasted are left out: whoever pastes a line has not sent it yet.
  std::vector<Unit> feed(char byte);
  bool pasting() const { return pasting_; }

 private:
  void add(char byte, std::vector<Unit>& units);
  void add_pasted(char byte, std::vector<Unit>& units);

  std::string held_;  // the beginning of a mark
  bool pasting_ = false;
  bool after_return_ = false;
  size_t newlines_ = 0;  // pasted, if more follows
};

}  // namespace reckon::cli
