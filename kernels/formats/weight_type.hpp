// The weight types of GGUF files that reckon reads: names, ids, block sizes. Known to loaders, kernels and
// tools alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace reckon {

// Our own dense numbering, usable as a table index; the ids in files are WeightTypeInfo::gguf_id.
enum class WeightType : uint8_t {
  F32,
  F16,
  BF16,
  Q8_0,
  Q4_0,
  Q4_1,
  Q5_0,
  Q5_1,
  Q2_K,
  Q3_K,
  Q4_K,
  Q5_K,
  Q6_K,
  IQ4_NL,
  IQ4_XS,
};

struct WeightTypeInfo {
  WeightType type;
  const char* name;      // as GGUF tools print it, "Q4_K"
  uint32_t gguf_id;      // the id in a tensor's header
  uint32_t block_size;   // weights per block, along a row; a row is a whole number of blocks
  uint32_t block_bytes;  // bytes of a block in the file
};

// All supported types, indexed by WeightType.
std::span<const WeightTypeInfo> weight_types();

inline const WeightTypeInfo& info(WeightType type) { return weight_types()[static_cast<size_t>(type)]; }

// nullptr for an id that reckon does not read.
const WeightTypeInfo* find_weight_type(uint32_t gguf_id);

}  // namespace reckon
