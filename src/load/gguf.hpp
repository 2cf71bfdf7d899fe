// GGUF: the container of model files. Versions 2 and 3, little endian.
//
//   u32 magic "GGUF", u32 version, u64 tensor count, u64 key count
//   per key:    string key, u32 value type, value        string: u64 length, bytes
//                                                        array: u32 element type, u64 count, elements
//   per tensor: string name, u32 n_dims, u64 dims[n_dims] (row length first), u32 weight type, u64 offset
//   padding to general.alignment (32 if absent), then the data section that tensor offsets count from
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/byte_source.hpp"
#include "load/metadata.hpp"
#include "load/model_file.hpp"

namespace reckon::load {

inline constexpr uint64_t kMaxKeys = 65536;          // files have some dozens
inline constexpr uint64_t kMaxKeyBytes = 65535;      // the format's own limit
inline constexpr uint64_t kMaxTensorNameBytes = 64;  // the format's own limit
inline constexpr uint32_t kMaxDims = 4;              // the format's own limit
inline constexpr uint64_t kDefaultAlignment = 32;
inline constexpr uint64_t kMinAlignment = 8;  // the format's own limit

struct GgufContents {
  uint32_t version = 0;
  Metadata metadata;
  std::vector<TensorView> tensors;  // in file order; names not yet compared
};

// Checks and describes a whole file. Throws Error(malformed_file | unsupported | io), the message naming the
// source and the key or tensor.
GgufContents parse_gguf(const ByteSource& source, const OpenOptions& options);

}  // namespace reckon::load
