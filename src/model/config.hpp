// The hyperparameters of a model, read from a file's metadata and checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "load/metadata.hpp"
#include "model/architecture.hpp"

namespace reckon::model {

// Most heads of a model, so that per-head arrays can live on the stack.
inline constexpr size_t kMaxHeads = 256;

enum class RopeScaling : uint8_t { none, linear, yarn };

struct RopeConfig {
  size_t dim = 0;  // elements of a head that are rotated; even
  double theta = 1e4;
  RopeScaling scaling = RopeScaling::none;
  double factor = 1;            // positions are divided by this: all (linear) or the slow frequencies (yarn)
  double attn_factor = 1;       // yarn: multiplies its own magnitude 0.1 ln(factor) + 1
  double original_context = 0;  // yarn: positions the frequencies were trained on
  double beta_fast = 32;        // yarn: rotations over the original context above which a frequency is kept,
  double beta_slow = 1;         //       and below which it is divided by factor
};

struct Config {
  const Architecture* architecture = nullptr;
  size_t n_layers = 0;
  size_t hidden = 0;
  size_t ffn = 0;
  size_t n_heads = 0;
  size_t n_kv_heads = 0;  // divides n_heads
  size_t head_dim = 0;    // a multiple of 16, at most 256
  size_t n_vocab = 0;     // length of the vocabulary and rows of the embedding
  uint64_t context = 0;
  float eps = 0;
  RopeConfig rope;

  size_t q_dim() const { return n_heads * head_dim; }
  size_t kv_dim() const { return n_kv_heads * head_dim; }
  size_t group() const { return n_heads / n_kv_heads; }  // query heads of a KV head
};

// Throws Error(malformed_file | unsupported) naming file, key, value and range.
Config read_config(const load::Metadata& metadata);

// What read_config() would refuse of a config that comes from elsewhere, such as "layers 513; expected 1 to
// 512"; empty if it is nothing. Sums and products of sizes that pass are far from 64 bits.
std::string size_out_of_bounds(const Config& config);

}  // namespace reckon::model
