// The product as kernels.hpp defines it, straight from the file's bytes: the bits that every table has to
// give.
#pragma once

#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/formats/formats.hpp"
#include "kernels/formats/half.hpp"
#include "kernels/kernels.hpp"

namespace reckon::test {

// A block of activations as int8.
struct QuantisedBlock {
  float scale = 0;
  int8_t q[256] = {};
};

inline QuantisedBlock quantise_reference(const float* x, int n) {
  QuantisedBlock out;
  float max = 0;
  for (int i = 0; i < n; i++) {
    if (!std::isfinite(x[i])) return {.scale = NAN, .q = {}};
    max = std::max(max, std::fabs(x[i]));
  }
  if (max < 0x1p-100f) return out;
  const float inverse = 127 / max;
  out.scale = max / 127;
  for (int i = 0; i < n; i++) out.q[i] = static_cast<int8_t>(std::nearbyint(x[i] * inverse));
  return out;
}

struct ReferenceValue {
  float canonical = 0;  // the definition, bit for bit
  double exact = 0;     // f64 of the same operands: decode_row's weights (before rounding) times dx * q
  double bound = 0;     // of |canonical - exact|
};

template <class F>
ReferenceValue quantised_product(const std::byte* row, const float* x, size_t cols) {
  using namespace kernels;
  ReferenceValue out;
  double magnitude = 0;
  for (size_t b = 0; b < cols / F::kCols; b++) {
    typename F::Block block;
    std::memcpy(&block, row + b * sizeof block, sizeof block);
    BlockValues v;
    F::read(block, v);
    const QuantisedBlock xq = quantise_reference(x + b * F::kCols, F::kCols);
    int64_t s = 0, t = 0;
    for (int i = 0; i < F::kCols; i++) {
      s += int64_t{v.scale[i / F::kSub]} * code_value<F>(v.code[i]) * xq.q[i];
      t += int64_t{v.min[i / F::kSub]} * xq.q[i];
    }
    const float d = f16_to_f32(v.d), dmin = f16_to_f32(v.dmin);
    out.canonical = std::fma(d * xq.scale, static_cast<float>(s), out.canonical);
    if (F::kMins) out.canonical = std::fma(-(dmin * xq.scale), static_cast<float>(t), out.canonical);
    const double first = double{d} * xq.scale * static_cast<double>(s);
    const double second = double{dmin} * xq.scale * static_cast<double>(t);
    out.exact += first - second;
    magnitude += std::fabs(first) + std::fabs(second);
  }
  // Three roundings of each term, and one per sum of at most all magnitudes.
  out.bound = 0x1p-24 * magnitude * (3 + 2 * static_cast<double>(cols) / F::kCols);
  return out;
}

inline ReferenceValue plain_product(const std::vector<float>& w, const float* x) {
  float acc[4] = {};
  ReferenceValue out;
  double magnitude = 0;
  for (size_t c = 0; c < w.size(); c++) {
    acc[c % 4] = std::fma(w[c], x[c], acc[c % 4]);
    out.exact += double{w[c]} * x[c];
    magnitude += std::fabs(double{w[c]} * x[c]);
  }
  out.canonical = (acc[0] + acc[1]) + (acc[2] + acc[3]);
  out.bound = 0x1p-24 * magnitude * (3 + static_cast<double>(w.size()) / 4);
  return out;
}

inline ReferenceValue product_reference(WeightType type, const std::byte* row, const float* x, size_t cols) {
  return kernels::visit_format(type, [&]<class F>() {
    if constexpr (kernels::is_plain<F>) {
      std::vector<float> w(cols);
      kernels::decode_row(type, row, cols, w.data());
      return plain_product(w, x);
    } else {
      return quantised_product<F>(row, x, cols);
    }
  });
}

}  // namespace reckon::test
