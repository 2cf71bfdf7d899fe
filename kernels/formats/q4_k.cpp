#include "kernels/formats/q4_k.hpp"

#include "kernels/formats/place.hpp"
#include "kernels/formats/scales_6bit.hpp"

namespace reckon::kernels {

void Q4_K::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  out.dmin = in.dmin;
  read_scales(in.scales, out);
  for (int j = 0; j < 4; j++) {
    for (int c = 0; c < 32; c++) {
      out.code[64 * j + c] = in.q[32 * j + c] & 15;
      out.code[64 * j + 32 + c] = in.q[32 * j + c] >> 4;
    }
  }
}

void Q4_K::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  out.dmin = in.dmin;
  write_scales(in, out.scales);
  for (int j = 0; j < 4; j++) {
    for (int c = 0; c < 32; c++) {
      const int low = in.code[64 * j + c] & 15, high = in.code[64 * j + 32 + c] & 15;
      out.q[32 * j + c] = static_cast<uint8_t>(low | high << 4);
    }
  }
}

void Q4_K::place(const BlockValues& in, size_t row, size_t, Packed& out) {
  out.d[row] = in.d;
  out.dmin[row] = in.dmin;
  for (int j = 0; j < 8; j++) {
    out.scale[j / 2][row][j % 2] = static_cast<uint8_t>(in.scale[j]);
    out.min[j / 2][row][j % 2] = in.min[j];
  }
  for (int i = 0; i < 32; i++) put_word(out.q[i], row, nibbles_of_8(in.code + 8 * i));
}

}  // namespace reckon::kernels
