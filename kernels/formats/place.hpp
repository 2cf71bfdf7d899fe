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

// The row's four bytes of a 64-byte vector.
inline void put_word(uint8_t* vector, size_t row, uint32_t word) { std::memcpy(vector + 4 * row, &word, 4); }

// The index of a value of the IQ4 table, given as the bits of its int8.
uint8_t iq4_index(uint8_t value);

}  // namespace reckon::kernels
