#include "text/utf8.hpp"

#include <cstdint>

namespace reckon::text {

namespace {

struct LeadByte {
  size_t length;      // 0: starts no character
  uint8_t bits;       // payload of the lead byte
  char32_t smallest;  // smaller values have a shorter form
};

LeadByte classify_lead(uint8_t byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x1F, 0x80};
  if (byte >= 0xE0 && byte <= 0xEF) return {3, 0x0F, 0x800};
  if (byte >= 0xF0 && byte <= 0xF4) return {4, 0x07, 0x10000};
  return {0, 0, 0};
}

bool is_scalar_value(char32_t code_point) {
  return code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
}

}  // namespace

Utf8Unit decode_utf8(std::string_view text, size_t at) {
  auto byte_at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte_at(at);
  if (first < 0x80) return {first, 1, true};
  const Utf8Unit invalid{first, 1, false};
  const LeadByte lead = classify_lead(first);
  if (lead.length == 0 || text.size() - at < lead.length) return invalid;
  char32_t code_point = first & lead.bits;
  for (size_t i = 1; i < lead.length; ++i) {
    const uint8_t next = byte_at(at + i);
    if ((next & 0xC0) != 0x80) return invalid;
    code_point = code_point << 6 | (next & 0x3F);
  }
  if (code_point < lead.smallest || !is_scalar_value(code_point)) return invalid;
  return {code_point, lead.length, true};
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
