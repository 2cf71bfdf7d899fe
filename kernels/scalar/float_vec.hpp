// The 16-lane f32 vocabulary of generic/vocabulary.hpp in plain loops: the reference.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/formats/half.hpp"

namespace reckon::kernels::scalar {

struct F32x16 {
  static constexpr size_t kRowBlock = 2;
  static constexpr size_t kColumnBlock = 1;

  float lane[16];

  static F32x16 zero() { return {}; }
  static F32x16 all(float x) {
    F32x16 r;
    for (float& l : r.lane) l = x;
    return r;
  }
  static F32x16 load(const float* p) { return load_first(p, 16); }
  static F32x16 load_first(const float* p, size_t n) {
    F32x16 r = zero();
    for (size_t i = 0; i < n; i++) r.lane[i] = p[i];
    return r;
  }
  static F32x16 load_f16(const uint16_t* p) {
    F32x16 r;
    for (size_t i = 0; i < 16; i++) r.lane[i] = f16_to_f32(p[i]);
    return r;
  }
  static F32x16 load_i8(const int8_t* p) {
    F32x16 r;
    for (size_t i = 0; i < 16; i++) r.lane[i] = static_cast<float>(p[i]);
    return r;
  }
  void store(float* p) const { store_first(p, 16); }
  void store_first(float* p, size_t n) const {
    for (size_t i = 0; i < n; i++) p[i] = lane[i];
  }
  void store_f16(uint16_t* p) const {
    for (size_t i = 0; i < 16; i++) p[i] = f32_to_f16(lane[i]);
  }
  float lane0() const { return lane[0]; }
};

// Applies op(float...) lane by lane.
template <class Op, class... Vectors>
F32x16 by_lanes(Op op, const Vectors&... v) {
  F32x16 r;
  for (size_t i = 0; i < 16; i++) r.lane[i] = op(v.lane[i]...);
  return r;
}

inline F32x16 operator+(const F32x16& a, const F32x16& b) {
  return by_lanes([](float x, float y) { return x + y; }, a, b);
}
inline F32x16 operator-(const F32x16& a, const F32x16& b) {
  return by_lanes([](float x, float y) { return x - y; }, a, b);
}
inline F32x16 operator*(const F32x16& a, const F32x16& b) {
  return by_lanes([](float x, float y) { return x * y; }, a, b);
}
inline F32x16 operator/(const F32x16& a, const F32x16& b) {
  return by_lanes([](float x, float y) { return x / y; }, a, b);
}
inline F32x16 fma(const F32x16& a, const F32x16& b, const F32x16& c) {
  return by_lanes([](float x, float y, float z) { return __builtin_fmaf(x, y, z); }, a, b, c);
}
inline F32x16 fnma(const F32x16& a, const F32x16& b, const F32x16& c) {
  return by_lanes([](float x, float y, float z) { return __builtin_fmaf(-x, y, z); }, a, b, c);
}
inline F32x16 greater(const F32x16& a, const F32x16& b) {
  return by_lanes([](float x, float y) { return x > y ? x : y; }, a, b);
}
inline F32x16 lesser(const F32x16& a, const F32x16& b) {
  return by_lanes([](float x, float y) { return x < y ? x : y; }, a, b);
}
inline F32x16 max_or_nan(const F32x16& a, const F32x16& b) {
  return by_lanes([](float x, float y) { return x != x || x > y ? x : y; }, a, b);
}

inline F32x16 select_first(size_t n, const F32x16& a, const F32x16& b) {
  F32x16 r;
  for (size_t i = 0; i < 16; i++) r.lane[i] = i < n ? a.lane[i] : b.lane[i];
  return r;
}

// 2^n for n in [-126, 127].
inline float power_of_two(int32_t n) {
  return __builtin_bit_cast(float, static_cast<uint32_t>(n + 127) << 23);
}
// In two steps: the first is exact, so the product rounds once, into subnormals and infinity too.
inline F32x16 scale_by_power(const F32x16& x, const F32x16& n) {
  return by_lanes(
      [](float v, float power) {
        if (power != power) return power;
        auto whole = static_cast<int32_t>(power), half = whole >> 1;
        return v * power_of_two(half) * power_of_two(whole - half);
      },
      x, n);
}

template <int kDistance>
F32x16 swap_lanes(const F32x16& x) {
  F32x16 r;
  for (size_t i = 0; i < 16; i++) r.lane[i] = x.lane[i ^ kDistance];
  return r;
}

inline void load_pairs(const float* p, F32x16& even, F32x16& odd) {
  for (size_t i = 0; i < 16; i++) {
    even.lane[i] = p[2 * i];
    odd.lane[i] = p[2 * i + 1];
  }
}

inline void store_pairs(float* p, const F32x16& even, const F32x16& odd) {
  for (size_t i = 0; i < 16; i++) {
    p[2 * i] = even.lane[i];
    p[2 * i + 1] = odd.lane[i];
  }
}

}  // namespace reckon::kernels::scalar
