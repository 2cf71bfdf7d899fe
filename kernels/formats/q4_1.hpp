// Q4_1: 32 weights of 4 bits, d * code + m.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct Q4_1 {
  static constexpr WeightType kType = WeightType::Q4_1;
  static constexpr int kCols = 32, kGroup = 2, kSub = 32, kMaxCode = 15, kOffset = 0;
  static constexpr bool kMins = true, kTable = false;

  struct Block {
    uint16_t d, m;
    uint8_t q[16];  // as in Q4_0
  };
  // Two blocks of 16 rows.
  struct alignas(64) Packed {
    uint16_t d[2][16], m[2][16];
    uint8_t q[2][4][64];
  };

  static void read(const Block& in, BlockValues& out);
  static void write(const BlockValues& in, Block& out);
  static void place(const BlockValues& in, size_t row, size_t part, Packed& out);

  // Columns 16 * kPart.. of block `block`, four vectors of the rows from `lane` on.
  template <class V, int kPart>
  static void codes(const Packed& p, size_t block, size_t lane, typename V::U8 (&u)[4]) {
    nibble_codes<V>(p.q[block][2 * kPart] + 4 * lane, u);
    nibble_codes<V>(p.q[block][2 * kPart + 1] + 4 * lane, u + 2);
  }
};

}  // namespace reckon::kernels
