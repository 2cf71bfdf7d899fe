// Q4_K: 256 weights of 4 bits, d * scale * code - dmin * min, 6-bit scale and min per 32 columns.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct Q4_K {
  static constexpr WeightType kType = WeightType::Q4_K;
  static constexpr int kCols = 256, kGroup = 1, kSub = 32, kMostScale = 63, kMaxCode = 15, kOffset = 0;
  static constexpr bool kMins = true, kTable = false;

  struct Block {
    uint16_t d, dmin;
    uint8_t scales[12];  // see read
    uint8_t q[128];      // 64 columns per 32 bytes: low halves the first 32, high halves the others
  };
  // 16 rows; scales in pairs of neighbouring columns' groups, as operands of 16-bit products.
  struct alignas(64) Packed {
    uint16_t d[16], dmin[16];
    uint8_t scale[4][16][2], min[4][16][2];
    uint8_t q[32][64];
  };

  static void read(const Block& in, BlockValues& out);
  static void write(const BlockValues& in, Block& out);
  static void place(const BlockValues& in, size_t row, size_t part, Packed& out);

  // Columns 16 * kPart.. of the two groups of `pair`, four vectors of the rows from `lane` on.
  template <class V, int kPart>
  static void codes(const Packed& p, size_t pair, size_t lane, typename V::U8 (&u)[4]) {
    nibble_codes<V>(p.q[8 * pair + 2 * kPart] + 4 * lane, u);
    nibble_codes<V>(p.q[8 * pair + 2 * kPart + 1] + 4 * lane, u + 2);
  }
  // int16 scales 2 * pair (low halves) and 2 * pair + 1 (high halves).
  template <class V>
  static typename V::I32 scale_pair(const Packed& p, size_t pair, size_t lane) {
    return V::pairs_u8(p.scale[pair][lane]);
  }
  template <class V>
  static typename V::I32 min_pair(const Packed& p, size_t pair, size_t lane) {
    return V::pairs_u8(p.min[pair][lane]);
  }
};

}  // namespace reckon::kernels
