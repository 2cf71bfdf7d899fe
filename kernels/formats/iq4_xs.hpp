// IQ4_XS: 256 weights of 4 bits that index the table of IQ4_NL, d * scale * table[code], 6-bit signed scale
// per 32 columns. The codes are unpacked as the values.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct IQ4_XS {
  static constexpr WeightType kType = WeightType::IQ4_XS;
  static constexpr int kCols = 256, kGroup = 1, kSub = 32, kMostScale = 31, kMaxCode = 128, kOffset = 0;
  static constexpr bool kMins = false, kTable = true;

  struct Block {
    uint16_t d;
    uint16_t scales_h;    // bits 2j, 2j + 1: bits 4, 5 of scale j, plus 32
    uint8_t scales_l[4];  // bits 0 to 3
    uint8_t q[128];       // 16 bytes per 32 columns, as in Q4_0
  };
  // 16 rows; scales in pairs of neighbouring columns' groups, as operands of 16-bit products.
  struct alignas(64) Packed {
    uint16_t d[16];
    int8_t scale[4][16][2];
    uint8_t padding[32];
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
    for (auto& v : u) v = V::lookup(v, kIq4Values);
  }
  // int16 scales 2 * pair (low halves) and 2 * pair + 1 (high halves).
  template <class V>
  static typename V::I32 scale_pair(const Packed& p, size_t pair, size_t lane) {
    return V::pairs_s8(p.scale[pair][lane]);
  }
};

}  // namespace reckon::kernels
