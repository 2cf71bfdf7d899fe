#include <cmath>

#include "kernels/float_sets.hpp"

namespace reckon::kernels::test {
namespace {

// Runs op(kernels, n) on every set and length: the outputs must have the same bits as scalar's.
template <class Op>
void expect_same_on_all_sets(const Op& op) {
  auto sets = sets_here();
  size_t cases = 0;
  for (size_t n : lengths()) {
    std::vector<float> expected = op(*sets[0].k, n);
    for (const FloatSet& s : sets) {
      expect_same(expected, op(*s.k, n), s.name + ", n " + std::to_string(n));
      cases++;
    }
  }
  EXPECT_GE(cases, lengths().size());
}

TEST(Vectors, RmsNormHasTheSameBitsOnAllSets) {
  expect_same_on_all_sets([](const FloatKernels& k, size_t n) {
    Random random(static_cast<uint32_t>(n));
    auto x = random.vector(n, 3), w = random.vector(n, 2);
    std::vector<float> y(n + 16, 7.0f), in_place = x;
    k.rms_norm(x.data(), w.data(), 1e-6f, n, y.data());
    k.rms_norm(in_place.data(), w.data(), 1e-6f, n, in_place.data());
    expect_same(in_place, {y.begin(), y.begin() + static_cast<std::ptrdiff_t>(n)}, "in place");
    return y;  // with what lies behind: nothing may be written there
  });
}

TEST(Vectors, AddAndSwigluHaveTheSameBitsOnAllSets) {
  expect_same_on_all_sets([](const FloatKernels& k, size_t n) {
    Random random(static_cast<uint32_t>(n) + 1);
    auto gate = random.vector(n, 30), up = random.vector(n, 5);
    if (n > 20) gate[3] = kInf, gate[4] = -kInf, gate[5] = NAN, gate[6] = -0.0f, gate[7] = -95, gate[8] = 95;
    std::vector<float> y(2 * n + 16, 7.0f);
    k.swiglu(gate.data(), up.data(), n, y.data());
    auto sum = random.vector(n);
    k.add(gate.data(), n, sum.data());
    std::copy(sum.begin(), sum.end(), y.begin() + static_cast<std::ptrdiff_t>(n) + 16);
    return y;
  });
}

TEST(Vectors, ExpSumHasTheSameBitsOnAllSets) {
  expect_same_on_all_sets([](const FloatKernels& k, size_t n) {
    Random random(static_cast<uint32_t>(n) + 2);
    auto x = random.vector(n, 60);
    std::vector<float> y(n + 17, 7.0f);
    y.back() = k.exp_sum(x.data(), 60.0f, 0.7f, n, y.data());
    float in_place = k.exp_sum(x.data(), 60.0f, 0.7f, n, x.data());
    EXPECT_EQ(bits_of(in_place), bits_of(y.back()));
    return y;
  });
}

TEST(Vectors, MaxHasTheSameBitsOnAllSets) {
  expect_same_on_all_sets([](const FloatKernels& k, size_t n) {
    auto x = Random(static_cast<uint32_t>(n) + 3).vector(n);
    std::vector<float> zeros(n);
    for (size_t i = 0; i < n; i++) zeros[i] = i % 3 == 0 ? -0.0f : 0.0f;
    return std::vector<float>{k.max(x.data(), n), k.max(zeros.data(), n)};
  });
}

TEST(Vectors, MaxOfNothingIsMinusInfinityAndAnyNanIsNan) {
  for (const FloatSet& s : sets_here()) {
    EXPECT_EQ(s.k->max(nullptr, 0), -kInf) << s.name;
    for (size_t n = 1; n <= 50; n++) {
      std::vector<float> x(n, -kInf);
      EXPECT_EQ(s.k->max(x.data(), n), -kInf) << s.name;
      x[n / 2] = 3;
      EXPECT_EQ(s.k->max(x.data(), n), 3) << s.name;
      for (size_t i = 0; i < n; i++) {
        auto with_nan = x;
        with_nan[i] = NAN;
        EXPECT_TRUE(std::isnan(s.k->max(with_nan.data(), n))) << s.name << " n " << n << " at " << i;
      }
    }
  }
}

float exp_of(const FloatKernels& k, float x) {
  float y;
  k.exp_sum(&x, 0.0f, 1.0f, 1, &y);
  return y;
}

// Error against f64, in units of f32's last place at the true result (2^-149 for subnormal ones).
double ulps(float y, double truth) {
  double ulp = std::ldexp(1.0, std::max(std::ilogb(truth) - 23, -149));
  return std::fabs(static_cast<double>(y) - truth) / ulp;
}

TEST(Exp, IsWithinOneUlpOverItsRange) {
  for (const FloatSet& s : sets_here()) {
    double worst = 0;
    size_t cases = 0;
    std::vector<float> x, y;
    // Every 6,007th f32 from 2^-30 to the ends, both signs.
    for (uint32_t bits = 0x30800000; bits < 0x42d00000; bits += 6007) {
      float v;
      std::memcpy(&v, &bits, sizeof v);
      if (v < 88.72f) x.push_back(v);
      x.push_back(-v);
    }
    y.resize(x.size());
    s.k->exp_sum(x.data(), 0.0f, 1.0f, x.size(), y.data());
    for (size_t i = 0; i < x.size(); i++, cases++) {
      worst = std::max(worst, ulps(y[i], std::exp(static_cast<double>(x[i]))));
    }
    std::printf("%s: exp within %.4f ulp over %zu values\n", s.name.c_str(), worst, cases);
    EXPECT_LE(worst, 1.0) << s.name;
    EXPECT_GT(cases, 50'000u);
  }
}

TEST(Exp, TreatsTheEndsAsDefined) {
  for (const FloatSet& s : sets_here()) {
    auto e = [&](float x) { return exp_of(*s.k, x); };
    EXPECT_EQ(e(0.0f), 1.0f);
    EXPECT_EQ(e(-0.0f), 1.0f);
    EXPECT_EQ(bits_of(e(-kInf)), 0u);
    EXPECT_EQ(bits_of(e(-1e30f)), 0u);
    EXPECT_EQ(bits_of(e(-104.0f)), 0u);
    EXPECT_EQ(e(-103.9f), 0x1p-149f) << "0.54 units";
    EXPECT_EQ(e(kInf), kInf);
    EXPECT_EQ(e(1e30f), kInf);
    EXPECT_EQ(e(88.73f), kInf);
    EXPECT_LT(e(88.72f), kInf);
    EXPECT_TRUE(std::isnan(e(NAN)));
    EXPECT_TRUE(std::isnan(e(-NAN)));
  }
}

// A lane holds n / 16 + 1 sums of positive terms and the tree adds 4: relative (n / 16 + 5) u. Each term is
// within 1 ulp <= 2 u; x - max and the quotient add u |x - max| / temperature relative, each.
TEST(Vectors, ExpSumMatchesDoublePrecision) {
  for (float temperature : {0.5f, 1.0f, 3.0f}) {
    for (size_t n : lengths()) {
      auto x = Random(9).vector(n, 10);
      double truth = 0, t = static_cast<double>(temperature);
      for (float v : x) truth += std::exp((static_cast<double>(v) - 10.0) / t);
      std::vector<float> y(n);
      float sum = scalar::kFloatKernels.exp_sum(x.data(), 10.0f, temperature, n, y.data());
      EXPECT_NEAR(sum, truth, truth * (static_cast<double>(n) / 16 + 5 + 2 + 2 * 20 / t) * kUnit) << n;
    }
  }
}

// The sum of squares is relatively within (n / 16 + 5) u, of which the root takes half; division by n, + eps,
// root, 1 / root, two products: 6 u more.
TEST(Vectors, RmsNormMatchesDoublePrecision) {
  for (size_t n : lengths()) {
    Random random(11);
    auto x = random.vector(n, 4), w = random.vector(n);
    double squares = 0;
    for (float v : x) squares += static_cast<double>(v) * static_cast<double>(v);
    double factor = 1 / std::sqrt(squares / static_cast<double>(n) + static_cast<double>(1e-5f));
    double tolerance = ((static_cast<double>(n) / 16 + 5) / 2 + 6) * kUnit;
    std::vector<float> y(n);
    scalar::kFloatKernels.rms_norm(x.data(), w.data(), 1e-5f, n, y.data());
    for (size_t i = 0; i < n; i++) {
      double truth = static_cast<double>(x[i]) * factor * static_cast<double>(w[i]);
      ASSERT_NEAR(y[i], truth, std::fabs(truth) * tolerance) << n << " at " << i;
    }
  }
}

TEST(Vectors, RmsNormOfZerosIsZero) {
  std::vector<float> x(40, 0.0f), w(40, 1.0f), y(40, 1.0f);
  for (const FloatSet& s : sets_here()) {
    s.k->rms_norm(x.data(), w.data(), 1e-6f, 40, y.data());
    EXPECT_EQ(y, x) << s.name;
  }
}

// e^-gate within 2 u, then one sum, one quotient, one product: 5 u. Where e^-gate overflows, the result is -0
// instead of at most 89 e^-88.7 < 1e-36.
TEST(Vectors, SwigluMatchesDoublePrecision) {
  size_t n = 5000;
  Random random(13);
  auto gate = random.vector(n, 100), up = random.vector(n, 3);
  std::vector<float> y(n);
  scalar::kFloatKernels.swiglu(gate.data(), up.data(), n, y.data());
  for (size_t i = 0; i < n; i++) {
    double g = gate[i], truth = g / (1 + std::exp(-g)) * static_cast<double>(up[i]);
    ASSERT_NEAR(y[i], truth, std::fabs(truth) * 5 * kUnit + 3e-36) << g;
  }
}

}  // namespace
}  // namespace reckon::kernels::test
