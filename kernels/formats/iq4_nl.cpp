#include "kernels/formats/iq4_nl.hpp"

#include "kernels/formats/place.hpp"

namespace reckon::kernels {
namespace {

struct Iq4Indices {
  uint8_t of[256] = {};
  constexpr Iq4Indices() {
    for (uint8_t i = 0; i < 16; i++) of[static_cast<uint8_t>(kIq4Values[i])] = i;
  }
};
constexpr Iq4Indices kIndices;

}  // namespace

uint8_t iq4_index(uint8_t value) { return kIndices.of[value]; }

void IQ4_NL::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  for (int c = 0; c < 16; c++) {
    out.code[c] = static_cast<uint8_t>(kIq4Values[in.q[c] & 15]);
    out.code[c + 16] = static_cast<uint8_t>(kIq4Values[in.q[c] >> 4]);
  }
  out.scale[0] = 1;
}

void IQ4_NL::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  for (int c = 0; c < 16; c++) {
    out.q[c] = static_cast<uint8_t>(iq4_index(in.code[c]) | iq4_index(in.code[c + 16]) << 4);
  }
}

void IQ4_NL::place(const BlockValues& in, size_t row, size_t part, Packed& out) {
  out.d[part][row] = in.d;
  uint8_t index[32];
  for (int c = 0; c < 32; c++) index[c] = iq4_index(in.code[c]);
  for (int i = 0; i < 4; i++) put_word(out.q[part][i], row, nibbles_of_8(index + 8 * i));
}

}  // namespace reckon::kernels
