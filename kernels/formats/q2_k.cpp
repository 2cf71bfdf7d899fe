#include "kernels/formats/q2_k.hpp"

#include "kernels/formats/place.hpp"

namespace reckon::kernels {

void Q2_K::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  out.dmin = in.dmin;
  for (int j = 0; j < 16; j++) {
    out.scale[j] = in.scales[j] & 15;
    out.min[j] = in.scales[j] >> 4;
  }
  for (int j = 0; j < 8; j++) {
    const uint8_t* q = in.q + 32 * (j / 4);
    for (int c = 0; c < 32; c++) out.code[32 * j + c] = q[c] >> 2 * (j % 4) & 3;
  }
}

void Q2_K::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  out.dmin = in.dmin;
  for (int j = 0; j < 16; j++) out.scales[j] = static_cast<uint8_t>((in.scale[j] & 15) | in.min[j] << 4);
  for (int i = 0; i < 256; i++) {
    out.q[32 * (i / 128) + i % 32] |= static_cast<uint8_t>((in.code[i] & 3) << 2 * (i / 32 % 4));
  }
}

void Q2_K::place(const BlockValues& in, size_t row, size_t, Packed& out) {
  out.d[row] = in.d;
  out.dmin[row] = in.dmin;
  for (int j = 0; j < 16; j++) {
    out.scale_min[j / 2][row][j % 2] = static_cast<uint8_t>(in.scale[j] | in.min[j] << 4);
  }
  for (int i = 0; i < 16; i++) put_word(out.q[i], row, pairs_of_16(in.code + 16 * i, 0));
}

}  // namespace reckon::kernels
