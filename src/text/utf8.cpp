#include "text/utf8.hpp"

#include <cstdint>

namespace reckon::text {
namespace {

// What a first byte says. Overlong forms, surrogates and values past U+10FFFF are those whose second byte is
// out of its range.
struct Lead {
  size_t length;      // of the character in bytes; 0: starts none
  uint8_t bits;       // payload of the first byte
  uint8_t low, high;  // range of the second byte
};

Lead lead_of(uint8_t first) {
  const auto or_else = [first](uint8_t special, int its_bound, int bound) {
    return static_cast<uint8_t>(first == special ? its_bound : bound);
  };
  if (first < 0x80) return {1, 0x7F, 0, 0};
  if (first < 0xC2) return {0, 0, 0, 0};
  if (first < 0xE0) return {2, 0x1F, 0x80, 0xBF};
  if (first < 0xF0) return {3, 0x0F, or_else(0xE0, 0xA0, 0x80), or_else(0xED, 0x9F, 0xBF)};
  if (first < 0xF5) return {4, 0x07, or_else(0xF0, 0x90, 0x80), or_else(0xF4, 0x8F, 0xBF)};
  return {0, 0, 0, 0};
}

bool fits(const Lead& lead, size_t i, uint8_t byte) {
  return i == 1 ? byte >= lead.low && byte <= lead.high : (byte & 0xC0) == 0x80;
}

}  // namespace

Utf8Unit decode_utf8(std::string_view text, size_t at) {
  auto byte_at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte_at(at);
  if (first < 0x80) return {first, 1, true};
  const Utf8Unit invalid{first, 1, false};
  const Lead lead = lead_of(first);
  if (lead.length == 0 || text.size() - at < lead.length) return invalid;
  char32_t code_point = first & lead.bits;
  for (size_t i = 1; i < lead.length; ++i) {
    const uint8_t next = byte_at(at + i);
    if (!fits(lead, i, next)) return invalid;
    code_point = code_point << 6 | (next & 0x3F);
  }
  return {code_point, lead.length, true};
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const Utf8Unit unit = decode_utf8(text, at);
    if (!unit.valid) return false;
    at += unit.length;
  }
  return true;
}

Utf8Piece first_utf8_piece(std::string_view text) {
  const Lead lead = lead_of(static_cast<uint8_t>(text[0]));
  if (lead.length == 0) return {1, false, false};
  for (size_t i = 1; i < lead.length; ++i) {
    if (i == text.size()) return {i, false, true};
    if (!fits(lead, i, static_cast<uint8_t>(text[i]))) return {i, false, false};
  }
  return {lead.length, true, false};
}

void append_utf8(std::string& out, char32_t code_point) {
  auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | code_point >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | code_point >> 18);
    tail(12), tail(6), tail(0);
  }
}

}  // namespace reckon::text
