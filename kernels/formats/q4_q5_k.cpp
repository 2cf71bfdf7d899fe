#include "kernels/formats/q4_q5_k.hpp"

namespace reckon::kernels {

// Scale and min of 6 bits each: 0 to 3 in the low six bits of bytes j and j + 4, 4 to 7 in the halves of byte
// j + 4 and the upper two bits of the former.
void read_scales(const uint8_t (&s)[12], BlockValues& out) {
  for (int j = 0; j < 4; j++) {
    out.scale[j] = s[j] & 63;
    out.min[j] = s[j + 4] & 63;
    out.scale[j + 4] = static_cast<int16_t>((s[j + 8] & 15) | (s[j] >> 6) << 4);
    out.min[j + 4] = static_cast<uint8_t>(s[j + 8] >> 4 | (s[j + 4] >> 6) << 4);
  }
}

void write_scales(const BlockValues& in, uint8_t (&s)[12]) {
  for (int j = 0; j < 4; j++) {
    s[j] = static_cast<uint8_t>((in.scale[j] & 63) | (in.scale[j + 4] >> 4) << 6);
    s[j + 4] = static_cast<uint8_t>((in.min[j] & 63) | (in.min[j + 4] >> 4) << 6);
    s[j + 8] = static_cast<uint8_t>((in.scale[j + 4] & 15) | (in.min[j + 4] & 15) << 4);
  }
}

void read_low_bits(const uint8_t (&q)[128], BlockValues& out) {
  for (int j = 0; j < 4; j++) {
    for (int c = 0; c < 32; c++) {
      out.code[64 * j + c] = q[32 * j + c] & 15;
      out.code[64 * j + 32 + c] = q[32 * j + c] >> 4;
    }
  }
}

void write_low_bits(const BlockValues& in, uint8_t (&q)[128]) {
  for (int j = 0; j < 4; j++) {
    for (int c = 0; c < 32; c++) {
      const int low = in.code[64 * j + c] & 15, high = in.code[64 * j + 32 + c] & 15;
      q[32 * j + c] = static_cast<uint8_t>(low | high << 4);
    }
  }
}

}  // namespace reckon::kernels
