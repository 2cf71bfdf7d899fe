#include "load/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <new>
#include <numeric>
#include <reckon/error.hpp>

#include "load/file_source.hpp"
#include "load/gguf.hpp"
#include "load/memory_source.hpp"
#include "load/metadata.hpp"
#include "load/split.hpp"
#include "support/quoted.hpp"

namespace reckon::load {
namespace {

using Sources = std::vector<std::unique_ptr<const ByteSource>>;  // the parts, in their order

class GgufModelFile final : public ModelFile {
 public:
  GgufModelFile(GgufContents contents, Sources parts);

  const std::string& name() const override { return parts_.front()->name(); }
  uint64_t file_bytes() const override;
  uint32_t version() const override { return contents_.version; }
  const Metadata& metadata() const override { return contents_.metadata; }
  std::span<const TensorView> tensors() const override { return contents_.tensors; }
  const TensorView* find_tensor(std::string_view tensor_name) const override;
  void read(const TensorView& tensor, uint64_t begin, std::span<std::byte> to) const override;
  void check_unchanged() const override;

 private:
  void check_names_differ() const;
  const std::string& file_of(const TensorView& tensor) const { return parts_[tensor.part]->name(); }

  GgufContents contents_;
  Sources parts_;
  std::vector<uint32_t> by_name_;  // indices of tensors, sorted by name
};

GgufModelFile::GgufModelFile(GgufContents contents, Sources parts)
    : contents_(std::move(contents)), parts_(std::move(parts)), by_name_(contents_.tensors.size()) {
  std::iota(by_name_.begin(), by_name_.end(), 0U);
  // Ties in file order, so that of two equal names the later one is reported.
  std::sort(by_name_.begin(), by_name_.end(), [this](uint32_t a, uint32_t b) {
    const int order = contents_.tensors[a].name.compare(contents_.tensors[b].name);
    return order != 0 ? order < 0 : a < b;
  });
  check_names_differ();
}

void GgufModelFile::check_names_differ() const {
  for (size_t i = 1; i < by_name_.size(); ++i) {
    const TensorView& first = contents_.tensors[by_name_[i - 1]];
    const TensorView& second = contents_.tensors[by_name_[i]];
    if (first.name == second.name) {
      throw Error(ErrorCode::malformed_file,
                  fmt::format("{}: tensor {}: the name appears twice{}", file_of(second),
                              support::quoted(second.name),
                              first.part == second.part ? "" : ", first in " + file_of(first)));
    }
  }
}

const TensorView* GgufModelFile::find_tensor(std::string_view tensor_name) const {
  const auto it =
      std::lower_bound(by_name_.begin(), by_name_.end(), tensor_name,
                       [this](uint32_t i, std::string_view n) { return contents_.tensors[i].name < n; });
  if (it == by_name_.end() || contents_.tensors[*it].name != tensor_name) return nullptr;
  return &contents_.tensors[*it];
}

uint64_t GgufModelFile::file_bytes() const {
  uint64_t bytes = 0;
  for (const auto& part : parts_) bytes += part->size();
  return bytes;
}

void GgufModelFile::read(const TensorView& tensor, uint64_t begin, std::span<std::byte> to) const {
  assert(begin <= tensor.bytes && to.size() <= tensor.bytes - begin);
  parts_[tensor.part]->read(tensor.offset + begin, to);
}

void GgufModelFile::check_unchanged() const {
  for (const auto& part : parts_) part->check_unchanged();
}

// Opens and checks the parts after the first and appends their tensors to `first`.
void add_later_parts(const SplitName& split, const OpenOptions& options, GgufContents& first,
                     Sources& files) {
  for (uint32_t number = 2; number <= split.count; ++number) {
    files.push_back(std::make_unique<FileSource>(split.path_of(number)));
    GgufContents part = parse_gguf(*files.back(), options);
    check_later_part(first, part, number);
    for (TensorView& tensor : part.tensors) tensor.part = number - 1;
    std::move(part.tensors.begin(), part.tensors.end(), std::back_inserter(first.tensors));
  }
  check_tensor_count(first.metadata, first.tensors.size());
}

std::shared_ptr<const ModelFile> open_files(const std::string& path, const OpenOptions& options) {
  Sources files;
  files.push_back(std::make_unique<FileSource>(path));
  GgufContents contents = parse_gguf(*files.front(), options);
  if (split_count(contents.metadata) > 1) {
    add_later_parts(check_first_part(path, contents.metadata), options, contents, files);
  }
  auto model = std::make_shared<GgufModelFile>(std::move(contents), std::move(files));
  model->check_unchanged();
  return model;
}

std::shared_ptr<const ModelFile> open_whole(std::unique_ptr<const ByteSource> source,
                                            const OpenOptions& options) {
  GgufContents contents = parse_gguf(*source, options);
  if (const uint32_t count = split_count(contents.metadata); count > 1) {
    throw Error(
        ErrorCode::unsupported,
        fmt::format("{}: key \"split.count\": found a model in {} parts, expected 1", source->name(), count));
  }
  Sources sources;
  sources.push_back(std::move(source));
  return std::make_shared<GgufModelFile>(std::move(contents), std::move(sources));
}

[[noreturn]] void fail_out_of_memory(const std::string& name) {
  throw Error(ErrorCode::out_of_memory, fmt::format("{}: not enough memory for the metadata", name));
}

}  // namespace

uint64_t TensorView::rows() const {
  // The product fits: the loader has checked the size in bytes.
  return std::accumulate(shape.begin() + 1, shape.end(), uint64_t{1}, std::multiplies<>());
}

std::shared_ptr<const ModelFile> ModelFile::open(const std::string& path, const OpenOptions& options) try {
  return open_files(path, options);
} catch (const std::bad_alloc&) {
  fail_out_of_memory(path);
}

std::shared_ptr<const ModelFile> ModelFile::from_memory(std::span<const std::byte> bytes,
                                                        const std::string& name, const OpenOptions& options) {
  return from_source(std::make_unique<MemorySource>(bytes, name), options);
}

std::shared_ptr<const ModelFile> ModelFile::from_source(std::unique_ptr<const ByteSource> whole,
                                                        const OpenOptions& options) {
  const std::string name = whole->name();
  try {
    return open_whole(std::move(whole), options);
  } catch (const std::bad_alloc&) {
    fail_out_of_memory(name);
  }
}

}  // namespace reckon::load
