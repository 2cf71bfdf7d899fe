// What Q4_K and Q5_K share: twelve bytes of scales and mins, and the codes' low four bits.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/place.hpp"

namespace reckon::kernels {

void read_scales(const uint8_t (&s)[12], BlockValues& out);
void write_scales(const BlockValues& in, uint8_t (&s)[12]);

// Of 64 columns each 32 bytes hold the first 32 in their low halves and the others in their high halves.
void read_low_bits(const uint8_t (&q)[128], BlockValues& out);
void write_low_bits(const BlockValues& in, uint8_t (&q)[128]);

// All of a packed block's row but what Q5_K adds.
template <class Packed>
void place_low_bits(const BlockValues& in, size_t row, Packed& out) {
  out.d[row] = in.d;
  out.dmin[row] = in.dmin;
  for (int j = 0; j < 8; j++) {
    out.scale[j / 2][row][j % 2] = static_cast<uint8_t>(in.scale[j]);
    out.min[j / 2][row][j % 2] = in.min[j];
  }
  for (int i = 0; i < 32; i++) put_word(out.q[i], row, nibbles_of_8(in.code + 8 * i));
}

}  // namespace reckon::kernels
