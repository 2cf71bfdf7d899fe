// A tensor's bytes, read whole.
#pragma once

#include "gguf_builder.hpp"
#include "load/model_file.hpp"

namespace reckon::test {

inline Bytes bytes_of(const load::ModelFile& file, const load::TensorView& tensor) {
  Bytes bytes(tensor.bytes);
  file.read(tensor, 0, bytes);
  return bytes;
}

}  // namespace reckon::test
