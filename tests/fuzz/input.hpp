// The parts of a fuzz target's input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace reckon::fuzz {

inline std::string_view as_text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Takes parts off the front. Past the end there are empty texts and zeros.
class Input {
 public:
  explicit Input(std::string_view text) : rest_(text) {}
  Input(const uint8_t* data, size_t size) : Input(as_text(data, size)) {}

  uint8_t byte() { return rest_.empty() ? 0 : static_cast<uint8_t>(take(1).front()); }
  // What stands before the next `end`, or all that is left.
  std::string_view field(char end = '\0') {
    const std::string_view text = take(rest_.find(end));
    take(1);
    return text;
  }
  std::string_view rest() { return take(rest_.size()); }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view take(size_t n) {
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
};

inline std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace reckon::fuzz
