// F32, F16 and BF16: columns one after the other, a lane per row.
#pragma once

#include "kernels/formats/format.hpp"
#include "kernels/formats/weight_type.hpp"

namespace reckon::kernels {

struct PlainF32 {
  static constexpr WeightType kType = WeightType::F32;
  using Word = float;  // packed: (cols, 16)
  template <class V>
  static typename V::F32 weights(const Word* at) {
    return V::load_f32(at);
  }
};
struct PlainF16 {
  static constexpr WeightType kType = WeightType::F16;
  using Word = uint16_t;
  template <class V>
  static typename V::F32 weights(const Word* at) {
    return V::load_f16(at);
  }
};
struct PlainBf16 {
  static constexpr WeightType kType = WeightType::BF16;
  using Word = uint16_t;
  template <class V>
  static typename V::F32 weights(const Word* at) {
    return V::load_bf16(at);
  }
};

}  // namespace reckon::kernels
