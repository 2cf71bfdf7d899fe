// The vocabulary of the products on plain C++: a vector is one lane. It is also their readable definition.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/formats/half.hpp"

namespace reckon::kernels {
namespace {

struct Vec {
  static constexpr int kLanes = 1;
  static constexpr int kTile = 1;        // tokens of a tile
  static constexpr int kDirect = 1;      // up to so many tokens codes are not kept between tiles
  static constexpr int kPanels = 1;      // panels that meet many tokens together
  static constexpr int kRowVectors = 1;  // vectors of rows that a loaded activation meets
  static constexpr bool kSignedBias = false;
  static constexpr bool kByValue = false;     // see ByValue
  static constexpr int kShortRun = 0;         // see add_products
  static constexpr bool kKeepsOrder = false;  // see keep_order
  using U8 = uint32_t;                        // kLanes * 4 bytes
  using I32 = uint32_t;  // kLanes int32, or kLanes pairs of int16; unsigned, so that wrapping is defined
  using F32 = float;
  using Scale = int32_t;

  static U8 load_u8(const void* p) {
    U8 v;
    std::memcpy(&v, p, 4);
    return v;
  }
  static void store_u8(void* p, U8 v) { std::memcpy(p, &v, 4); }
  // (byte >> kShift) & kMask for each byte; a negative shift is to the left.
  template <int kShift, int kMask>
  static U8 bits(U8 v) {
    constexpr uint32_t kAll = 0x01010101u * kMask;
    if constexpr (kShift >= 0) return v >> kShift & kAll;
    if constexpr (kShift < 0) return v << -kShift & kAll;
  }
  static U8 or_(U8 a, U8 b) { return a | b; }
  // table[byte] for each byte < 16
  static U8 lookup(U8 v, const int8_t* table) {
    U8 out = 0;
    for (int i = 0; i < 32; i += 8) out |= static_cast<U8>(static_cast<uint8_t>(table[v >> i & 255])) << i;
    return out;
  }

  static I32 zero() { return 0; }
  static I32 broadcast(const void* p) { return load_u8(p); }
  static I32 sub(I32 a, I32 b) { return a - b; }
  template <int kShift>
  static I32 shift_left(I32 a) {
    return a << kShift;
  }
  static I32 load_i32(const int32_t* p) { return static_cast<uint32_t>(*p); }
  static void store_i32(int32_t* p, I32 v) { std::memcpy(p, &v, 4); }
  // Two bytes per lane as int16.
  static I32 pairs_u8(const uint8_t* p) { return static_cast<uint32_t>(p[0] | p[1] << 16); }
  static I32 pairs_s8(const int8_t* p) {
    return static_cast<uint16_t>(p[0]) | static_cast<uint32_t>(static_cast<uint16_t>(p[1])) << 16;
  }
  static I32 low_nibbles(I32 pairs) { return pairs & 0x000f000f; }
  static I32 high_nibbles(I32 pairs) { return pairs >> 4 & 0x000f000f; }
  // acc + the sum of the two int16 products
  static I32 dot2(I32 acc, I32 a, I32 b) {
    const int low = static_cast<int16_t>(a) * static_cast<int16_t>(b);
    const int high = static_cast<int16_t>(a >> 16) * static_cast<int16_t>(b >> 16);
    return acc + static_cast<uint32_t>(low) + static_cast<uint32_t>(high);
  }
  // A scale out of a pair of int16, in the form that add_scaled takes.
  template <int kMaxCode, int kCols>
  static Scale even(I32 pairs) {
    return static_cast<int16_t>(pairs);
  }
  template <int kMaxCode, int kCols>
  static Scale odd(I32 pairs) {
    return static_cast<int16_t>(pairs >> 16);
  }
  static Scale load_scale(const int32_t* p) { return *p; }
  static void store_scale(int32_t* p, Scale v) { *p = v; }

  // A dot of kCols columns is taken in runs of kRun vectors: `first` and `next` add four products per lane to
  // a part, and the part of a run goes to the sum, scaled or not. Codes are 0..kMaxCode, or int8 if kMaxCode
  // is 128; with int8 codes and kSignedBias a dot comes out as large as with codes + 128.
  template <int kMaxCode, int kCols, bool kScaled>
  static constexpr int kRun = kCols / 4;
  template <int kMaxCode>
  static I32 first(U8 u, I32 x) {
    return next<kMaxCode>(zero(), u, x);
  }
  template <int kMaxCode>
  static I32 next(I32 part, U8 u, I32 x) {
    int sum = 0;
    for (int i = 0; i < 32; i += 8) {
      const auto code = static_cast<uint8_t>(u >> i);
      sum += (kMaxCode == 128 ? static_cast<int8_t>(code) : code) * static_cast<int8_t>(x >> i);
    }
    return part + static_cast<uint32_t>(sum);
  }
  template <int kMaxCode, int kCols>
  static I32 add_scaled(I32 sum, I32 part, Scale scale) {
    return sum + part * static_cast<uint32_t>(scale);
  }
  static I32 add_part(I32 sum, I32 part) { return sum + part; }

  static F32 zero_f32() { return 0; }
  static F32 set1(float v) { return v; }
  static F32 load_f32(const float* p) { return *p; }
  static void store_f32(float* p, F32 v) { *p = v; }
  static F32 load_f16(const uint16_t* p) { return f16_to_f32(*p); }
  static F32 load_bf16(const uint16_t* p) { return bf16_to_f32(*p); }
  static F32 to_f32(I32 v) { return static_cast<float>(static_cast<int32_t>(v)); }
  static F32 add(F32 a, F32 b) { return a + b; }
  static F32 mul(F32 a, F32 b) { return a * b; }
  static F32 fma(F32 a, F32 b, F32 c) { return std::fma(a, b, c); }    // a * b + c
  static F32 fnma(F32 a, F32 b, F32 c) { return std::fma(-a, b, c); }  // c - a * b
  static inline __attribute__((always_inline)) void prefetch(const void*) {}
};

}  // namespace
}  // namespace reckon::kernels
