// Codes of a row into the planes of a packed block: the write side of the helpers in format.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace reckon::kernels {

// Eight columns of a row as nibbles: a byte holds a column in its low half and the one four further in its
// high half.
// u: 8 codes of 4 bits; returns four bytes
inline uint32_t nibbles_of_8(const uint8_t* u) {
  uint32_t low, high;
  std::memcpy(&low, u, 4);
  std::memcpy(&high, u + 4, 4);
  return (low & 0x0f0f0f0f) | (high & 0x0f0f0f0f) << 4;
}

// Bit `from` of 32 columns: bit k of byte c is that of column 4k + c.
inline uint32_t bits_of_32(const uint8_t* u, int from) {
  uint32_t out = 0;
  for (int k = 0; k < 8; k++) {
    uint32_t word;
    std::memcpy(&word, u + 4 * k, 4);
    out |= (word >> from & 0x01010101) << k;
  }
  return out;
}

// Bits `from` and `from` + 1 of 16 columns: bits 2k, 2k + 1 of byte c are those of column 4k + c.
inline uint32_t pairs_of_16(const uint8_t* u, int from) {
  uint32_t out = 0;
  for (int k = 0; k < 4; k++) {
    uint32_t word;
    std::memcpy(&word, u + 4 * k, 4);
    out |= (word >> from & 0x03030303) << 2 * k;
  }
  return out;
}

// Ors the byte's bit k into code[k] as bit `to`, all eight at once.
inline void or_bits_of_byte(uint8_t bits, int to, uint8_t* code) {
  // Byte k keeps bit k alone; adding 127 moves it, wherever it is, into bit 7.
  const uint64_t apart = bits * 0x0101010101010101u & 0x8040201008040201u;
  const uint64_t ones = (apart + 0x7f7f7f7f7f7f7f7fu) >> 7 & 0x0101010101010101u;
  uint64_t word;
  std::memcpy(&word, code, 8);
  word |= ones << to;
  std::memcpy(code, &word, 8);
}

// The row's four bytes of a 64-byte vector.
inline void put_word(uint8_t* vector, size_t row, uint32_t word) { std::memcpy(vector + 4 * row, &word, 4); }

}  // namespace reckon::kernels
