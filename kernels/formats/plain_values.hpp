// Words of the plain formats to f32 and back. As half.hpp: for files compiled without instruction-set flags
// only.
#pragma once

#include <bit>
#include <cstdint>

#include "kernels/formats/half.hpp"
#include "kernels/formats/plain.hpp"

namespace reckon::kernels {

inline float to_f32(PlainF32, float w) { return w; }
inline float to_f32(PlainF16, uint16_t w) { return f16_to_f32(w); }
inline float to_f32(PlainBf16, uint16_t w) { return bf16_to_f32(w); }

inline float from_f32(PlainF32, float v) { return v; }
inline uint16_t from_f32(PlainF16, float v) { return f32_to_f16(v); }
inline uint16_t from_f32(PlainBf16, float v) { return f32_to_bf16(v); }

inline bool is_finite(PlainF32, float w) { return (std::bit_cast<uint32_t>(w) & 0x7f800000) != 0x7f800000; }
inline bool is_finite(PlainF16, uint16_t w) { return f16_finite(w); }
inline bool is_finite(PlainBf16, uint16_t w) { return (w & 0x7f80) != 0x7f80; }

}  // namespace reckon::kernels
