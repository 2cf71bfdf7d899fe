#include "kernels/formats/q8_0.hpp"

#include "kernels/formats/place.hpp"

namespace reckon::kernels {

void Q8_0::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  out.scale[0] = 1;
  std::memcpy(out.code, in.q, 32);
}

void Q8_0::write(const BlockValues& in, Block& out) {
  out.d = in.d;
  std::memcpy(out.q, in.code, 32);
}

void Q8_0::place(const BlockValues& in, size_t row, size_t part, Packed& out) {
  out.d[part][row] = in.d;
  for (int i = 0; i < 8; i++) std::memcpy(out.q[part][i] + 4 * row, in.code + 4 * i, 4);
}

}  // namespace reckon::kernels
