// Which model a saved cache belongs to.
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <memory>

#include "load/metadata.hpp"
#include "model/model_impl.hpp"
#include "support/within_memory.hpp"

namespace reckon::model {
namespace {

constexpr size_t kSamples = 32;  // per tensor, spread evenly
constexpr size_t kSampleBytes = 256;

class Hash {
 public:
  Hash() : state_(XXH3_createState(), XXH3_freeState) {
    if (!state_) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
  }
  void add(std::span<const std::byte> bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  }
  void add(uint64_t number) { add(std::as_bytes(std::span(&number, 1))); }
  void add(std::string_view text) {
    add(text.size());
    add(std::as_bytes(std::span(text)));
  }
  std::string text() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state_;
};

struct AddValue {
  Hash& hash;

  void operator()(const std::string& text) const { hash.add(text); }
  void operator()(bool value) const { hash.add(uint64_t{value}); }
  template <class T>
  requires std::is_arithmetic_v<T>
  void operator()(T value) const { hash.add(std::as_bytes(std::span(&value, 1))); }
  template <class T>
  void operator()(const std::vector<T>& values) const {
    hash.add(values.size());
    for (const auto& value : values) (*this)(static_cast<const T&>(value));
  }
};

void add_tensor(Hash& hash, const load::ModelFile& file, const load::TensorView& tensor) {
  hash.add(tensor.name);
  hash.add(static_cast<uint64_t>(tensor.type));
  for (const uint64_t length : tensor.shape) hash.add(length);
  std::array<std::byte, kSampleBytes> sample;
  const uint64_t last = tensor.bytes - std::min<uint64_t>(tensor.bytes, kSampleBytes);
  for (size_t i = 0; i < kSamples; i++) {
    const auto to = std::span(sample).first(std::min<uint64_t>(tensor.bytes, kSampleBytes));
    file.read(tensor, last * i / (kSamples - 1), to);
    hash.add(to);
  }
}

}  // namespace

std::string identity_of(const load::ModelFile& file) {
  Hash hash;
  for (const auto& [key, value] : file.metadata().entries()) {
    hash.add(key);
    hash.add(value.index());
    std::visit(AddValue{hash}, value);
  }
  for (const load::TensorView& tensor : file.tensors()) add_tensor(hash, file, tensor);
  return hash.text();
}

}  // namespace reckon::model

const std::string& reckon::Model::identity() const {
  support::within_memory([this] {
    std::call_once(impl_->identity_once,
                   [this] { impl_->identity = model::identity_of(*impl_->network.file); });
  });
  return impl_->identity;
}
