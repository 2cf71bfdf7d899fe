#include "kernels/formats/q4_k.hpp"

#include "kernels/formats/q4_q5_k.hpp"

namespace reckon::kernels {

void Q4_K::read(const Block& in, BlockValues& out) {
  out.d = in.d;
  out.dmin = in.dmin;
  read_scales(in.scales, out);
  read_low_bits(in.q, out);
}

void Q4_K::write(const BlockValues& in, Block& out) {
  out = {};
  out.d = in.d;
  out.dmin = in.dmin;
  write_scales(in, out.scales);
  write_low_bits(in, out.q);
}

void Q4_K::place(const BlockValues& in, size_t row, size_t, Packed& out) { place_low_bits(in, row, out); }

}  // namespace reckon::kernels
