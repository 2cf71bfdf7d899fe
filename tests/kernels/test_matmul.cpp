// Every table's product against the definition, bit for bit, over types, sizes and extreme values.
#include <gtest/gtest.h>

#include <bit>

#include "formats/random_rows.hpp"
#include "kernels/cpu_features.hpp"
#include "kernels/emulated_amx.hpp"
#include "kernels/formats/pack.hpp"
#include "kernels/generic/matmul_kernels.hpp"
#include "kernels/kernels.hpp"
#include "kernels/matmul_reference.hpp"

namespace reckon::test {
namespace {

using kernels::kPanelRows;
using kernels::MatmulKernels;

struct Isa {
  const char* name;
  const MatmulKernels* kernels;
  bool supported;
};

std::vector<Isa> isas() {
  const auto cpu = kernels::cpu_features();
  std::vector<Isa> out = {{"scalar", &kernels::scalar::kMatmulKernels, true}};
#if defined(__x86_64__)
  out.push_back({"avx2", &kernels::avx2::kMatmulKernels, cpu.avx2});
  out.push_back({"avx512", &kernels::avx512::kMatmulKernels, cpu.avx512});
  out.push_back({"avx512vnni", &kernels::avx512vnni::kMatmulKernels, cpu.avx512vnni});
  static const MatmulKernels kEmulated = kernels::emulated_amx::matmul_kernels();
  out.push_back({"amx_emulated", &kEmulated, cpu.avx512vnni});
  out.push_back({"amx", &kernels::amx::kMatmulKernels, cpu.amx});
#elif defined(__aarch64__)
  out.push_back({"neon", &kernels::neon::kMatmulKernels, cpu.neon_dot});
#endif
  return out;
}

class AlignedBytes {
 public:
  explicit AlignedBytes(size_t n) : bytes_(n + 64, std::byte{0xa5}) {}
  std::byte* data() {
    auto at = reinterpret_cast<uintptr_t>(bytes_.data());
    return bytes_.data() + ((at + 63) / 64 * 64 - at);
  }

 private:
  std::vector<std::byte> bytes_;
};

// A matrix of a type with activations, and what their product has to be.
struct Problem {
  WeightType type;
  size_t rows, cols, tokens;
  std::vector<std::byte> weights;
  std::vector<float> x;
  std::vector<ReferenceValue> expected;  // (tokens, rows)

  size_t row_bytes() const { return cols / info(type).block_size * info(type).block_bytes; }

  void find_expected() {
    expected.clear();
    for (size_t t = 0; t < tokens; t++) {
      for (size_t r = 0; r < rows; r++) {
        expected.push_back(
            product_reference(type, weights.data() + r * row_bytes(), x.data() + t * cols, cols));
      }
    }
  }
};

Problem random_problem(WeightType type, size_t rows, size_t cols, size_t tokens) {
  std::mt19937 random(static_cast<uint32_t>(rows * 7919 + cols * 31 + tokens + static_cast<size_t>(type)));
  Problem p{type,
            rows,
            cols,
            tokens,
            random_weights(type, rows * cols, random),
            random_floats(tokens * cols, random),
            {}};
  p.find_expected();
  return p;
}

constexpr float kUntouched = 12345.0f;

// y (tokens, stride) of the first `rows` rows and `tokens` tokens of a problem.
std::vector<float> multiply(const MatmulKernels& k, const Problem& p, size_t rows, size_t tokens,
                            size_t stride) {
  kernels::PackedMatrix w{p.type, rows, p.cols, nullptr, kernels::panel_bytes(p.type, p.cols)};
  AlignedBytes packed(w.panels() * w.panel_bytes);
  EXPECT_TRUE(
      kernels::pack_panels(p.type, p.weights.data(), rows, p.cols, 0, w.panels(), packed.data()).finite);
  w.data = packed.data();
  const auto form = kernels::activation_type(p.type);
  AlignedBytes activations(k.activation_bytes(form, tokens, p.cols));
  k.pack_activations(form, p.x.data(), p.cols, tokens, p.cols, 0, tokens, activations.data());
  std::vector<float> y(tokens * stride, kUntouched);
  k.matmul(w, activations.data(), tokens, 0, w.panels(), y.data(), stride);
  return y;
}

// Number of values compared.
size_t expect_product(const MatmulKernels& k, const Problem& p, size_t rows, size_t tokens) {
  const size_t stride = rows + 3;
  const std::vector<float> y = multiply(k, p, rows, tokens, stride);
  size_t compared = 0, wrong = 0;
  for (size_t t = 0; t < tokens; t++) {
    for (size_t r = 0; r < stride; r++) {
      const float got = y[t * stride + r],
                  want = r < rows ? p.expected[t * p.rows + r].canonical : kUntouched;
      const bool same =
          std::isnan(want) ? std::isnan(got) : std::bit_cast<uint32_t>(got) == std::bit_cast<uint32_t>(want);
      if (!same && wrong++ == 0) {
        ADD_FAILURE() << info(p.type).name << " rows " << rows << " cols " << p.cols << " tokens " << tokens
                      << ": row " << r << " token " << t << " is " << got << ", expected " << want;
      }
      compared++;
    }
  }
  EXPECT_EQ(wrong, 0u);
  return compared;
}

std::vector<size_t> column_counts(WeightType type) {
  if (is_plain_type(type)) return {1, 2, 3, 4, 5, 7, 67, 256};
  if (info(type).block_size == 32) return {32, 64, 96, 256, 288, 544};
  return {256, 512, 768, 1280};
}

class Matmul : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!GetParam().supported) GTEST_SKIP() << "this machine cannot run " << GetParam().name;
  }
  const MatmulKernels& kernels() { return *GetParam().kernels; }
};

TEST_P(Matmul, GivesTheDefinedBitsForAllTokenCounts) {
  size_t compared = 0;
  for (const auto& t : weight_types()) {
    for (size_t cols : column_counts(t.type)) {
      const Problem p = random_problem(t.type, 33, cols, 33);
      for (size_t tokens = 1; tokens <= 33; tokens++) compared += expect_product(kernels(), p, 33, tokens);
    }
  }
  EXPECT_GT(compared, 15u * 4 * 33 * 17 * 33);
}

TEST_P(Matmul, GivesTheDefinedBitsForAllRowCounts) {
  size_t compared = 0;
  for (const auto& t : weight_types()) {
    const Problem p = random_problem(t.type, 33, t.block_size == 1 ? 67 : 512, 9);
    for (size_t rows = 1; rows <= 33; rows++) {
      compared += expect_product(kernels(), p, rows, 1);
      compared += expect_product(kernels(), p, rows, 9);
    }
  }
  EXPECT_GT(compared, 15u * 33 * 17 * 10);
}

TEST_P(Matmul, GivesTheDefinedBitsForManyTokens) {
  size_t compared = 0;
  for (const auto& t : weight_types()) {
    const Problem p = random_problem(t.type, 18, t.block_size == 1 ? 67 : 512, 270);
    for (size_t tokens : {64u, 127u, 128u, 129u, 270u}) compared += expect_product(kernels(), p, 18, tokens);
  }
  EXPECT_GT(compared, 0u);
}

// More than a kernel keeps in its caches at once.
TEST_P(Matmul, GivesTheDefinedBitsForMoreThanTheCachesHold) {
  size_t compared = 0;
  for (WeightType type : {WeightType::Q4_K, WeightType::Q6_K, WeightType::Q8_0}) {
    const Problem p = random_problem(type, 33, 2560, 521);
    compared += expect_product(kernels(), p, 33, 521);
  }
  EXPECT_GT(compared, 0u);
}

// No intermediate value saturates or wraps: all bytes extreme, activations at +-127.
TEST_P(Matmul, IsExactAtExtremeValues) {
  size_t compared = 0;
  for (const auto& t : weight_types()) {
    if (t.block_size == 1) continue;
    for (int byte : {0x00, 0xff, 0x80, 0x7f, 0x77, 0x88, 0x0f, 0xf0}) {
      Problem p{t.type, 17, 512, 9, {}, std::vector<float>(9 * 512), {}};
      p.weights.assign(17 * p.row_bytes(), static_cast<std::byte>(byte));
      for (size_t at = 0; at < p.weights.size(); at += t.block_bytes) {
        for (size_t o : scale_offsets(t.type)) put16(&p.weights[at + o], 0x3c00);
      }
      for (size_t i = 0; i < p.x.size(); i++) {
        const size_t token = i / 512;
        p.x[i] = token % 3 == 0 ? 1.0f : token % 3 == 1 ? -1.0f : i % 2 ? 1.0f : -1.0f;
      }
      p.find_expected();
      for (size_t tokens : {1u, 2u, 4u, 9u}) compared += expect_product(kernels(), p, 17, tokens);
    }
  }
  EXPECT_GT(compared, 0u);
}

TEST_P(Matmul, TurnsNonFiniteActivationsIntoNaNOfTheirTokenOnly) {
  for (const auto& t : weight_types()) {
    if (t.block_size == 1) continue;
    for (float bad : {NAN, INFINITY, -INFINITY}) {
      Problem p = random_problem(t.type, 16, 512, 9);
      p.x[5 * 512 + 300] = bad;
      p.find_expected();
      ASSERT_TRUE(std::isnan(p.expected[5 * 16].canonical));
      ASSERT_FALSE(std::isnan(p.expected[4 * 16].canonical));
      expect_product(kernels(), p, 16, 9);
      p.x.erase(p.x.begin(), p.x.begin() + 5 * 512);  // first and only token, too
      p.tokens = 1;
      p.find_expected();
      expect_product(kernels(), p, 16, 1);
    }
  }
}

TEST_P(Matmul, QuantisesTinyHugeAndZeroActivationsAsDefined) {
  for (const auto& t : weight_types()) {
    Problem p = random_problem(t.type, 16, 512, 6);
    for (size_t i = 0; i < 512; i++) {
      p.x[i] = 0;
      p.x[512 + i] *= 0x1p-101f;
      p.x[1024 + i] *= 0x1p-99f;
      p.x[1536 + i] *= 0x1p127f;
      p.x[2048 + i] = i % 2 ? 0x1p-149f : -0.0f;
      p.x[2560 + i] = static_cast<float>(static_cast<int>(i % 255) - 127) / 2;  // ties
    }
    p.find_expected();
    expect_product(kernels(), p, 16, 6);
  }
}

TEST_P(Matmul, WritesOnlyTheAskedPanels) {
  const Problem p = random_problem(WeightType::Q4_K, 50, 256, 5);
  kernels::PackedMatrix w{p.type, 50, 256, nullptr, kernels::panel_bytes(p.type, 256)};
  AlignedBytes packed(w.panels() * w.panel_bytes);
  kernels::pack_panels(p.type, p.weights.data(), 50, 256, 0, 4, packed.data());
  w.data = packed.data();
  AlignedBytes activations(kernels().activation_bytes(kernels::ActivationType::q8_block256, 5, 256));
  for (size_t t = 0; t < 5; t++) {  // row by row, as callers do
    kernels().pack_activations(kernels::ActivationType::q8_block256, p.x.data() + t * 256, 0, 5, 256, t,
                               t + 1, activations.data());
  }
  std::vector<float> y(5 * 50, kUntouched);
  kernels().matmul(w, activations.data(), 5, 1, 2, y.data(), 50);
  for (size_t i = 0; i < y.size(); i++) {
    const bool asked = i % 50 / kPanelRows == 1;
    EXPECT_EQ(y[i], asked ? p.expected[i].canonical : kUntouched) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, Matmul, testing::ValuesIn(isas()),
                         [](const auto& param) { return std::string(param.param.name); });

// The definition itself: within the rounding errors of its f32 operations of f64.
TEST(MatmulDefinition, IsWithinItsRoundingErrorsOfDoubles) {
  size_t compared = 0;
  for (const auto& t : weight_types()) {
    for (size_t cols : column_counts(t.type)) {
      for (const ReferenceValue& v : random_problem(t.type, 33, cols, 3).expected) {
        ASSERT_LE(std::fabs(v.canonical - v.exact), v.bound) << t.name << " " << cols;
        compared++;
      }
    }
  }
  EXPECT_GT(compared, 0u);
}

}  // namespace
}  // namespace reckon::test
