#include "kernels/kernels.hpp"

namespace reckon::kernels {

ActivationType activation_type(WeightType type) {
  switch (type) {
    case WeightType::F32:
    case WeightType::F16:
    case WeightType::BF16: return ActivationType::f32;
    case WeightType::Q8_0:
    case WeightType::Q4_0:
    case WeightType::Q4_1:
    case WeightType::Q5_0:
    case WeightType::Q5_1:
    case WeightType::IQ4_NL: return ActivationType::q8_block32;
    default: return ActivationType::q8_block256;
  }
}

}  // namespace reckon::kernels
