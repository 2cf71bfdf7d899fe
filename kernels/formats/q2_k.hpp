// Q2_K: 256 weights of 2 bits, d * scale * code - dmin * min, 4-bit scale and min per 16 columns.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct Q2_K {
  static constexpr WeightType kType = WeightType::Q2_K;
  static constexpr int kCols = 256, kGroup = 1, kSub = 16, kMostScale = 15, kMaxCode = 3, kOffset = 0;
  static constexpr bool kMins = true, kTable = false;

  struct Block {
    uint8_t scales[16];  // low half the scale, high half the min
    uint8_t q[64];       // as in Q3_K
    uint16_t d, dmin;
  };
  // 16 rows; scales in pairs of neighbouring columns' groups, as operands of 16-bit products.
  struct alignas(64) Packed {
    uint16_t d[16], dmin[16];
    uint8_t scale_min[8][16][2];  // low half the scale, high half the min
    uint8_t q[16][64];
  };

  static void read(const Block& in, BlockValues& out);
  static void write(const BlockValues& in, Block& out);
  static void place(const BlockValues& in, size_t row, size_t part, Packed& out);

  // Columns 16 * kPart.. of the two groups of `pair`, four vectors of the rows from `lane` on.
  template <class V, int kPart>
  static void codes(const Packed& p, size_t pair, size_t lane, typename V::U8 (&u)[4]) {
    pair_codes<V>(p.q[2 * pair + kPart] + 4 * lane, u);
  }
  // int16 scales 2 * pair (low halves) and 2 * pair + 1 (high halves).
  template <class V>
  static typename V::I32 scale_pair(const Packed& p, size_t pair, size_t lane) {
    return V::low_nibbles(V::pairs_u8(p.scale_min[pair][lane]));
  }
  template <class V>
  static typename V::I32 min_pair(const Packed& p, size_t pair, size_t lane) {
    return V::high_nibbles(V::pairs_u8(p.scale_min[pair][lane]));
  }
};

}  // namespace reckon::kernels
