// Bytes as a model file: keys, values, tensors, the description. From memory, in pieces through a reader, and
// from a file, the outcome is the same.
#include <algorithm>
#include <cmath>

#include "fuzz/memory_file.hpp"
#include "fuzz/memory_meter.hpp"
#include "fuzz/target.hpp"
#include "load/gguf_builder.hpp"
#include "load/metadata.hpp"
#include "load/model_file.hpp"
#include "load/reader_source.hpp"
#include "model/text_parts.hpp"

namespace reckon::fuzz {
namespace {

constexpr const char* kName = "input.gguf";
constexpr size_t kFixedBytes = 1 << 20;  // of memory, whatever the file's size
constexpr size_t kBytesPerByte = 32;     // and for each of its bytes

using Bytes = std::span<const std::byte>;
using File = std::shared_ptr<const load::ModelFile>;

template <class F>
std::optional<std::string> refusal(F f) {
  return refusal_of({ErrorCode::malformed_file, ErrorCode::unsupported}, kName, f);
}

File through_reader(Bytes bytes) {
  const auto read = [bytes](uint64_t offset, std::span<std::byte> to) {
    const size_t n = std::min<size_t>(to.size(), 1 + offset % 7);
    std::ranges::copy(bytes.subspan(offset, n), to.begin());
    return n;
  };
  return load::ModelFile::from_source(std::make_unique<load::ReaderSource>(bytes.size(), read, kName));
}

void check_tensors(const load::ModelFile& file, Bytes bytes) {
  for (const load::TensorView& t : file.tensors()) {
    FUZZ_CHECK(file.find_tensor(t.name) == &t);
    FUZZ_CHECK(t.bytes == test::tensor_bytes(t.type, t.shape));
    FUZZ_CHECK(t.offset <= bytes.size() && t.bytes <= bytes.size() - t.offset);
    std::vector<std::byte> content(t.bytes);
    file.read(t, 0, content);
    FUZZ_CHECK(std::ranges::equal(content, bytes.subspan(t.offset, t.bytes)));
    for (const load::TensorView& other : file.tensors()) {
      const bool apart = other.offset + other.bytes <= t.offset || t.offset + t.bytes <= other.offset;
      FUZZ_CHECK(&other == &t || apart);
    }
  }
}

void check_metadata(const load::ModelFile& file) {
  for (const auto& [key, value] : file.metadata().entries()) {
    FUZZ_CHECK(file.metadata().find(key) == &value);
    FUZZ_CHECK(!load::describe(value).empty());
  }
}

// A number that is none equals itself here.
bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool same_value(const load::Value& a, const load::Value& b) {
  if (const auto* number = std::get_if<double>(&a)) {
    const auto* other = std::get_if<double>(&b);
    return other != nullptr && same_number(*number, *other);
  }
  if (const auto* numbers = std::get_if<std::vector<double>>(&a)) {
    const auto* others = std::get_if<std::vector<double>>(&b);
    return others != nullptr && std::ranges::equal(*numbers, *others, same_number);
  }
  return a == b;
}

void check_same(const load::ModelFile& a, const load::ModelFile& b) {
  FUZZ_CHECK(std::ranges::equal(
      a.metadata().entries(), b.metadata().entries(),
      [](const auto& s, const auto& t) { return s.first == t.first && same_value(s.second, t.second); }));
  FUZZ_CHECK(a.tensors().size() == b.tensors().size());
  for (size_t i = 0; i < a.tensors().size(); i++) {
    const load::TensorView &s = a.tensors()[i], &t = b.tensors()[i];
    FUZZ_CHECK(s.name == t.name && s.shape == t.shape && s.offset == t.offset && s.bytes == t.bytes);
  }
}

// What needs a path. `refused`: the file was refused before. The name of a part of a split model says which.
void check_description(const std::string& path, bool refused) {
  const auto refuses = [&](auto f) {
    return refusal_of({ErrorCode::malformed_file, ErrorCode::unsupported, ErrorCode::invalid_argument,
                       ErrorCode::template_error},
                      path, f);
  };
  std::optional<ModelDescription> description;
  const auto no_description = refuses([&] { description = Model::describe(path); });
  FUZZ_CHECK(no_description || !refused);
  const auto no_tokenizer = refuses([&] { Tokenizer::load(path); });
  if (!description) return;
  FUZZ_CHECK(description->info.head_dim <= 256 && description->info.vocab_size > 0);
  const MemoryEstimate estimate = Model::estimate_memory(*description, 0);
  FUZZ_CHECK(estimate.total >= estimate.weights);
  const auto no_template = refuses([&] { ChatTemplate::load(path); });
  FUZZ_CHECK(no_template || !no_tokenizer);
}

void run(Input input) {
  const Bytes bytes = as_bytes(input.rest());
  static const MemoryFile on_disk;
  File file, in_pieces;
  const MemoryMeter memory;
  const auto refused = refusal([&] { file = load::ModelFile::from_memory(bytes, kName); });
  FUZZ_CHECK(memory.peak() <= kFixedBytes + kBytesPerByte * bytes.size());
  FUZZ_CHECK(refused == refusal([&] { in_pieces = through_reader(bytes); }));
  if (file) {
    check_metadata(*file);
    check_tensors(*file, bytes);
    check_tensors(*in_pieces, bytes);
    check_same(*file, *in_pieces);
  }
  if (bytes.empty()) return;  // a file without any is not even opened
  on_disk.set(bytes);
  check_description(on_disk.path(), refused.has_value());
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
