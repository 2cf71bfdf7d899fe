#include "load/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <new>
#include <numeric>
#include <reckon/error.hpp>

#include "load/gguf.hpp"
#include "load/mapped_file.hpp"
#include "load/metadata.hpp"
#include "load/quoted.hpp"
#include "load/split.hpp"

namespace reckon::load {
namespace {

constexpr size_t kMemoryAlignment = 8;  // of from_memory's bytes; a mapping is page-aligned

class GgufModelFile final : public ModelFile {
 public:
  GgufModelFile(std::string name, GgufContents contents, std::vector<std::unique_ptr<MappedFile>> parts,
                uint64_t file_bytes);

  const std::string& name() const override { return name_; }
  uint64_t file_bytes() const override { return file_bytes_; }
  uint32_t version() const override { return contents_.version; }
  const Metadata& metadata() const override { return contents_.metadata; }
  std::span<const TensorView> tensors() const override { return contents_.tensors; }
  const TensorView* find_tensor(std::string_view tensor_name) const override;
  void release_pages(std::span<const std::byte> bytes) const override;
  void check_unchanged() const override;

 private:
  void check_names_differ() const;
  std::string file_of(const TensorView& tensor) const {
    return parts_.empty() ? name_ : parts_[tensor.part]->path();
  }

  std::string name_;
  GgufContents contents_;
  std::vector<std::unique_ptr<MappedFile>> parts_;  // none for from_memory
  uint64_t file_bytes_;
  std::vector<uint32_t> by_name_;  // indices of tensors, sorted by name
};

GgufModelFile::GgufModelFile(std::string name, GgufContents contents,
                             std::vector<std::unique_ptr<MappedFile>> parts, uint64_t file_bytes)
    : name_(std::move(name)),
      contents_(std::move(contents)),
      parts_(std::move(parts)),
      file_bytes_(file_bytes),
      by_name_(contents_.tensors.size()) {
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
                  fmt::format("{}: tensor {}: the name appears twice{}", file_of(second), quoted(second.name),
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

void GgufModelFile::release_pages(std::span<const std::byte> bytes) const {
  for (const auto& part : parts_) part->release_pages(bytes);
}

void GgufModelFile::check_unchanged() const {
  for (const auto& part : parts_) part->check_unchanged();
}

// Maps and checks the parts after the first and appends their tensors to `first`.
void add_later_parts(const SplitName& split, const OpenOptions& options, GgufContents& first,
                     std::vector<std::unique_ptr<MappedFile>>& files) {
  for (uint32_t number = 2; number <= split.count; ++number) {
    files.push_back(std::make_unique<MappedFile>(split.path_of(number)));
    GgufContents part = parse_gguf(files.back()->bytes(), files.back()->path(), options);
    check_later_part(first, part, number);
    for (TensorView& tensor : part.tensors) tensor.part = number - 1;
    std::move(part.tensors.begin(), part.tensors.end(), std::back_inserter(first.tensors));
  }
  check_tensor_count(first.metadata, first.tensors.size());
}

std::shared_ptr<const ModelFile> open_files(const std::string& path, const OpenOptions& options) {
  std::vector<std::unique_ptr<MappedFile>> files;
  files.push_back(std::make_unique<MappedFile>(path));
  GgufContents contents = parse_gguf(files[0]->bytes(), path, options);
  if (split_count(contents.metadata) > 1) {
    add_later_parts(check_first_part(path, contents.metadata), options, contents, files);
  }
  uint64_t file_bytes = 0;
  for (const auto& file : files) file_bytes += file->bytes().size();
  auto model = std::make_shared<GgufModelFile>(path, std::move(contents), std::move(files), file_bytes);
  model->check_unchanged();
  return model;
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
                                                        const std::string& name,
                                                        const OpenOptions& options) try {
  if (reinterpret_cast<uintptr_t>(bytes.data()) % kMemoryAlignment != 0) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: the bytes of a model must be aligned to {}", name, kMemoryAlignment));
  }
  GgufContents contents = parse_gguf(bytes, name, options);
  if (const uint32_t count = split_count(contents.metadata); count > 1) {
    throw Error(
        ErrorCode::unsupported,
        fmt::format("{}: key \"split.count\": found a model in {} parts, expected 1 in memory", name, count));
  }
  return std::make_shared<GgufModelFile>(name, std::move(contents),
                                         std::vector<std::unique_ptr<MappedFile>>(), bytes.size());
} catch (const std::bad_alloc&) {
  fail_out_of_memory(name);
}

}  // namespace reckon::load
