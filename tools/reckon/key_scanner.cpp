#include "key_scanner.hpp"

#include <charconv>
#include <utility>
#include <vector>

namespace reckon::cli {
namespace {

constexpr char kEscapeByte = '\x1b';

// "1;5" as numbers; what is none is 0.
std::vector<int> numbers_of(std::string_view parameters) {
  std::vector<int> numbers;
  for (size_t begin = 0; begin <= parameters.size();) {
    const size_t end = std::min(parameters.find(';', begin), parameters.size());
    int number = 0;
    std::from_chars(parameters.data() + begin, parameters.data() + end, number);
    numbers.push_back(number);
    begin = end + 1;
  }
  return numbers;
}

// Alt or Ctrl, of the modifier that xterm sends: 1 and Shift 1, Alt 2, Ctrl 4.
bool by_words(int modifier) { return modifier > 1 && ((modifier - 1) & 6) != 0; }

const char* arrow(char final, bool words) {
  switch (final) {
    case 'A': return words ? "" : keys::kUp;
    case 'B': return words ? "" : keys::kDown;
    case 'C': return words ? keys::kNextWord : keys::kRight;
    case 'D': return words ? keys::kPreviousWord : keys::kLeft;
    case 'H': return keys::kHome;
    case 'F': return keys::kEnd;
    default: return "";
  }
}

// "\x1b[3~" and the like: the key's number comes first.
const char* numbered_key(int number, bool words) {
  switch (number) {
    case 1:
    case 7: return keys::kHome;
    case 4:
    case 8: return keys::kEnd;
    case 3: return words ? keys::kDeleteWord : keys::kDelete;
    default: return "";
  }
}

const char* editing_key(std::string_view parameters, char final, bool ss3, bool meta) {
  const std::vector<int> numbers = numbers_of(parameters);
  const bool words = meta || by_words(numbers.back());
  if (final == '~') return numbered_key(numbers.front(), meta || (numbers.size() > 1 && words));
  if (final == '^') return numbered_key(numbers.front(), true);  // rxvt's Ctrl
  if (final >= 'a' && final <= 'd' && parameters.empty())
    return arrow(static_cast<char>(final - 'a' + 'A'), ss3);  // rxvt's
  return arrow(final, words);
}

}  // namespace

std::string KeyScanner::feed(char byte) {
  switch (state_) {
    case State::text: return begin(byte);
    case State::escape: return after_escape(byte);
    case State::linux_key: state_ = State::text; return "";  // F1 to F5: "\x1b[[A"
    default: return in_sequence(byte);
  }
}

std::string KeyScanner::begin(char byte) {
  if (byte != kEscapeByte) return {byte};
  state_ = State::escape;
  meta_ = false;
  return "";
}

std::string KeyScanner::after_escape(char byte) {
  parameters_.clear();
  if (byte == '[' || byte == 'O') {
    state_ = byte == '[' ? State::csi : State::ss3;
    return "";
  }
  if (byte == kEscapeByte && !std::exchange(meta_, true)) return "";
  state_ = State::text;
  return std::string(meta_ ? 2 : 1, kEscapeByte) + byte;
}

// Parameters and what stands between, then the byte that ends it. Another control begins anew.
std::string KeyScanner::in_sequence(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (byte == '[' && state_ == State::csi && parameters_.empty()) {
    state_ = State::linux_key;
    return "";
  }
  if (code >= 0x20 && code < 0x40) {
    parameters_ += byte;
    return "";
  }
  const bool ss3 = std::exchange(state_, State::text) == State::ss3;
  if (code < 0x20 || code > 0x7e) return begin(byte);
  return editing_key(parameters_, byte, ss3, meta_);
}

}  // namespace reckon::cli
