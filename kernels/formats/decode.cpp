// decode_row for every type: d * scale * (code - offset) - dmin * min, each product rounded to f32 in this
// order.
#include <cstring>

#include "kernels/formats/formats.hpp"
#include "kernels/formats/half.hpp"
#include "kernels/formats/plain_values.hpp"
#include "kernels/kernels.hpp"

namespace reckon::kernels {
namespace {

template <class F>
void decode_block(const BlockValues& v, float* y) {
  const float d = f16_to_f32(v.d), dmin = f16_to_f32(v.dmin);
  for (int j = 0; j < F::kCols / F::kSub; j++) {
    const float scale = d * static_cast<float>(v.scale[j]);
    const float min = dmin * static_cast<float>(v.min[j]);
    for (int i = j * F::kSub; i < (j + 1) * F::kSub; i++) {
      y[i] = scale * static_cast<float>(code_value<F>(v.code[i]));
      if (F::kMins) y[i] -= min;
    }
  }
}

}  // namespace

void decode_row(WeightType type, const std::byte* src, size_t n, float* dst) {
  visit_format(type, [&]<class F>() {
    if constexpr (is_plain<F>) {
      for (size_t i = 0; i < n; i++) {
        typename F::Word word;
        std::memcpy(&word, src + i * sizeof word, sizeof word);
        dst[i] = to_f32(F{}, word);
      }
    } else {
      for (size_t i = 0; i < n; i += F::kCols) {
        typename F::Block block;
        std::memcpy(&block, src + i / F::kCols * sizeof block, sizeof block);
        BlockValues values;
        F::read(block, values);
        decode_block<F>(values, dst + i);
      }
    }
  });
}

}  // namespace reckon::kernels
