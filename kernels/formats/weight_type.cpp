#include "kernels/formats/weight_type.hpp"

#include <iterator>

#include "kernels/formats/formats.hpp"

namespace reckon {
namespace {

using namespace kernels;

template <class F>
constexpr WeightTypeInfo row(const char* name, uint32_t gguf_id) {
  if constexpr (is_plain<F>) {
    return {F::kType, name, gguf_id, 1, sizeof(typename F::Word)};
  } else {
    return {F::kType, name, gguf_id, F::kCols, sizeof(typename F::Block)};
  }
}

constexpr WeightTypeInfo kTypes[] = {
    row<PlainF32>("F32", 0), row<PlainF16>("F16", 1),   row<PlainBf16>("BF16", 30), row<Q8_0>("Q8_0", 8),
    row<Q4_0>("Q4_0", 2),    row<Q4_1>("Q4_1", 3),      row<Q5_0>("Q5_0", 6),       row<Q5_1>("Q5_1", 7),
    row<Q2_K>("Q2_K", 10),   row<Q3_K>("Q3_K", 11),     row<Q4_K>("Q4_K", 12),      row<Q5_K>("Q5_K", 13),
    row<Q6_K>("Q6_K", 14),   row<IQ4_NL>("IQ4_NL", 20), row<IQ4_XS>("IQ4_XS", 23),
};

constexpr bool in_order() {
  for (size_t i = 0; i < std::size(kTypes); i++) {
    if (static_cast<size_t>(kTypes[i].type) != i) return false;
  }
  return true;
}
static_assert(in_order(), "info() takes the type as the index");

}  // namespace

std::span<const WeightTypeInfo> weight_types() { return kTypes; }

const WeightTypeInfo* find_weight_type(uint32_t gguf_id) {
  for (const auto& t : kTypes) {
    if (t.gguf_id == gguf_id) return &t;
  }
  return nullptr;
}

}  // namespace reckon
