#include "keyboard.hpp"

#include <poll.h>
#include <unistd.h>

#include "paste_scanner.hpp"
#include "signals.hpp"

namespace reckon::cli {
namespace {

constexpr char kEscape = '\x1b';
constexpr size_t kMostTypedAhead = 1 << 20;

bool input_waits(int descriptor) {
  pollfd waited{descriptor, POLLIN, 0};
  return ::poll(&waited, 1, 0) > 0;
}

std::optional<Key> key_for(char byte) {
  switch (byte) {
    case 'a': return Key::answer;
    case 't': return Key::fold;
    case ' ': return Key::pause;
    default: return std::nullopt;
  }
}

// Has text for the next line been begun?
bool typing() {
  return !typed_ahead().empty() && typed_ahead().back() != '\n' && typed_ahead().back() != '\r';
}

}  // namespace

std::deque<char>& typed_ahead() {
  static std::deque<char> text;
  return text;
}

Keyboard::Keyboard() {
  // What is there already was typed before anything could be steered.
  while (mode_.ensure() && !ended_ && input_waits(mode_.descriptor())) {
    char byte = 0;
    ended_ = ::read(mode_.descriptor(), &byte, 1) != 1;
    if (!ended_) typed_ahead().push_back(byte);
  }
}

Keyboard::~Keyboard() {
  read_available();  // what is typed until now is not left to a terminal that edits lines
}

// A special key (an arrow) is no text: its bytes are dropped.
bool Keyboard::in_escape_sequence(char byte) {
  if (byte == kEscape) {
    escape_ = Escape::begun;
    sequence_ = byte;
    return true;
  }
  if (escape_ == Escape::none) return false;
  constexpr size_t kLongest = 16;
  if (sequence_.size() < kLongest) sequence_ += byte;
  const bool introduces = escape_ == Escape::begun && (byte == '[' || byte == 'O');
  const bool ends = byte >= '@' && byte <= '~';
  escape_ = introduces ? Escape::sequence : escape_ == Escape::sequence && !ends ? escape_ : Escape::none;
  if (escape_ == Escape::none) end_escape_sequence();
  return true;
}

// The marks of what is pasted stay with it, for the reader of the line.
void Keyboard::end_escape_sequence() {
  if (sequence_ != kPasteBegin && sequence_ != kPasteEnd) return;
  pasting_ = sequence_ == kPasteBegin;
  typed_ahead().insert(typed_ahead().end(), sequence_.begin(), sequence_.end());
}

void Keyboard::take(char byte) {
  if (in_escape_sequence(byte)) return;
  const auto key = pasting_ || typing() ? std::nullopt : key_for(byte);
  if (key) {
    pressed_.push_back(*key);
  } else if ((pasting_ || typing() || byte != '\n') && typed_ahead().size() < kMostTypedAhead) {
    typed_ahead().push_back(byte);
  }
}

void Keyboard::read_available() {
  char bytes[256];
  while (!ended_ && mode_.ensure() && input_waits(mode_.descriptor())) {
    const ssize_t count = ::read(mode_.descriptor(), bytes, sizeof bytes);
    if (count < 0) return;  // interrupted: another time
    ended_ = count == 0;
    for (ssize_t i = 0; i < count; ++i) take(bytes[i]);
  }
}

std::optional<Key> Keyboard::poll() {
  read_available();
  if (pressed_.empty()) return std::nullopt;
  const Key key = pressed_.front();
  pressed_.pop_front();
  return key;
}

std::optional<Key> Keyboard::wait() {
  while (!ended_) {
    if (const auto key = poll()) return key;
    if (!mode_.ensure()) return std::nullopt;
    if (signals::wait_readable(mode_.descriptor(), -1) == signals::Wait::interrupted) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace reckon::cli
