#include "kernels/formats/formats.hpp"
#include "kernels/kernels.hpp"

namespace reckon::kernels {

ActivationType activation_type(WeightType type) {
  return visit_format(type, []<class F>() {
    if constexpr (is_plain<F>) {
      return ActivationType::f32;
    } else {
      static_assert(F::kCols == 32 || F::kCols == 256);
      return F::kCols == 32 ? ActivationType::q8_block32 : ActivationType::q8_block256;
    }
  });
}

}  // namespace reckon::kernels
