// encode_row for every type, for test and benchmark files: scales by a short search for the least squared
// error, codes the nearest of the grid that the rounded scales leave.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/formats/formats.hpp"
#include "kernels/formats/half.hpp"
#include "kernels/formats/plain_values.hpp"
#include "kernels/kernels.hpp"

namespace reckon::kernels {
namespace {

// Nearest integer of [low, high]; NaN becomes low.
int nearest(float v, int low, int high) {
  if (!(v > static_cast<float>(low))) return low;
  if (v >= static_cast<float>(high)) return high;
  return static_cast<int>(std::lrintf(v));
}

// Bounds of code_value.
template <class F>
constexpr int kLowest = F::kMaxCode == 128 ? -127 : -F::kOffset;
template <class F>
constexpr int kHighest = F::kMaxCode == 128 ? 127 : F::kMaxCode - F::kOffset;

// The code whose value is nearest to v.
template <class F>
uint8_t nearest_code(float v) {
  if constexpr (F::kTable) {
    const int8_t* above = std::upper_bound(kIq4Values + 1, kIq4Values + 15, v,
                                           [](float x, int8_t t) { return x < static_cast<float>(t); });
    const bool below_is_nearer = v - static_cast<float>(above[-1]) < static_cast<float>(above[0]) - v;
    return static_cast<uint8_t>(above - kIq4Values - (below_is_nearer ? 1 : 0));
  } else {
    return static_cast<uint8_t>(nearest(v, kLowest<F>, kHighest<F>) + F::kOffset);
  }
}

template <class F>
float square_error(const float* x, int n, float scale, float min) {
  float sum = 0;
  for (int i = 0; i < n; i++) {
    const int value = scale == 0 ? 0 : code_value<F>(nearest_code<F>((x[i] + min) / scale));
    const float e = x[i] + min - scale * static_cast<float>(value);
    sum += e * e;
  }
  return sum;
}

// The scale of least error for x: the candidates put the largest magnitude on the grid's end or a little
// beside it.
template <class F>
float fit_scale(const float* x, int n) {
  float extreme = 0;
  for (int i = 0; i < n; i++) {
    if (std::fabs(x[i]) > std::fabs(extreme)) extreme = x[i];
  }
  if (extreme == 0 || !std::isfinite(extreme)) return extreme;
  float best = extreme / static_cast<float>(kLowest<F>);
  if (F::kMaxCode == 128 && !F::kTable) return std::fabs(best);
  float least = std::numeric_limits<float>::infinity();
  for (int sign : {1, -1}) {
    for (int step = -8; step <= 4; step++) {
      const float end = static_cast<float>(sign * kLowest<F>) * (1 + 0.025f * static_cast<float>(step));
      const float error = square_error<F>(x, n, extreme / end, 0);
      if (error < least) least = error, best = extreme / end;
    }
  }
  return best;
}

struct ScaleMin {
  float scale, min;
};

// Scale and min (as kept in the format: subtracted; never negative if kUnsignedMin) of least error.
template <class F, bool kUnsignedMin>
ScaleMin fit_scale_min(const float* x, int n) {
  float low = x[0], high = x[0];
  for (int i = 1; i < n; i++) low = std::min(low, x[i]), high = std::max(high, x[i]);
  if (kUnsignedMin) low = std::min(low, 0.0f), high = std::max(high, low);
  ScaleMin best{(high - low) / static_cast<float>(F::kMaxCode), -low};
  if (!(high > low)) return best;
  float least = square_error<F>(x, n, best.scale, best.min);
  for (int a = 0; a <= 4; a++) {
    for (int b = 0; b <= 4; b++) {
      const float range = high - low, from = low + range * 0.02f * static_cast<float>(a);
      const ScaleMin tried{
          (high - range * 0.02f * static_cast<float>(b) - from) / static_cast<float>(F::kMaxCode),
          kUnsignedMin ? std::max(-from, 0.0f) : -from};
      const float error = square_error<F>(x, n, tried.scale, tried.min);
      if (error < least) least = error, best = tried;
    }
  }
  return best;
}

// Codes of one group of columns under its final scale and min.
template <class F>
void fill_codes(const float* x, int n, float scale, float min, uint8_t* code) {
  for (int i = 0; i < n; i++) {
    code[i] = nearest_code<F>(scale == 0 ? 0 : (x[i] + min) / scale);
  }
}

template <class F>
void encode_32(const float* x, BlockValues& v) {
  if constexpr (F::kMins) {
    const ScaleMin fit = fit_scale_min<F, false>(x, 32);
    v.d = f32_to_f16(fit.scale);
    v.dmin = f32_to_f16(fit.min);
  } else {
    v.d = f32_to_f16(fit_scale<F>(x, 32));
  }
  fill_codes<F>(x, 32, f16_to_f32(v.d), f16_to_f32(v.dmin), v.code);
}

// 256 columns: the groups' scales (and mins) become integers of at most F::kMostScale.
template <class F>
void encode_256(const float* x, BlockValues& v) {
  constexpr int kGroups = 256 / F::kSub;
  constexpr int kTop = F::kMostScale;
  float scale[kGroups], min[kGroups] = {}, top = 0, top_min = 0;
  for (int j = 0; j < kGroups; j++) {
    if constexpr (F::kMins) {
      const ScaleMin fit = fit_scale_min<F, true>(x + j * F::kSub, F::kSub);
      scale[j] = fit.scale, min[j] = fit.min;
    } else {
      scale[j] = fit_scale<F>(x + j * F::kSub, F::kSub);
    }
    top = std::max(top, std::fabs(scale[j]));
    top_min = std::max(top_min, min[j]);
  }
  v.d = f32_to_f16(top / kTop);
  v.dmin = f32_to_f16(top_min / kTop);
  const float d = f16_to_f32(v.d), dmin = f16_to_f32(v.dmin);
  for (int j = 0; j < kGroups; j++) {
    v.scale[j] = static_cast<int16_t>(d == 0 ? 0 : nearest(scale[j] / d, F::kMins ? 0 : -kTop, kTop));
    v.min[j] = static_cast<uint8_t>(dmin == 0 ? 0 : nearest(min[j] / dmin, 0, kTop));
    fill_codes<F>(x + j * F::kSub, F::kSub, d * static_cast<float>(v.scale[j]),
                  dmin * static_cast<float>(v.min[j]), v.code + j * F::kSub);
  }
}

template <class F>
void encode_plain(const float* src, size_t n, std::byte* dst) {
  for (size_t i = 0; i < n; i++) {
    const typename F::Word w = from_f32(F{}, src[i]);
    std::memcpy(dst + i * sizeof w, &w, sizeof w);
  }
}

}  // namespace

void encode_row(WeightType type, const float* src, size_t n, std::byte* dst) {
  visit_format(type, [&]<class F>() {
    if constexpr (is_plain<F>) {
      encode_plain<F>(src, n, dst);
    } else {
      for (size_t i = 0; i < n; i += F::kCols) {
        BlockValues values;
        if constexpr (F::kCols == 32) encode_32<F>(src + i, values);
        if constexpr (F::kCols == 256) encode_256<F>(src + i, values);
        typename F::Block block;
        F::write(values, block);
        std::memcpy(dst + i / F::kCols * sizeof block, &block, sizeof block);
      }
    }
  });
}

}  // namespace reckon::kernels
