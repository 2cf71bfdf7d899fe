// Q8_0: 32 weights of 8 bits, d * code.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct Q8_0 {
  static constexpr WeightType kType = WeightType::Q8_0;
  static constexpr int kCols = 32, kGroup = 2, kSub = 32, kMaxCode = 128, kOffset = 0;
  static constexpr bool kMins = false, kTable = false;

  struct Block {
    uint16_t d;
    int8_t q[32];
  };
  // Two blocks of 16 rows.
  struct alignas(64) Packed {
    uint16_t d[2][16];
    uint8_t q[2][8][64];
  };

  static void read(const Block& in, BlockValues& out);
  static void write(const BlockValues& in, Block& out);
  static void place(const BlockValues& in, size_t row, size_t part, Packed& out);

  // Columns 16 * kPart.. of block `block`, four vectors of the rows from `lane` on.
  template <class V, int kPart>
  static void codes(const Packed& p, size_t block, size_t lane, typename V::U8 (&u)[4]) {
    for (int k = 0; k < 4; k++) u[k] = V::load_u8(p.q[block][4 * kPart + k] + 4 * lane);
  }
};

}  // namespace reckon::kernels
