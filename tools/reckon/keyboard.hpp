// The keys that steer a generation while it runs.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "terminal_modes.hpp"

namespace reckon::cli {

enum class Key { answer, fold, pause };

// What was typed for the next line while something else was running: read it before standard input.
std::deque<char>& typed_ahead();

// Reads keys while it lives, from the terminal of terminal_modes::KeyMode. A character that is no key begins
// text for the next line: all characters up to the line's end belong to it then. So does what was typed
// before.
class Keyboard {
 public:
  Keyboard();
  ~Keyboard();
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;

  // The next key pressed, if any.
  std::optional<Key> poll();
  // Waits for a key. None if a signal came, or if there will be none.
  std::optional<Key> wait();

 private:
  void read_available();
  void take(char byte);
  bool in_escape_sequence(char byte);
  void end_escape_sequence();

  terminal_modes::KeyMode mode_;
  std::deque<Key> pressed_;
  enum class Escape { none, begun, sequence } escape_ = Escape::none;
  std::string sequence_;  // its bytes
  bool pasting_ = false;
  bool ended_ = false;
};

}  // namespace reckon::cli
