#include "kernels/formats/weight_type.hpp"

#include <array>

namespace reckon {
namespace {

using enum WeightType;
constexpr std::array<WeightTypeInfo, 15> kTypes = {{
    {F32, "F32", 0, 1, 4},
    {F16, "F16", 1, 1, 2},
    {BF16, "BF16", 30, 1, 2},
    {Q8_0, "Q8_0", 8, 32, 34},
    {Q4_0, "Q4_0", 2, 32, 18},
    {Q4_1, "Q4_1", 3, 32, 20},
    {Q5_0, "Q5_0", 6, 32, 22},
    {Q5_1, "Q5_1", 7, 32, 24},
    {Q2_K, "Q2_K", 10, 256, 84},
    {Q3_K, "Q3_K", 11, 256, 110},
    {Q4_K, "Q4_K", 12, 256, 144},
    {Q5_K, "Q5_K", 13, 256, 176},
    {Q6_K, "Q6_K", 14, 256, 210},
    {IQ4_NL, "IQ4_NL", 20, 32, 18},
    {IQ4_XS, "IQ4_XS", 23, 256, 136},
}};

}  // namespace

std::span<const WeightTypeInfo> weight_types() { return kTypes; }

const WeightTypeInfo* find_weight_type(uint32_t gguf_id) {
  for (const auto& t : kTypes) {
    if (t.gguf_id == gguf_id) return &t;
  }
  return nullptr;
}

}  // namespace reckon
