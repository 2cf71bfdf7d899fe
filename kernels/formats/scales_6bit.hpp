// The twelve bytes of scales and mins that Q4_K and Q5_K share.
#pragma once

#include "kernels/formats/format.hpp"

namespace reckon::kernels {

void read_scales(const uint8_t (&s)[12], BlockValues& out);
void write_scales(const BlockValues& in, uint8_t (&s)[12]);

}  // namespace reckon::kernels
