#include "kernels/formats/q5_k.hpp"

#include "kernels/formats/place.hpp"
#include "kernels/formats/q4_q5_k.hpp"

namespace reckon::kernels {

void Q5_K::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  out.dmin = in.dmin;
  read_scales(in.scales, out);
  read_low_bits(in.q, out);
  for (int j = 0; j < 8; j++) {
    for (int c = 0; c < 32; c++) out.code[32 * j + c] |= static_cast<uint8_t>((in.h[c] >> j & 1) << 4);
  }
}

void Q5_K::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  out.dmin = in.dmin;
  write_scales(in, out.scales);
  write_low_bits(in, out.q);
  for (int i = 0; i < 256; i++) out.h[i % 32] |= static_cast<uint8_t>((in.code[i] >> 4) << i / 32);
}

void Q5_K::place(const BlockValues& in, size_t row, size_t, Packed& out) {
  place_low_bits(in, row, out);
  for (int i = 0; i < 8; i++) put_word(out.h[i], row, bits_of_32(in.code + 32 * i, 4));
}

}  // namespace reckon::kernels
