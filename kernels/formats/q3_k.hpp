// Q3_K: 256 weights of 3 bits, d * scale * (code - 4), 6-bit signed scale per 16 columns.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct Q3_K {
  static constexpr WeightType kType = WeightType::Q3_K;
  static constexpr int kCols = 256, kGroup = 1, kSub = 16, kMostScale = 31, kMaxCode = 7, kOffset = 4;
  static constexpr bool kMins = false, kTable = false;

  struct Block {
    uint8_t h[32];       // bit j of h[c]: bit 2 of column 32j + c
    uint8_t q[64];       // bits 0, 1; per 128 columns 32 bytes: bits 2j, 2j + 1 of byte c are column 32j + c
    uint8_t scales[12];  // see read
    uint16_t d;
  };
  // 16 rows; scales in pairs of neighbouring columns' groups, as operands of 16-bit products.
  struct alignas(64) Packed {
    uint16_t d[16];
    int8_t scale[8][16][2];
    uint8_t padding[32];
    uint8_t q[16][64];
    uint8_t h[8][64];
  };

  static void read(const Block& in, BlockValues& out);
  static void write(const BlockValues& in, Block& out);
  static void place(const BlockValues& in, size_t row, size_t part, Packed& out);

  // Columns 16 * kPart.. of the two groups of `pair`, four vectors of the rows from `lane` on.
  template <class V, int kPart>
  static void codes(const Packed& p, size_t pair, size_t lane, typename V::U8 (&u)[4]) {
    pair_codes<V>(p.q[2 * pair + kPart] + 4 * lane, u);
    or_bits<V, 4 * kPart, 2>(V::load_u8(p.h[pair] + 4 * lane), u);
  }
  // int16 scales 2 * pair (low halves) and 2 * pair + 1 (high halves).
  template <class V>
  static typename V::I32 scale_pair(const Packed& p, size_t pair, size_t lane) {
    return V::pairs_s8(p.scale[pair][lane]);
  }
};

}  // namespace reckon::kernels
