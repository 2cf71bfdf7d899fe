#include "kernels/formats/q6_k.hpp"

#include "kernels/formats/place.hpp"

namespace reckon::kernels {

void Q6_K::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  for (int j = 0; j < 16; j++) out.scale[j] = in.scales[j];
  for (int half = 0; half < 2; half++) {
    const uint8_t *ql = in.ql + 64 * half, *qh = in.qh + 32 * half;
    uint8_t* code = out.code + 128 * half;
    for (int c = 0; c < 32; c++) {
      code[c] = static_cast<uint8_t>((ql[c] & 15) | (qh[c] & 3) << 4);
      code[c + 32] = static_cast<uint8_t>((ql[c + 32] & 15) | (qh[c] >> 2 & 3) << 4);
      code[c + 64] = static_cast<uint8_t>(ql[c] >> 4 | (qh[c] >> 4 & 3) << 4);
      code[c + 96] = static_cast<uint8_t>(ql[c + 32] >> 4 | (qh[c] >> 6) << 4);
    }
  }
}

void Q6_K::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  for (int j = 0; j < 16; j++) out.scales[j] = static_cast<int8_t>(in.scale[j]);
  for (int i = 0; i < 256; i++) {
    const int half = i / 128, within = i % 128;
    const int low = in.code[i] & 15, high = in.code[i] >> 4 & 3;
    out.ql[64 * half + within % 64] |= static_cast<uint8_t>(low << 4 * (within / 64));
    out.qh[32 * half + within % 32] |= static_cast<uint8_t>(high << 2 * (within / 32));
  }
}

void Q6_K::place(const BlockValues& in, size_t row, size_t, Packed& out) {
  out.d[row] = in.d;
  for (int j = 0; j < 16; j++) out.scale[j / 2][row][j % 2] = static_cast<int8_t>(in.scale[j]);
  for (int i = 0; i < 32; i++) put_word(out.q[i], row, nibbles_of_8(in.code + 8 * i));
  for (int i = 0; i < 16; i++) put_word(out.h[i], row, pairs_of_16(in.code + 16 * i, 4));
}

}  // namespace reckon::kernels
