#include "kernels/formats/iq4_nl.hpp"

#include "kernels/formats/place.hpp"

namespace reckon::kernels {
void IQ4_NL::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  for (int c = 0; c < 16; c++) {
    out.code[c] = in.q[c] & 15;
    out.code[c + 16] = in.q[c] >> 4;
  }
  out.scale[0] = 1;
}

void IQ4_NL::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  for (int c = 0; c < 16; c++) {
    out.q[c] = static_cast<uint8_t>(in.code[c] | in.code[c + 16] << 4);
  }
}

void IQ4_NL::place(const BlockValues& in, size_t row, size_t part, Packed& out) {
  out.d[part][row] = in.d;
  for (int i = 0; i < 4; i++) put_word(out.q[part][i], row, nibbles_of_8(in.code + 8 * i));
}

}  // namespace reckon::kernels
