// The 16-lane f32 vocabulary of generic/vocabulary.hpp in four NEON registers (AArch64 base set).
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

namespace reckon::kernels::neon {

struct F32x16 {
  // Attention's register blocks: 6 rows x 1 vector of sums (24 registers), 4 loaded, 1 broadcast.
  static constexpr size_t kRowBlock = 6;
  static constexpr size_t kColumnBlock = 1;
  static constexpr size_t kParts = 4;

  float32x4_t part[kParts];  // lanes 0..3, 4..7, 8..11, 12..15

  static F32x16 zero() { return all(0.0f); }
  static F32x16 all(float x) {
    float32x4_t v = vdupq_n_f32(x);
    return {{v, v, v, v}};
  }
  static F32x16 load(const float* p) {
    return {{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}};
  }
  static F32x16 load_first(const float* p, size_t n) {
    float copy[16] = {};
    for (size_t i = 0; i < n; i++) copy[i] = p[i];
    return load(copy);
  }
  static F32x16 load_f16(const uint16_t* p) {
    F32x16 r;
    for (size_t i = 0; i < kParts; i++) {
      r.part[i] = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p + 4 * i)));
    }
    return r;
  }
  static F32x16 load_i8(const int8_t* p) {
    const int8x16_t bytes = vld1q_s8(p);
    const int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_s8(vget_high_s8(bytes));
    return {{vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))),
             vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(high)))}};
  }
  void store(float* p) const {
    for (size_t i = 0; i < kParts; i++) vst1q_f32(p + 4 * i, part[i]);
  }
  void store_first(float* p, size_t n) const {
    float copy[16];
    store(copy);
    for (size_t i = 0; i < n; i++) p[i] = copy[i];
  }
  void store_f16(uint16_t* p) const {
    for (size_t i = 0; i < kParts; i++) vst1_u16(p + 4 * i, vreinterpret_u16_f16(vcvt_f16_f32(part[i])));
  }
  float lane0() const { return vgetq_lane_f32(part[0], 0); }
};

// Applies op(float32x4_t...) part by part.
template <class Op, class... Vectors>
F32x16 by_parts(Op op, const Vectors&... v) {
  return {{op(v.part[0]...), op(v.part[1]...), op(v.part[2]...), op(v.part[3]...)}};
}

inline F32x16 operator+(F32x16 a, F32x16 b) {
  return by_parts([](float32x4_t x, float32x4_t y) { return vaddq_f32(x, y); }, a, b);
}
inline F32x16 operator-(F32x16 a, F32x16 b) {
  return by_parts([](float32x4_t x, float32x4_t y) { return vsubq_f32(x, y); }, a, b);
}
inline F32x16 operator*(F32x16 a, F32x16 b) {
  return by_parts([](float32x4_t x, float32x4_t y) { return vmulq_f32(x, y); }, a, b);
}
inline F32x16 operator/(F32x16 a, F32x16 b) {
  return by_parts([](float32x4_t x, float32x4_t y) { return vdivq_f32(x, y); }, a, b);
}
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  return by_parts([](float32x4_t x, float32x4_t y, float32x4_t z) { return vfmaq_f32(z, x, y); }, a, b, c);
}
inline F32x16 fnma(F32x16 a, F32x16 b, F32x16 c) {
  return by_parts([](float32x4_t x, float32x4_t y, float32x4_t z) { return vfmsq_f32(z, x, y); }, a, b, c);
}
// Compare and select, because vmaxq and vminq treat NaN and signed zeros otherwise.
inline F32x16 greater(F32x16 a, F32x16 b) {
  return by_parts([](float32x4_t x, float32x4_t y) { return vbslq_f32(vcgtq_f32(x, y), x, y); }, a, b);
}
inline F32x16 lesser(F32x16 a, F32x16 b) {
  return by_parts([](float32x4_t x, float32x4_t y) { return vbslq_f32(vcltq_f32(x, y), x, y); }, a, b);
}
inline F32x16 max_or_nan(F32x16 a, F32x16 b) {
  return by_parts([](float32x4_t x, float32x4_t m) { return vbslq_f32(vceqq_f32(x, x), m, x); }, a,
                  greater(a, b));
}

inline F32x16 select_first(size_t n, F32x16 a, F32x16 b) {
  const uint32_t lane_ids[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  uint32x4_t count = vdupq_n_u32(static_cast<uint32_t>(n));
  F32x16 r;
  for (size_t i = 0; i < F32x16::kParts; i++) {
    r.part[i] = vbslq_f32(vcltq_u32(vld1q_u32(lane_ids + 4 * i), count), a.part[i], b.part[i]);
  }
  return r;
}

// 2^n for n in [-126, 127].
inline float32x4_t power_of_two(int32x4_t n) {
  return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23));
}
// In two steps: the first is exact, so the product rounds once, into subnormals and infinity too.
inline F32x16 scale_by_power(F32x16 x, F32x16 n) {
  return by_parts(
      [](float32x4_t v, float32x4_t power) {
        int32x4_t whole = vcvtnq_s32_f32(power), half = vshrq_n_s32(whole, 1);
        return vmulq_f32(vmulq_f32(v, power_of_two(half)), power_of_two(vsubq_s32(whole, half)));
      },
      x, n);
}

template <int kDistance>
F32x16 swap_lanes(F32x16 x) {
  if constexpr (kDistance == 8) return {{x.part[2], x.part[3], x.part[0], x.part[1]}};
  if constexpr (kDistance == 4) return {{x.part[1], x.part[0], x.part[3], x.part[2]}};
  if constexpr (kDistance == 2) return by_parts([](float32x4_t v) { return vextq_f32(v, v, 2); }, x);
  if constexpr (kDistance == 1) return by_parts([](float32x4_t v) { return vrev64q_f32(v); }, x);
}

inline void load_pairs(const float* p, F32x16& even, F32x16& odd) {
  for (size_t i = 0; i < F32x16::kParts; i++) {
    float32x4x2_t pairs = vld2q_f32(p + 8 * i);
    even.part[i] = pairs.val[0];
    odd.part[i] = pairs.val[1];
  }
}

inline void store_pairs(float* p, F32x16 even, F32x16 odd) {
  for (size_t i = 0; i < F32x16::kParts; i++) {
    vst2q_f32(p + 8 * i, float32x4x2_t{{even.part[i], odd.part[i]}});
  }
}

}  // namespace reckon::kernels::neon
