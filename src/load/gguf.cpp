#include "load/gguf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "load/checked.hpp"
#include "load/gguf_reader.hpp"
#include "load/gguf_values.hpp"
#include "support/quoted.hpp"

namespace reckon::load {
namespace {

constexpr uint32_t kMagic = 0x46554747;                      // "GGUF"
constexpr uint64_t kMinTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;  // one byte of name, one dimension
// A view, its name and shape beyond the view, its extent, its places in the indices.
constexpr uint64_t kTensorMemory = sizeof(TensorView) + 128;

struct Header {
  uint32_t version = 0;
  uint64_t n_tensors = 0;
  uint64_t n_keys = 0;
};

struct Extent {  // within the data section
  uint64_t offset = 0;
  uint64_t size = 0;
};

// What people hand over instead of a GGUF file now and then.
std::string what_it_is_instead(std::string_view text) {
  if (text.starts_with("version https://git-lfs"))
    return "; this is a Git LFS pointer, the model is still to be fetched";
  for (const auto* old : {"lmgg", "fmgg", "tjgg", "algg"}) {
    if (text.starts_with(old)) return "; this is a GGML file from before GGUF, to be converted";
  }
  if (text.starts_with("FUGG")) return "; this is a GGUF file with its bytes in reverse order";
  return "";
}

void check_version(const GgufReader& reader, uint32_t version) {
  if (version == 2 || version == 3) return;
  std::string found = fmt::format("found GGUF version {}", version);
  const uint32_t swapped = __builtin_bswap32(version);
  if (version != 0 && swapped <= 0xffff)
    found = fmt::format("found a big-endian GGUF file (version {})", swapped);
  reader.fail(ErrorCode::unsupported, found + ", expected version 2 or 3, little endian");
}

[[noreturn]] void fail_magic(GgufReader& reader, uint32_t magic) {
  std::string text(reinterpret_cast<const char*>(&magic), sizeof magic);
  const std::string found = support::quoted(text);
  const auto more = reader.take(std::min<uint64_t>(reader.remaining(), 36), "beginning");
  text.append(reinterpret_cast<const char*>(more.data()), more.size());
  reader.fail(ErrorCode::malformed_file,
              fmt::format("not a GGUF file: found {} at the beginning, expected \"GGUF\"{}", found,
                          what_it_is_instead(text)));
}

Header read_header(GgufReader& reader) {
  const auto magic = reader.read<uint32_t>("magic");
  if (magic != kMagic) fail_magic(reader, magic);
  Header header;
  header.version = reader.read<uint32_t>("version");
  check_version(reader, header.version);
  header.n_tensors = reader.read<uint64_t>("tensor count");
  header.n_keys = reader.read<uint64_t>("key count");
  return header;
}

// Types that exist in GGUF files but not in reckon, so that a message can name them.
const char* name_of_other_type(uint32_t id) {
  switch (id) {
    case 9: return "Q8_1";
    case 15: return "Q8_K";
    case 16: return "IQ2_XXS";
    case 17: return "IQ2_XS";
    case 18: return "IQ3_XXS";
    case 19: return "IQ1_S";
    case 21: return "IQ3_S";
    case 22: return "IQ2_S";
    case 24: return "I8";
    case 25: return "I16";
    case 26: return "I32";
    case 27: return "I64";
    case 28: return "F64";
    case 29: return "IQ1_M";
    case 34: return "TQ1_0";
    case 35: return "TQ2_0";
    case 39: return "MXFP4";
    default: return "unknown";
  }
}

const WeightTypeInfo& read_weight_type(GgufReader& reader) {
  const auto id = reader.read<uint32_t>("weight type");
  if (const auto* type = find_weight_type(id)) return *type;
  std::string supported;
  for (const auto& type : weight_types())
    supported += fmt::format("{}{}", supported.empty() ? "" : ", ", type.name);
  reader.fail(ErrorCode::unsupported, fmt::format("found weight type id {} ({}), expected one of {}", id,
                                                  name_of_other_type(id), supported));
}

std::string read_tensor_name(GgufReader& reader) {
  const auto name = reader.read_string("tensor name", kMaxTensorNameBytes);
  if (name.empty()) reader.fail(ErrorCode::malformed_file, "the tensor's name is empty");
  const bool has_control =
      std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (has_control) {
    reader.fail(ErrorCode::malformed_file,
                fmt::format("the name {} has a NUL or control character", support::quoted(name)));
  }
  return std::string(name);
}

std::vector<uint64_t> read_shape(GgufReader& reader) {
  const auto n_dims = reader.read<uint32_t>("dimension count");
  if (n_dims == 0 || n_dims > kMaxDims) {
    reader.fail(ErrorCode::malformed_file,
                fmt::format("found {} dimensions, expected 1 to {}", n_dims, kMaxDims));
  }
  std::vector<uint64_t> shape(n_dims);
  for (uint32_t i = 0; i < n_dims; ++i) {
    shape[i] = reader.read<uint64_t>("dimension");
    if (shape[i] == 0)
      reader.fail(ErrorCode::malformed_file, fmt::format("dimension {} is 0, expected at least 1", i));
  }
  return shape;
}

uint64_t size_in_file(const GgufReader& reader, const std::vector<uint64_t>& shape,
                      const WeightTypeInfo& type) {
  if (shape[0] % type.block_size != 0) {
    reader.fail(ErrorCode::malformed_file,
                fmt::format("a row has {} weights, expected a multiple of {}, the block of {}", shape[0],
                            type.block_size, type.name));
  }
  // The count of weights has to fit too: it is at least the bytes' count for no type but the widest.
  std::optional<uint64_t> weights = shape[0];
  std::optional<uint64_t> bytes = checked_mul(shape[0] / type.block_size, type.block_bytes);
  for (size_t i = 1; i < shape.size(); ++i) {
    weights = weights ? checked_mul(*weights, shape[i]) : weights;
    bytes = bytes ? checked_mul(*bytes, shape[i]) : bytes;
  }
  if (!weights || !bytes) {
    reader.fail(ErrorCode::malformed_file, fmt::format("the size of shape [{}] in {} does not fit 64 bits",
                                                       fmt::join(shape, ", "), type.name));
  }
  return *bytes;
}

std::string place_of(const TensorView& tensor) { return "tensor " + support::quoted(tensor.name); }

// Everything of a tensor but its bytes, whose place is known once all tensors have been read.
TensorView read_tensor(GgufReader& reader, uint64_t alignment, Extent& extent) {
  TensorView tensor;
  tensor.name = read_tensor_name(reader);
  reader.enter(place_of(tensor));
  tensor.shape = read_shape(reader);
  const WeightTypeInfo& type = read_weight_type(reader);
  tensor.type = type.type;
  extent.size = size_in_file(reader, tensor.shape, type);
  extent.offset = reader.read<uint64_t>("data offset");
  if (extent.offset % alignment != 0) {
    reader.fail(
        ErrorCode::malformed_file,
        fmt::format("the data begins at offset {}, expected a multiple of {}", extent.offset, alignment));
  }
  return tensor;
}

void check_no_overlap(GgufReader& reader, const std::vector<TensorView>& tensors,
                      const std::vector<Extent>& extents) {
  std::vector<uint32_t> order(tensors.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return extents[a].offset < extents[b].offset; });
  for (size_t i = 1; i < order.size(); ++i) {
    const Extent& before = extents[order[i - 1]];
    if (before.offset + before.size > extents[order[i]].offset) {
      reader.enter(place_of(tensors[order[i]]));
      reader.fail(ErrorCode::malformed_file,
                  fmt::format("its data overlaps that of {}", place_of(tensors[order[i - 1]])));
    }
  }
}

// Gives each tensor its bytes in the data section, which begins after the padding that follows the last
// tensor's entry.
void place_tensors(GgufReader& reader, uint64_t alignment, std::vector<TensorView>& tensors,
                   const std::vector<Extent>& extents) {
  const auto begin = checked_align_up(reader.position(), alignment);
  const uint64_t data_size = begin && *begin <= reader.size() ? reader.size() - *begin : 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto end = checked_add(extents[i].offset, extents[i].size);
    if (!end || *end > data_size) {
      reader.enter(place_of(tensors[i]));
      reader.fail(
          ErrorCode::malformed_file,
          fmt::format(
              "its {} bytes at offset {} of the data lie beyond the end of the file, which has {} bytes "
              "of data",
              extents[i].size, extents[i].offset, data_size));
    }
    tensors[i].offset = *begin + extents[i].offset;
    tensors[i].bytes = extents[i].size;
  }
}

std::vector<TensorView> read_tensors(GgufReader& reader, uint64_t count, uint64_t alignment) {
  reader.enter("tensor list");
  reader.require_room(count, kMinTensorBytes, "tensors");
  reader.charge(count * kTensorMemory);
  std::vector<TensorView> tensors;
  std::vector<Extent> extents(count);
  tensors.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    reader.enter(fmt::format("tensor {} of {}", i + 1, count));
    tensors.push_back(read_tensor(reader, alignment, extents[i]));
  }
  place_tensors(reader, alignment, tensors, extents);
  check_no_overlap(reader, tensors, extents);
  return tensors;
}

}  // namespace

GgufContents parse_gguf(const ByteSource& source, const OpenOptions& options) {
  GgufReader reader(source, options.max_metadata_bytes);
  const Header header = read_header(reader);
  GgufContents contents{header.version, Metadata(source.name()), {}};
  const uint64_t alignment = read_key_values(reader, header.n_keys, contents.metadata);
  contents.tensors = read_tensors(reader, header.n_tensors, alignment);
  return contents;
}

}  // namespace reckon::load
