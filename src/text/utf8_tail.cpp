#include "text/utf8_tail.hpp"

#include <utility>

namespace reckon::text {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Range of the second byte after a given first byte, and the character's length; length 0: no character
// starts so.
struct Lead {
  size_t length;
  unsigned char low, high;
};

Lead classify(unsigned char first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xC2) return {0, 0, 0};
  if (first < 0xE0) return {2, 0x80, 0xBF};
  if (first < 0xF0) {
    return {3, static_cast<unsigned char>(first == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(first == 0xED ? 0x9F : 0xBF)};
  }
  if (first < 0xF5) {
    return {4, static_cast<unsigned char>(first == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(first == 0xF4 ? 0x8F : 0xBF)};
  }
  return {0, 0, 0};
}

// How many bytes at the start of `text` belong together, and whether they are a character, or could become
// one.
struct Piece {
  size_t size;
  bool whole, unfinished;
};

Piece next_piece(std::string_view text) {
  const Lead lead = classify(static_cast<unsigned char>(text[0]));
  if (lead.length == 0) return {1, false, false};
  for (size_t i = 1; i < lead.length; ++i) {
    if (i == text.size()) return {i, false, true};
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool fits = i == 1 ? byte >= lead.low && byte <= lead.high : (byte & 0xC0) == 0x80;
    if (!fits) return {i, false, false};
  }
  return {lead.length, true, false};
}

}  // namespace

std::string Utf8Tail::feed(std::string_view bytes) {
  std::string joined = std::exchange(tail_, {});
  joined += bytes;
  std::string out;
  for (std::string_view rest = joined; !rest.empty();) {
    const Piece piece = next_piece(rest);
    if (piece.unfinished) {
      tail_ = rest;
      break;
    }
    out += piece.whole ? rest.substr(0, piece.size) : replacement;
    rest.remove_prefix(piece.size);
  }
  return out;
}

std::string Utf8Tail::finish() {
  return std::exchange(tail_, {}).empty() ? std::string() : std::string(replacement);
}

}  // namespace reckon::text
