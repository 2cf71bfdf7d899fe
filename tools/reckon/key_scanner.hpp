// The keys of a terminal that come as escape sequences: terminals and multiplexers have several for each.
#pragma once

#include <string>
#include <string_view>

namespace reckon::cli {

// What a KeyScanner makes of the keys that move within a line, whatever the terminal sends for them.
namespace keys {
inline constexpr const char* kUp = "\x1b[A";
inline constexpr const char* kDown = "\x1b[B";
inline constexpr const char* kRight = "\x1b[C";
inline constexpr const char* kLeft = "\x1b[D";
inline constexpr const char* kHome = "\x1b[H";
inline constexpr const char* kEnd = "\x1b[F";
inline constexpr const char* kDelete = "\x1b[3~";
inline constexpr const char* kNextWord =
    "\x1b"
    "f";
inline constexpr const char* kPreviousWord =
    "\x1b"
    "b";
inline constexpr const char* kDeleteWord =
    "\x1b"
    "d";
}  // namespace keys

class KeyScanner {
 public:
  // Takes the next byte; what the line editor is to get for it. A sequence waits for its end; one that is
  // none of the above gives nothing.
  std::string feed(char byte);

 private:
  enum class State { text, escape, csi, ss3, linux_key };
  std::string begin(char byte);
  std::string after_escape(char byte);
  std::string in_sequence(char byte);

  State state_ = State::text;
  bool meta_ = false;       // a second escape in front: rxvt's Alt
  std::string parameters_;  // of the sequence, so far
};

}  // namespace reckon::cli
