#include "kernels/formats/q5_0.hpp"

#include "kernels/formats/place.hpp"

namespace reckon::kernels {

void Q5_0::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  for (int c = 0; c < 16; c++) {
    out.code[c] = in.q[c] & 15;
    out.code[c + 16] = in.q[c] >> 4;
  }
  for (int i = 0; i < 4; i++) or_bits_of_byte(in.h[i], 4, out.code + 8 * i);
  out.scale[0] = 1;
}

void Q5_0::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  for (int c = 0; c < 16; c++)
    out.q[c] = static_cast<uint8_t>((in.code[c] & 15) | (in.code[c + 16] & 15) << 4);
  for (int c = 0; c < 32; c++) out.h[c / 8] |= static_cast<uint8_t>((in.code[c] >> 4) << c % 8);
}

void Q5_0::place(const BlockValues& in, size_t row, size_t part, Packed& out) {
  out.d[part][row] = in.d;
  for (int i = 0; i < 4; i++) put_word(out.q[part][i], row, nibbles_of_8(in.code + 8 * i));
  put_word(out.h[part], row, bits_of_32(in.code, 4));
}

}  // namespace reckon::kernels
