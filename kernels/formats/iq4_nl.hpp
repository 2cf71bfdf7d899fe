// IQ4_NL: 32 weights of 4 bits that index a table of 16 values, d * table[code]. The codes are unpacked as
// the values.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct IQ4_NL {
  static constexpr WeightType kType = WeightType::IQ4_NL;
  static constexpr int kCols = 32, kGroup = 2, kSub = 32, kMaxCode = 128, kOffset = 0;
  static constexpr bool kMins = false, kTable = true;

  struct Block {
    uint16_t d;
    uint8_t q[16];  // as in Q4_0
  };
  // Two blocks of 16 rows.
  struct alignas(64) Packed {
    uint16_t d[2][16];
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
    for (auto& v : u) v = V::lookup(v, kIq4Values);
  }
};

}  // namespace reckon::kernels
