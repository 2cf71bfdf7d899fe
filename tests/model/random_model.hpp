// Small random models, made on the spot: weights are a function of seed, tensor name and index, the same as
// in tests/golden/make_logit_goldens.py.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <reckon/model.hpp>

#include "kernels/formats/weight_type.hpp"

namespace reckon::test {

// A value of a GGUF file; the alternative decides the type in the file.
using Value = std::variant<uint32_t, uint64_t, int32_t, int64_t, float, double, bool, std::string,
                           std::vector<std::string>, std::vector<int32_t>, std::vector<float>>;

struct Tensor {
  std::string name;
  WeightType type = WeightType::F32;
  std::vector<uint64_t> shape;  // row length first
  std::vector<std::byte> bytes;

  uint64_t cols() const { return shape[0]; }
  uint64_t rows() const;
  std::vector<float> values() const;  // (rows, cols), decoded
};

// What goes into a GGUF file, open to be spoilt before it is written.
struct ModelContent {
  std::vector<std::pair<std::string, Value>> metadata;
  std::vector<Tensor> tensors;

  void set(const std::string& key, Value value);  // replaces the key's value, or appends
  void erase(const std::string& key);
  Tensor& tensor(const std::string& name);  // throws std::out_of_range
  void add(const std::string& name, WeightType type, std::vector<uint64_t> shape,
           std::span<const float> values);
  void add(Tensor tensor) { tensors.push_back(std::move(tensor)); }
  void erase_tensor(const std::string& name);
  std::vector<std::byte> to_gguf() const;
};

struct RandomModel {
  std::string architecture = "qwen2";
  uint64_t seed = 1;
  WeightType matrix_type = WeightType::F32;  // of all matrices; vectors are F32
  uint32_t layers = 2;
  uint32_t hidden = 64;
  uint32_t ffn = 96;
  uint32_t heads = 4;
  uint32_t kv_heads = 2;
  uint32_t head_dim = 16;
  uint32_t vocab = 272;  // at least 272
  bool tied = false;
  float eps = 1e-6f;
  float rope_theta = 1e4f;
  uint32_t context = 512;
  uint32_t rope_dim = 0;                                    // elements of a head that are rotated; 0: all
  std::vector<std::pair<std::string, Value>> rope_scaling;  // keys after "ARCHITECTURE.rope.scaling."
  std::vector<float> rope_freqs;                            // llama: rope_freqs.weight, if not empty
};

ModelContent make_content(const RandomModel& model);

// A file's own content; throws Error as load does.
ModelContent read_content(const std::string& path);

// The matrices (tensors of several rows) in another type.
ModelContent with_matrices_as(WeightType type, const ModelContent& content);

// All tensors' exact values as F32.
ModelContent with_decoded_tensors(const ModelContent& content);

// n numbers of stream (seed, name): bits, and multiples of 2^-23 in [-1, 1).
std::vector<uint64_t> random_bits(uint64_t seed, const std::string& name, size_t n);
std::vector<float> random_uniform(uint64_t seed, const std::string& name, size_t n);
std::vector<TokenId> random_tokens(uint64_t seed, size_t n, uint32_t vocab);

// A file in the temporary directory, deleted with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::vector<std::byte>& bytes);
  ~TemporaryFile();
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

LoadOptions load_options(int threads, const std::string& isa = {});

// A model and the file it reads its embeddings from.
class LoadedModel {
 public:
  explicit LoadedModel(const ModelContent& content, const LoadOptions& options = {});
  const Model& operator*() const { return model_; }
  const Model* operator->() const { return &model_; }

 private:
  TemporaryFile file_;
  Model model_;
};

// Names of the kernel sets this machine runs.
std::vector<std::string> supported_isas();

}  // namespace reckon::test
