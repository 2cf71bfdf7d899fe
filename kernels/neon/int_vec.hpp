// The vocabulary of the products on Arm NEON with dot products: four lanes. See scalar/int_vec.hpp for what
// each function means.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace reckon::kernels {
namespace {

struct Vec {
  static constexpr int kLanes = 4;
  static constexpr int kTile = 8;
  static constexpr int kDirect = 4;
  static constexpr int kPanels = 1;
  static constexpr int kRowVectors = 1;
  static constexpr bool kSignedBias = false;
  static constexpr bool kByValue = false;
  static constexpr int kShortRun = 0;
  static constexpr bool kKeepsOrder = false;
  using U8 = uint8x16_t;
  using I32 = int32x4_t;
  using F32 = float32x4_t;
  using Scale = int32x4_t;

  static U8 load_u8(const void* p) { return vld1q_u8(static_cast<const uint8_t*>(p)); }
  static void store_u8(void* p, U8 v) { vst1q_u8(static_cast<uint8_t*>(p), v); }
  template <int kShift, int kMask>
  static U8 bits(U8 v) {
    if constexpr (kShift > 0) v = vshrq_n_u8(v, kShift);
    if constexpr (kShift < 0) v = vshlq_n_u8(v, -kShift);
    return vandq_u8(v, vdupq_n_u8(kMask));
  }
  static U8 or_(U8 a, U8 b) { return vorrq_u8(a, b); }
  static U8 lookup(U8 v, const int8_t* table) { return vreinterpretq_u8_s8(vqtbl1q_s8(vld1q_s8(table), v)); }

  static I32 zero() { return vdupq_n_s32(0); }
  static I32 broadcast(const void* p) {
    int32_t v;
    std::memcpy(&v, p, 4);
    return vdupq_n_s32(v);
  }
  static I32 sub(I32 a, I32 b) { return vsubq_s32(a, b); }
  template <int kShift>
  static I32 shift_left(I32 a) {
    return vshlq_n_s32(a, kShift);
  }
  static I32 load_i32(const int32_t* p) { return vld1q_s32(p); }
  static void store_i32(int32_t* p, I32 v) { vst1q_s32(p, v); }
  static I32 pairs_u8(const uint8_t* p) { return vreinterpretq_s32_u16(vmovl_u8(vld1_u8(p))); }
  static I32 pairs_s8(const int8_t* p) { return vreinterpretq_s32_s16(vmovl_s8(vld1_s8(p))); }
  static I32 low_nibbles(I32 pairs) { return vandq_s32(pairs, vdupq_n_s32(0x000f000f)); }
  static I32 high_nibbles(I32 pairs) {
    return vreinterpretq_s32_u16(vshrq_n_u16(vreinterpretq_u16_s32(pairs), 4));
  }
  static I32 dot2(I32 acc, I32 a, I32 b) {
    const int16x8_t x = vreinterpretq_s16_s32(a), y = vreinterpretq_s16_s32(b);
    const int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(y)), high = vmull_high_s16(x, y);
    return vaddq_s32(acc, vpaddq_s32(low, high));
  }
  template <int kMaxCode, int kCols>
  static Scale even(I32 pairs) {
    return vshrq_n_s32(vshlq_n_s32(pairs, 16), 16);
  }
  template <int kMaxCode, int kCols>
  static Scale odd(I32 pairs) {
    return vshrq_n_s32(pairs, 16);
  }
  static Scale load_scale(const int32_t* p) { return vld1q_s32(p); }
  static void store_scale(int32_t* p, Scale v) { vst1q_s32(p, v); }

  // sdot takes signed bytes on both sides: unsigned codes are below 128.
  template <int kMaxCode, int kCols, bool kScaled>
  static constexpr int kRun = kCols / 4;
  template <int kMaxCode>
  static I32 first(U8 u, I32 x) {
    return next<kMaxCode>(zero(), u, x);
  }
  template <int kMaxCode>
  static I32 next(I32 part, U8 u, I32 x) {
    return vdotq_s32(part, vreinterpretq_s8_u8(u), vreinterpretq_s8_s32(x));
  }
  template <int kMaxCode, int kCols>
  static I32 add_scaled(I32 sum, I32 part, Scale scale) {
    return vmlaq_s32(sum, part, scale);
  }
  static I32 add_part(I32 sum, I32 part) { return vaddq_s32(sum, part); }

  static F32 zero_f32() { return vdupq_n_f32(0); }
  static F32 set1(float v) { return vdupq_n_f32(v); }
  static F32 load_f32(const float* p) { return vld1q_f32(p); }
  static void store_f32(float* p, F32 v) { vst1q_f32(p, v); }
  static F32 load_f16(const uint16_t* p) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
  static F32 load_bf16(const uint16_t* p) { return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(p), 16)); }
  static F32 to_f32(I32 v) { return vcvtq_f32_s32(v); }
  static F32 add(F32 a, F32 b) { return vaddq_f32(a, b); }
  static F32 mul(F32 a, F32 b) { return vmulq_f32(a, b); }
  static F32 fma(F32 a, F32 b, F32 c) { return vfmaq_f32(c, a, b); }
  static F32 fnma(F32 a, F32 b, F32 c) { return vfmsq_f32(c, a, b); }
  static inline __attribute__((always_inline)) void prefetch(const void* p) { __builtin_prefetch(p); }
};

}  // namespace
}  // namespace reckon::kernels
