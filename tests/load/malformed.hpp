// Broken GGUF files: what is wrong with each, and what the error has to name.
#pragma once

#include <ostream>
#include <reckon/error.hpp>
#include <string>
#include <vector>

#include "gguf_builder.hpp"

namespace reckon::test {

inline constexpr uint64_t kHuge = ~uint64_t{0};
inline constexpr ErrorCode kMalformed = ErrorCode::malformed_file;
inline constexpr ErrorCode kUnsupported = ErrorCode::unsupported;

struct MalformedFile {
  std::string name;  // letters, digits, underscores
  Bytes bytes;
  ErrorCode code = ErrorCode::malformed_file;
  std::vector<std::string> message_parts;  // the message has all of these, and the file's name
};

inline void PrintTo(const MalformedFile& file, std::ostream* out) { *out << file.name; }

// Keys of several types and tensors of three; every case begins from it or from an empty file.
inline GgufBuilder small_model(uint32_t version = 3) {
  GgufBuilder b(version);
  b.key("general.architecture", "qwen2").key("test.count", uint32_t{7}).key("test.flag", true);
  b.array<std::string>("test.words", {"one", "two", "three"}).array<int32_t>("test.numbers", {1, -2, 3});
  b.tensor("token_embd.weight", WeightType::Q8_0, {32, 4})
      .tensor("output.weight", WeightType::Q4_K, {256, 2});
  b.tensor("norm.weight", WeightType::F32, {32});
  return b;
}

std::vector<MalformedFile> malformed_headers();
std::vector<MalformedFile> malformed_keys();
std::vector<MalformedFile> malformed_arrays();
std::vector<MalformedFile> malformed_alignments();
std::vector<MalformedFile> malformed_tensors();
std::vector<MalformedFile> malformed_extents();

}  // namespace reckon::test
