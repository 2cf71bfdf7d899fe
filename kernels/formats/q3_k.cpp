#include "kernels/formats/q3_k.hpp"

#include "kernels/formats/place.hpp"

namespace reckon::kernels {

// Scale j, plus 32: its low four bits in bytes 0 to 7 (j and j + 8 share a byte), its upper two in bytes 8 to
// 11 (j, j + 4, j + 8, j + 12 share a byte).
void Q3_K::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  for (int j = 0; j < 16; j++) {
    const int low = in.scales[j % 8] >> 4 * (j / 8) & 15, high = in.scales[8 + j % 4] >> 2 * (j / 4) & 3;
    out.scale[j] = static_cast<int16_t>((low | high << 4) - 32);
  }
  for (int j = 0; j < 8; j++) {
    const uint8_t* q = in.q + 32 * (j / 4);
    for (int c = 0; c < 32; c++) {
      out.code[32 * j + c] = static_cast<uint8_t>((q[c] >> 2 * (j % 4) & 3) | (in.h[c] >> j & 1) << 2);
    }
  }
}

void Q3_K::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  for (int j = 0; j < 16; j++) {
    const int s = in.scale[j] + 32;
    out.scales[j % 8] |= static_cast<uint8_t>((s & 15) << 4 * (j / 8));
    out.scales[8 + j % 4] |= static_cast<uint8_t>((s >> 4 & 3) << 2 * (j / 4));
  }
  for (int i = 0; i < 256; i++) {
    const int j = i / 32, c = i % 32;
    out.q[32 * (j / 4) + c] |= static_cast<uint8_t>((in.code[i] & 3) << 2 * (j % 4));
    out.h[c] |= static_cast<uint8_t>((in.code[i] >> 2 & 1) << j);
  }
}

void Q3_K::place(const BlockValues& in, size_t row, size_t, Packed& out) {
  out.d[row] = in.d;
  for (int j = 0; j < 16; j++) out.scale[j / 2][row][j % 2] = static_cast<int8_t>(in.scale[j]);
  for (int i = 0; i < 16; i++) put_word(out.q[i], row, pairs_of_16(in.code + 16 * i, 0));
  for (int i = 0; i < 8; i++) put_word(out.h[i], row, bits_of_32(in.code + 32 * i, 2));
}

}  // namespace reckon::kernels
