// Decoders against the gguf package's, encoders against the grids they round to, packing of what is not
// finite.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "formats/random_rows.hpp"
#include "kernels/formats/half.hpp"
#include "kernels/formats/pack.hpp"
#include "kernels/kernels.hpp"

namespace reckon::test {
namespace {

nlohmann::json goldens() {
  std::ifstream in(RECKON_SOURCE_DIR "/tests/golden/format_goldens.json");
  return nlohmann::json::parse(in);
}

std::vector<std::byte> from_hex(const std::string& hex) {
  std::vector<std::byte> out;
  for (size_t i = 0; i < hex.size(); i += 2) {
    out.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return out;
}

std::vector<float> decode(WeightType type, const std::vector<std::byte>& bytes) {
  std::vector<float> out(bytes.size() / info(type).block_bytes * info(type).block_size);
  kernels::decode_row(type, bytes.data(), out.size(), out.data());
  return out;
}

std::string hex_bits(const std::vector<float>& values) {
  std::string out;
  char word[9];
  for (float v : values) {
    std::snprintf(word, sizeof word, "%08x", std::bit_cast<uint32_t>(v));
    out += word;
  }
  return out;
}

TEST(Formats, DecodeAsTheGgufPackageDoes) {
  const auto want = goldens();
  ASSERT_EQ(want.size(), weight_types().size());
  for (const auto& t : weight_types()) {
    const auto& golden = want.at(t.name);
    EXPECT_EQ(hex_bits(decode(t.type, from_hex(golden.at("block")))), golden.at("values")) << t.name;
  }
}

// The bytes that make_format_goldens.py makes.
std::vector<std::byte> golden_bytes(WeightType type, size_t n_blocks) {
  const WeightTypeInfo& t = info(type);
  const size_t unit = is_plain_type(type) ? 8 * t.block_bytes : t.block_bytes;
  std::vector<std::byte> out(n_blocks * unit);
  uint64_t state = 1;
  for (auto& b : out) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    b = static_cast<std::byte>(state >> 56);
  }
  for (size_t at = 0; at < out.size(); at += t.block_bytes) {
    if (is_plain_type(type)) out[at + t.block_bytes - 1] &= std::byte{0xbf};
    if (is_plain_type(type)) continue;
    for (size_t o : scale_offsets(type)) out[at + o + 1] &= std::byte{0xbf};
  }
  return out;
}

TEST(Formats, DecodeManyBlocksAsTheGgufPackageDoes) {
  const auto want = goldens();
  for (const auto& t : weight_types()) {
    const std::vector<float> values = decode(t.type, golden_bytes(t.type, 257));
    const size_t first = values.size() / 257;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = first; i < values.size(); i++) {
      const auto bits = std::bit_cast<uint32_t>(values[i]);
      for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ (bits >> shift & 255)) * 0x100000001b3u;
    }
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    EXPECT_EQ(text, want.at(t.name).at("hash")) << t.name;
  }
}

// Relative error, root mean square over normally distributed rows, of encode_row; a wrong bit plane or scale
// costs far more.
double encoding_error(WeightType type) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> x(4096);
  for (auto& v : x) v = normal(random);
  std::vector<std::byte> bytes(x.size() / info(type).block_size * info(type).block_bytes);
  kernels::encode_row(type, x.data(), x.size(), bytes.data());
  const std::vector<float> y = decode(type, bytes);
  double error = 0, norm = 0;
  for (size_t i = 0; i < x.size(); i++) {
    error += std::pow(double{x[i]} - y[i], 2);
    norm += std::pow(x[i], 2);
  }
  return std::sqrt(error / norm);
}

TEST(Formats, EncodeWithinTheErrorOfTheirGrids) {
  const std::pair<WeightType, double> bounds[] = {
      {WeightType::F32, 0},      {WeightType::F16, 3e-4},   {WeightType::BF16, 2.5e-3},
      {WeightType::Q8_0, 0.008}, {WeightType::Q4_0, 0.11},  {WeightType::Q4_1, 0.09},
      {WeightType::Q5_0, 0.055}, {WeightType::Q5_1, 0.045}, {WeightType::Q2_K, 0.34},
      {WeightType::Q3_K, 0.19},  {WeightType::Q4_K, 0.09},  {WeightType::Q5_K, 0.05},
      {WeightType::Q6_K, 0.025}, {WeightType::IQ4_NL, 0.1}, {WeightType::IQ4_XS, 0.1},
  };
  ASSERT_EQ(std::size(bounds), weight_types().size());
  for (const auto& [type, bound] : bounds) {
    const double error = encoding_error(type);
    EXPECT_LE(error, bound) << info(type).name;
    EXPECT_GE(error, bound / 3) << info(type).name << ": the bound is too loose";
  }
}

TEST(Formats, EncodeZerosAsZeros) {
  const std::vector<float> zeros(256);
  for (const auto& t : weight_types()) {
    std::vector<std::byte> bytes(256 / t.block_size * t.block_bytes, std::byte{0xff});
    kernels::encode_row(t.type, zeros.data(), 256, bytes.data());
    for (float v : decode(t.type, bytes)) EXPECT_EQ(v, 0) << t.name;
  }
}

TEST(Formats, EncodeAnythingWithoutUndefinedBehaviour) {
  for (float bad : {NAN, INFINITY, -INFINITY, 3e38f, -3e38f, 1e-45f}) {
    std::vector<float> x(256, 1.0f);
    x[3] = x[200] = bad;
    for (const auto& t : weight_types()) {
      std::vector<std::byte> bytes(256 / t.block_size * t.block_bytes);
      kernels::encode_row(t.type, x.data(), 256, bytes.data());
      EXPECT_EQ(decode(t.type, bytes).size(), 256u);
    }
  }
}

TEST(Formats, ConvertAllHalvesThereAndBack) {
  size_t checked = 0;
  for (uint32_t h = 0; h < 65536; h++) {
    const auto half = static_cast<uint16_t>(h);
    if ((h & 0x7fff) > 0x7c00) {
      EXPECT_TRUE(std::isnan(kernels::f16_to_f32(half)));
      EXPECT_GT(kernels::f32_to_f16(kernels::f16_to_f32(half)) & 0x7fff, 0x7c00);
    } else {
      EXPECT_EQ(kernels::f32_to_f16(kernels::f16_to_f32(half)), half);
      checked++;
    }
  }
  EXPECT_EQ(checked, 2u * (0x7c00 + 1));
  EXPECT_EQ(kernels::f32_to_f16(65519.9f), 0x7bff);
  EXPECT_EQ(kernels::f32_to_f16(65520.0f), 0x7c00);
  EXPECT_EQ(kernels::f32_to_f16(0x1.002p0f), 0x3c00);  // ties to even
  EXPECT_EQ(kernels::f32_to_f16(0x1.006p0f), 0x3c02);
}

TEST(Packing, TakesLittleMoreThanTheFile) {
  for (const auto& t : weight_types()) {
    const auto file = static_cast<double>(16 * 4096 / t.block_size * t.block_bytes);
    const auto packed = static_cast<double>(kernels::panel_bytes(t.type, 4096));
    EXPECT_GE(packed, file) << t.name;
    EXPECT_LE(packed, file * 1.06) << t.name;
  }
}

TEST(Packing, NamesTheFirstRowWithAScaleThatIsNotFinite) {
  std::mt19937 random(3);
  size_t checked = 0;
  for (const auto& t : weight_types()) {
    const auto good = random_weights(t.type, 40 * 512, random);
    const size_t row_bytes = good.size() / 40, panel = kernels::panel_bytes(t.type, 512);
    std::vector<std::byte> packed(3 * panel + 64);
    std::byte* at = packed.data() + (64 - reinterpret_cast<uintptr_t>(packed.data()) % 64);
    EXPECT_TRUE(kernels::pack_panels(t.type, good.data(), 40, 512, 0, 3, at).finite) << t.name;
    for (size_t offset : scale_offsets(t.type)) {
      for (const uint16_t bad : std::initializer_list<uint16_t>{0x7c00, 0xfc00, 0x7e00}) {
        auto bytes = good;
        for (size_t row : {37u, 20u}) {
          std::byte* scale = &bytes[row * row_bytes + t.block_bytes + offset];
          if (t.type == WeightType::F32 || t.type == WeightType::BF16) {
            put16(scale + (t.block_bytes - 2), static_cast<uint16_t>(0x7f80));
          } else {
            put16(scale, bad);
          }
        }
        const auto result = kernels::pack_panels(t.type, bytes.data(), 40, 512, 0, 3, at);
        EXPECT_FALSE(result.finite) << t.name;
        EXPECT_EQ(result.bad_row, 20u) << t.name;
        EXPECT_EQ(kernels::pack_panels(t.type, bytes.data(), 40, 512, 2, 3, at).bad_row, 37u) << t.name;
        EXPECT_TRUE(kernels::pack_panels(t.type, bytes.data(), 40, 512, 0, 1, at).finite) << t.name;
        checked++;
      }
    }
  }
  EXPECT_GT(checked, 0u);
}

}  // namespace
}  // namespace reckon::test
