#include "text/byte_level.hpp"

#include <array>
#include <cstdint>

#include "text/utf8.hpp"

namespace reckon::text {

namespace {

constexpr bool stands_for_itself(int byte) {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

constexpr int kAlphabetEnd = 256 + 68;  // 68 bytes do not stand for themselves

constexpr std::array<int16_t, kAlphabetEnd> kBytes = [] {
  std::array<int16_t, kAlphabetEnd> bytes{};
  bytes.fill(-1);
  int next = 256;
  for (int byte = 0; byte < 256; ++byte) {
    bytes[stands_for_itself(byte) ? byte : next++] = static_cast<int16_t>(byte);
  }
  return bytes;
}();

}  // namespace

bool append_mapped_bytes(std::string_view mapped, std::string& out) {
  const size_t before = out.size();
  for (size_t at = 0; at < mapped.size();) {
    const Utf8Unit unit = decode_utf8(mapped, at);
    if (!unit.valid || unit.code_point >= kAlphabetEnd || kBytes[unit.code_point] < 0) {
      out.resize(before);
      return false;
    }
    out += static_cast<char>(kBytes[unit.code_point]);
    at += unit.length;
  }
  return true;
}

}  // namespace reckon::text
