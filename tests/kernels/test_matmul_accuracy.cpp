// How far the products are from exact arithmetic on the same weights and the activations as they came: what
// the rounding of activations to int8 costs, as normalised mean squared error. tools/bench/accuracy reads the
// figures.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "kernels/kernels.hpp"
#include "support/aligned_buffer.hpp"

namespace reckon::test {
namespace {

using kernels::ActivationType;
using kernels::KernelTable;
using support::AlignedBuffer;

constexpr size_t kRows = 64, kCols = 1536, kTokens = 9;

std::vector<float> normal_floats(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> out(n);
  for (float& v : out) v = normal(random);
  return out;
}

// A matrix of normally distributed weights in a type's form.
struct Matrix {
  explicit Matrix(WeightType t) : type(t), rows_of(kRows * row_bytes()) {
    const std::vector<float> values = normal_floats(kRows * kCols, 1);
    for (size_t r = 0; r < kRows; r++) {
      kernels::encode_row(type, values.data() + r * kCols, kCols, rows_of.data() + r * row_bytes());
    }
  }
  size_t row_bytes() const { return kCols / info(type).block_size * info(type).block_bytes; }

  WeightType type;
  std::vector<std::byte> rows_of;  // (kRows, row_bytes())
};

// y (kTokens, kRows) by a kernel set.
std::vector<float> product(const KernelTable& k, const Matrix& m, const std::vector<float>& x) {
  kernels::PackedMatrix w{m.type, kRows, kCols, nullptr, k.panel_bytes(m.type, kCols)};
  const AlignedBuffer packed(w.panels() * w.panel_bytes, "the test");
  EXPECT_TRUE(k.pack_panels(m.type, m.rows_of.data(), kRows, kCols, 0, w.panels(), packed.data()).finite);
  w.data = packed.data();
  const ActivationType form = kernels::activation_type(m.type);
  const AlignedBuffer activations(k.activation_bytes(form, kTokens, kCols), "the test");
  k.pack_activations(form, x.data(), kCols, kTokens, kCols, 0, kTokens, activations.data());
  std::vector<float> y(kTokens * kRows);
  k.matmul(w, activations.data(), kTokens, 0, w.panels(), y.data(), kRows);
  return y;
}

// Sum of squared errors over sum of squares, against f64.
double normalised_error(const Matrix& m, const std::vector<float>& x, const std::vector<float>& y) {
  double errors = 0, squares = 0;
  std::vector<float> w(kCols);
  for (size_t r = 0; r < kRows; r++) {
    kernels::decode_row(m.type, m.rows_of.data() + r * m.row_bytes(), kCols, w.data());
    for (size_t t = 0; t < kTokens; t++) {
      double exact = 0;
      for (size_t c = 0; c < kCols; c++) exact += double{w[c]} * double{x[t * kCols + c]};
      const double error = double{y[t * kRows + r]} - exact;
      errors += error * error;
      squares += exact * exact;
    }
  }
  return errors / squares;
}

// A step of max|x|/127 has a rounding error of step^2/12. Of normal values the greatest magnitude of 32 is
// some 2.4 standard deviations and that of 256 some 3.0: 3.0e-5 and 4.8e-5. A fifth more is a fault of the
// product, a fifth less one of this test.
struct Range {
  double least, most;
};
Range expected_error(ActivationType type) {
  if (type == ActivationType::q8_block32) return {2.4e-5, 3.6e-5};
  if (type == ActivationType::q8_block256) return {3.8e-5, 5.8e-5};
  return {0, 1e-12};  // rounding of f32 sums
}

class MatmulAccuracy : public testing::TestWithParam<const KernelTable*> {};

TEST_P(MatmulAccuracy, IsThatOfItsActivations) {
  if (!GetParam()->supported()) GTEST_SKIP() << "this machine cannot run " << GetParam()->name;
  const std::vector<float> x = normal_floats(kTokens * kCols, 2);
  for (const WeightTypeInfo& t : weight_types()) {
    const Matrix m(t.type);
    const double error = normalised_error(m, x, product(*GetParam(), m, x));
    RecordProperty(t.name, fmt::format("{:.3e}", error));
    const Range range = expected_error(kernels::activation_type(t.type));
    EXPECT_GE(error, range.least) << t.name;
    EXPECT_LE(error, range.most) << t.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, MatmulAccuracy, testing::ValuesIn(kernels::all_tables()),
                         [](const auto& test) { return std::string(test.param->name); });

}  // namespace
}  // namespace reckon::test
