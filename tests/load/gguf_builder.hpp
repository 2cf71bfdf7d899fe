// Small GGUF files for tests, valid ones and deliberately broken ones, in memory.
//
//   auto bytes = GgufBuilder().key("general.architecture", "qwen2").tensor("norm.weight", WeightType::F32,
//   {8}).build(); patch<uint32_t>(bytes, position_after(bytes, "norm.weight"), 9);  // nine dimensions
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/formats/weight_type.hpp"

namespace reckon::test {

using Bytes = std::vector<std::byte>;

// Ids of value types in files.
enum GgufType : uint32_t { kU8, kI8, kU16, kI16, kU32, kI32, kF32, kBool, kString, kArray, kU64, kI64, kF64 };

template <class T>
constexpr GgufType gguf_type_of() {
  if constexpr (std::is_same_v<T, bool>) return kBool;
  if constexpr (std::is_same_v<T, uint8_t>) return kU8;
  if constexpr (std::is_same_v<T, int8_t>) return kI8;
  if constexpr (std::is_same_v<T, uint16_t>) return kU16;
  if constexpr (std::is_same_v<T, int16_t>) return kI16;
  if constexpr (std::is_same_v<T, uint32_t>) return kU32;
  if constexpr (std::is_same_v<T, int32_t>) return kI32;
  if constexpr (std::is_same_v<T, uint64_t>) return kU64;
  if constexpr (std::is_same_v<T, int64_t>) return kI64;
  if constexpr (std::is_same_v<T, float>) return kF32;
  if constexpr (std::is_same_v<T, double>) return kF64;
  if constexpr (std::is_same_v<T, std::string>) return kString;
}

inline void put_bytes(Bytes& out, std::string_view text) {
  const size_t at = out.size();
  out.resize(at + text.size());
  if (!text.empty()) std::memcpy(out.data() + at, text.data(), text.size());
}

inline Bytes to_bytes(std::string_view text) {
  Bytes out;
  put_bytes(out, text);
  return out;
}

// Appends a value as a file has it; strings with their length.
template <class T>
void put(Bytes& out, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    put<uint64_t>(out, value.size());
    put_bytes(out, value);
  } else {
    static_assert(std::is_arithmetic_v<T>);
    const size_t at = out.size();
    out.resize(at + sizeof(T));
    std::memcpy(out.data() + at, &value, sizeof(T));
  }
}

template <class T>
void patch(Bytes& bytes, size_t position, T value) {
  static_assert(std::is_arithmetic_v<T>);
  if (position + sizeof(T) > bytes.size()) throw std::out_of_range("patch beyond the end of the file");
  std::memcpy(bytes.data() + position, &value, sizeof(T));
}

// Where `text` first occurs, and where it ends.
inline size_t position_of(const Bytes& bytes, std::string_view text) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const size_t at = all.find(text);
  if (at == std::string_view::npos) throw std::out_of_range("no such text in the file: " + std::string(text));
  return at;
}
inline size_t position_after(const Bytes& bytes, std::string_view text) {
  return position_of(bytes, text) + text.size();
}

inline void write_file(const std::string& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("can't write " + path);
}

// Bytes that a tensor of whole rows takes.
inline uint64_t tensor_bytes(WeightType type, const std::vector<uint64_t>& shape) {
  uint64_t bytes = shape[0] / info(type).block_size * info(type).block_bytes;
  for (size_t i = 1; i < shape.size(); ++i) bytes *= shape[i];
  return bytes;
}

class GgufBuilder {
 public:
  explicit GgufBuilder(uint32_t version = 3) : version_(version) {}

  // Any arithmetic type (its width is the file's), bool, string.
  template <class T>
  GgufBuilder& key(const std::string& name, const T& value) {
    if constexpr (std::is_convertible_v<T, std::string>) {
      return raw_key(name, kString, value_bytes(std::string(value)));
    } else {
      return raw_key(name, gguf_type_of<T>(), value_bytes(value));
    }
  }

  template <class T>
  GgufBuilder& array(const std::string& name, const std::vector<T>& values) {
    Bytes content;
    put<uint32_t>(content, gguf_type_of<T>());
    put<uint64_t>(content, values.size());
    for (size_t i = 0; i < values.size(); ++i) put<T>(content, values[i]);
    return raw_key(name, kArray, std::move(content));
  }

  // A key with any type id and any bytes as its value.
  GgufBuilder& raw_key(const std::string& name, uint32_t type, Bytes value) {
    put(keys_, name);
    put(keys_, type);
    keys_.insert(keys_.end(), value.begin(), value.end());
    ++n_keys_;
    return *this;
  }

  // Where the builder puts tensors; the file says so only by key("general.alignment", uint32_t{n}).
  GgufBuilder& align(uint64_t alignment) {
    alignment_ = alignment;
    return *this;
  }

  // A tensor of zeros, behind the tensors before it.
  GgufBuilder& tensor(const std::string& name, WeightType type, std::vector<uint64_t> shape) {
    Bytes content(tensor_bytes(type, shape));
    return tensor(name, type, std::move(shape), std::move(content));
  }
  GgufBuilder& tensor(const std::string& name, WeightType type, std::vector<uint64_t> shape, Bytes content) {
    return raw_tensor(name, info(type).gguf_id, std::move(shape), std::nullopt, std::move(content));
  }

  // Any type id, shape and offset; `content` is appended (aligned) to the data whatever the offset says.
  GgufBuilder& raw_tensor(const std::string& name, uint32_t type_id, std::vector<uint64_t> shape,
                          std::optional<uint64_t> offset, Bytes content) {
    tensors_.push_back({name, type_id, std::move(shape), offset, std::move(content)});
    return *this;
  }

  // Counts in the header other than the true ones.
  GgufBuilder& claim_keys(uint64_t count) {
    claimed_keys_ = count;
    return *this;
  }
  GgufBuilder& claim_tensors(uint64_t count) {
    claimed_tensors_ = count;
    return *this;
  }

  // The file up to the end of the last tensor, without padding behind it.
  Bytes build() const {
    Bytes out = build_metadata(), data;
    if (tensors_.empty()) return out;
    out.resize(align_up(out.size()));
    for (const Tensor& t : tensors_) {
      data.resize(align_up(data.size()));
      data.insert(data.end(), t.content.begin(), t.content.end());
    }
    out.insert(out.end(), data.begin(), data.end());
    return out;
  }

  // The part before the padding and the data.
  Bytes build_metadata() const {
    Bytes out = to_bytes("GGUF");
    put(out, version_);
    put<uint64_t>(out, claimed_tensors_.value_or(tensors_.size()));
    put<uint64_t>(out, claimed_keys_.value_or(n_keys_));
    out.insert(out.end(), keys_.begin(), keys_.end());
    uint64_t end = 0;
    for (const Tensor& t : tensors_) {
      put(out, t.name);
      put(out, static_cast<uint32_t>(t.shape.size()));
      for (const uint64_t dim : t.shape) put(out, dim);
      put(out, t.type_id);
      put<uint64_t>(out, t.offset.value_or(align_up(end)));
      end = align_up(end) + t.content.size();
    }
    return out;
  }

 private:
  struct Tensor {
    std::string name;
    uint32_t type_id;
    std::vector<uint64_t> shape;
    std::optional<uint64_t> offset;
    Bytes content;
  };

  template <class T>
  static Bytes value_bytes(const T& value) {
    Bytes out;
    put(out, value);
    return out;
  }

  uint64_t align_up(uint64_t n) const { return (n + alignment_ - 1) / alignment_ * alignment_; }

  uint32_t version_;
  uint64_t alignment_ = 32;
  uint64_t n_keys_ = 0;
  Bytes keys_;
  std::vector<Tensor> tensors_;
  std::optional<uint64_t> claimed_keys_, claimed_tensors_;
};

}  // namespace reckon::test
