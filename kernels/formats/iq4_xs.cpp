#include "kernels/formats/iq4_xs.hpp"

#include "kernels/formats/place.hpp"

namespace reckon::kernels {

void IQ4_XS::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  for (int j = 0; j < 8; j++) {
    const int low = in.scales_l[j / 2] >> 4 * (j % 2) & 15, high = in.scales_h >> 2 * j & 3;
    out.scale[j] = static_cast<int16_t>((low | high << 4) - 32);
    for (int c = 0; c < 16; c++) {
      const uint8_t q = in.q[16 * j + c];
      out.code[32 * j + c] = q & 15;
      out.code[32 * j + 16 + c] = q >> 4;
    }
  }
}

void IQ4_XS::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  for (int j = 0; j < 8; j++) {
    const int s = in.scale[j] + 32;
    out.scales_l[j / 2] |= static_cast<uint8_t>((s & 15) << 4 * (j % 2));
    out.scales_h = static_cast<uint16_t>(out.scales_h | (s >> 4 & 3) << 2 * j);
    for (int c = 0; c < 16; c++) {
      const int low = in.code[32 * j + c], high = in.code[32 * j + 16 + c];
      out.q[16 * j + c] = static_cast<uint8_t>(low | high << 4);
    }
  }
}

void IQ4_XS::place(const BlockValues& in, size_t row, size_t, Packed& out) {
  out.d[row] = in.d;
  for (int j = 0; j < 8; j++) out.scale[j / 2][row][j % 2] = static_cast<int8_t>(in.scale[j]);
  for (int i = 0; i < 32; i++) put_word(out.q[i], row, nibbles_of_8(in.code + 8 * i));
}

}  // namespace reckon::kernels
