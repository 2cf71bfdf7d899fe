#include <cmath>

#include "kernels/float_sets.hpp"

namespace reckon::kernels::test {
namespace {

struct Case {
  size_t n_heads, head_dim, rope_dim;
  RopePairing pairing;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (RopePairing p : {RopePairing::halves, RopePairing::adjacent}) {
    for (size_t dim : {2, 6, 16, 30, 32, 34, 64, 80, 126, 128, 256}) {
      all.push_back({3, dim, dim, p});
      all.push_back({2, dim + 16, dim, p});  // the rest of a head stays
    }
  }
  return all;
}

struct Data {
  std::vector<float> x, cos, sin;
};

Data make(const Case& c) {
  Random random(static_cast<uint32_t>(c.rope_dim));
  Data d{random.vector(c.n_heads * c.head_dim + 32, 4), {}, {}};
  for (size_t i = 0; i < c.rope_dim / 2; i++) {
    double angle = static_cast<double>(random.uniform()) * 3.14159;
    d.cos.push_back(static_cast<float>(std::cos(angle)));
    d.sin.push_back(static_cast<float>(std::sin(angle)));
  }
  return d;
}

std::vector<float> rotated(const FloatKernels& k, const Case& c, Data d) {
  k.rope(d.x.data(), c.n_heads, c.head_dim, c.rope_dim, c.pairing, d.cos.data(), d.sin.data());
  return d.x;
}

TEST(Rope, HasTheSameBitsOnAllSets) {
  auto sets = sets_here();
  size_t n = 0;
  for (const Case& c : cases()) {
    auto expected = rotated(*sets[0].k, c, make(c));
    for (const FloatSet& s : sets) {
      expect_same(expected, rotated(*s.k, c, make(c)), s.name + ", rope_dim " + std::to_string(c.rope_dim));
      n++;
    }
  }
  EXPECT_GE(n, 44u);
}

// a cos rounds once, the fma once more: within 2 u of |a cos| + |b sin|.
TEST(Rope, RotatesPairsAndLeavesTheRest) {
  for (const Case& c : cases()) {
    Data d = make(c);
    auto y = rotated(scalar::kFloatKernels, c, d);
    std::vector<bool> checked(d.x.size(), false);
    size_t half = c.rope_dim / 2;
    for (size_t h = 0; h < c.n_heads; h++) {
      for (size_t i = 0; i < half; i++) {
        size_t first = h * c.head_dim + (c.pairing == RopePairing::halves ? i : 2 * i);
        size_t second = first + (c.pairing == RopePairing::halves ? half : 1);
        double a = d.x[first], b = d.x[second], cos = d.cos[i], sin = d.sin[i];
        ASSERT_NEAR(y[first], a * cos - b * sin, 2 * kUnit * (std::fabs(a * cos) + std::fabs(b * sin)));
        ASSERT_NEAR(y[second], b * cos + a * sin, 2 * kUnit * (std::fabs(b * cos) + std::fabs(a * sin)));
        checked[first] = checked[second] = true;
      }
    }
    for (size_t i = 0; i < y.size(); i++) {
      if (checked[i]) continue;
      ASSERT_EQ(y[i], d.x[i]) << "touched " << i;
    }
  }
}

}  // namespace
}  // namespace reckon::kernels::test
