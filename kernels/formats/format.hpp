// What all weight formats have in common.
//
// A format is a struct with
//   Block      the file's bytes of kCols columns of one row
//   Packed     kCols * kGroup columns of a panel of 16 rows, a multiple of 64 bytes; shared by all
//              instruction sets
//   constants  kCols, kGroup, kSub (columns per scale), kMostScale (of 256 columns: what the integer scales
//              reach), kMaxCode (128: values are any int8), kOffset, kTable, kMins
//   read, write, place (in the format's .cpp)     Block <-> BlockValues, codes into Packed
//   codes<V>, scale_pair<V>, min_pair<V>          Packed -> vectors of V, a lane per row
//
// A weight is d * scale * code_value(code) - dmin * min. The packed codes come four columns of a row at a
// time: a vector of L lanes is L rows of four bytes each, the operand of dot products of four bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reckon::kernels {

// A row of a block, unpacked.
struct BlockValues {
  uint16_t d = 0, dmin = 0;  // f16
  int16_t scale[16] = {};    // per kSub columns; 32-column formats have no scales but d
  uint8_t min[16] = {};      // per kSub columns
  uint8_t code[256] = {};    // per column; signed formats: the bits of an int8
};

inline constexpr int8_t kIq4Values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                          1,    13,   25,  38,  53,  69,  89,  113};

// What a code stands for: an entry of the IQ4 table, the int8 with its bits, or the code less the offset.
template <class F>
constexpr int code_value(uint8_t code) {
  if constexpr (F::kTable)
    return kIq4Values[code];
  else if constexpr (F::kMaxCode == 128)
    return static_cast<int8_t>(code);
  else
    return code - F::kOffset;
}

// Vectors of codes from planes of bits; `at` points to the first lane's bytes.
template <class V>
inline void nibble_codes(const uint8_t* at, typename V::U8* u) {  // 8 columns: u[0], u[1]
  const auto z = V::load_u8(at);
  u[0] = V::template bits<0, 15>(z);
  u[1] = V::template bits<4, 15>(z);
}
template <class V>
inline void pair_codes(const uint8_t* at, typename V::U8* u) {  // 16 columns: u[0..3]
  const auto z = V::load_u8(at);
  u[0] = V::template bits<0, 3>(z);
  u[1] = V::template bits<2, 3>(z);
  u[2] = V::template bits<4, 3>(z);
  u[3] = V::template bits<6, 3>(z);
}
// Ors bit kFirst + k of z, moved to bit kTo, into u[k], k = 0..3.
template <class V, int kFirst, int kTo>
inline void or_bits(typename V::U8 z, typename V::U8* u) {
  u[0] = V::or_(u[0], V::template bits<kFirst - kTo, 1 << kTo>(z));
  u[1] = V::or_(u[1], V::template bits<kFirst + 1 - kTo, 1 << kTo>(z));
  u[2] = V::or_(u[2], V::template bits<kFirst + 2 - kTo, 1 << kTo>(z));
  u[3] = V::or_(u[3], V::template bits<kFirst + 3 - kTo, 1 << kTo>(z));
}

}  // namespace reckon::kernels
