// Q6_K: 256 weights of 6 bits, d * scale * (code - 32), int8 scale per 16 columns.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct Q6_K {
  static constexpr WeightType kType = WeightType::Q6_K;
  static constexpr int kCols = 256, kGroup = 1, kSub = 16, kMostScale = 127, kMaxCode = 63, kOffset = 32;
  static constexpr bool kMins = false, kTable = false;

  struct Block {
    uint8_t
        ql[128];     // bits 0 to 3; per 128 columns 64 bytes: low halves the first 64, high halves the others
    uint8_t qh[64];  // bits 4, 5; per 128 columns 32 bytes: bits 2j, 2j + 1 of byte c are column 32j + c
    int8_t scales[16];
    uint16_t d;
  };
  // 16 rows; scales in pairs of neighbouring columns' groups, as operands of 16-bit products.
  struct alignas(64) Packed {
    uint16_t d[16];
    int8_t scale[8][16][2];
    uint8_t padding[32];
    uint8_t q[32][64];
    uint8_t h[16][64];
  };

  static void read(const Block& in, BlockValues& out);
  static void write(const BlockValues& in, Block& out);
  static void place(const BlockValues& in, size_t row, size_t part, Packed& out);

  // Columns 16 * kPart.. of the two groups of `pair`, four vectors of the rows from `lane` on.
  template <class V, int kPart>
  static void codes(const Packed& p, size_t pair, size_t lane, typename V::U8 (&u)[4]) {
    const size_t sub = 2 * pair + kPart;
    nibble_codes<V>(p.q[2 * sub] + 4 * lane, u);
    nibble_codes<V>(p.q[2 * sub + 1] + 4 * lane, u + 2);
    const auto z = V::load_u8(p.h[sub] + 4 * lane);
    u[0] = V::or_(u[0], V::template bits<-4, 0x30>(z));
    u[1] = V::or_(u[1], V::template bits<-2, 0x30>(z));
    u[2] = V::or_(u[2], V::template bits<0, 0x30>(z));
    u[3] = V::or_(u[3], V::template bits<2, 0x30>(z));
  }
  // int16 scales 2 * pair (low halves) and 2 * pair + 1 (high halves).
  template <class V>
  static typename V::I32 scale_pair(const Packed& p, size_t pair, size_t lane) {
    return V::pairs_s8(p.scale[pair][lane]);
  }
};

}  // namespace reckon::kernels
