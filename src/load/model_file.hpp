// A model file after its checks: metadata and where the tensors lie. Everything that model/ and text/ read of
// a file goes through here; nothing past this point sees an unchecked size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/formats/weight_type.hpp"

namespace reckon::load {

class ByteSource;
class Metadata;

// A checked tensor: its bytes, row-major blocks of `type`, lie within the file; the shape's product fits
// their count exactly.
struct TensorView {
  std::string name;
  WeightType type = WeightType::F32;
  std::vector<uint64_t> shape;  // GGUF order, 1 to 4 entries: shape[0] is the length of a row (columns)
  uint64_t offset = 0;          // in its file
  uint64_t bytes = 0;
  uint32_t part = 0;  // which file of a split model

  uint64_t cols() const { return shape[0]; }
  uint64_t rows() const;  // product of shape[1..]
};

struct OpenOptions {
  // Memory that keys, values and tensor list of a file may take once read; more is Error(unsupported).
  uint64_t max_metadata_bytes = uint64_t{1} << 30;
};

// One model, from one file or all parts of a split one (-00001-of-0000N.gguf). Immutable, shareable between
// threads.
class ModelFile {
 public:
  // Opens and checks. Throws Error(io | malformed_file | unsupported | out_of_memory), the message naming
  // path and key or tensor, and Error(invalid_argument) if `path` is a later part of a split model or its
  // name is not a part's.
  static std::shared_ptr<const ModelFile> open(const std::string& path, const OpenOptions& options = {});
  // The same from bytes that outlive the ModelFile (the embedded model); `name` stands for the path in
  // messages.
  static std::shared_ptr<const ModelFile> from_memory(std::span<const std::byte> bytes,
                                                      const std::string& name,
                                                      const OpenOptions& options = {});
  // The same from any source of bytes, which can't be a part of a split model.
  static std::shared_ptr<const ModelFile> from_source(std::unique_ptr<const ByteSource> source,
                                                      const OpenOptions& options = {});
  virtual ~ModelFile() = default;

  virtual const std::string& name() const = 0;  // path of the (first) file
  virtual uint64_t file_bytes() const = 0;      // of all parts
  virtual uint32_t version() const = 0;         // GGUF version
  virtual const Metadata& metadata() const = 0;
  virtual std::span<const TensorView> tensors() const = 0;
  virtual const TensorView* find_tensor(std::string_view tensor_name) const = 0;
  // Copies bytes of a tensor, from `begin` within it on, into `to`; all of them lie within the tensor. Any
  // number of threads may read at once. Throws Error(io): a file that has become too short is an error, not a
  // signal (byte_source.hpp says more).
  virtual void read(const TensorView& tensor, uint64_t begin, std::span<std::byte> to) const = 0;
  // Throws Error(io) if a file has become shorter since it was opened, even where nothing is read any more.
  virtual void check_unchanged() const = 0;
};

}  // namespace reckon::load
