#include "model/config.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include <reckon/error.hpp>

#include "kernels/kernels.hpp"
#include "support/quoted.hpp"

namespace reckon::model {
namespace {

// Bounds that keep every product of sizes far from 64 bits; each is several times what the largest known
// model has.
constexpr uint64_t kMaxLayers = 512;
constexpr uint64_t kMaxHidden = 1 << 17;
constexpr uint64_t kMaxFfn = 1 << 20;
constexpr uint64_t kMaxVocab = 1 << 22;
constexpr uint64_t kMaxContext = 1 << 26;
using kernels::kHeadDimStep;
using kernels::kMaxHeadDim;

// The keys of one architecture in one file.
class Keys {
 public:
  Keys(const load::Metadata& metadata, const char* architecture)
      : metadata_(metadata), prefix_(architecture) {}

  std::string name(const char* key) const { return fmt::format("{}.{}", prefix_, key); }
  uint64_t require(const char* key, uint64_t low, uint64_t high) const {
    return metadata_.require_uint(name(key), low, high);
  }
  uint64_t find(const char* key, uint64_t low, uint64_t high, uint64_t otherwise) const {
    return metadata_.find_uint(name(key), low, high).value_or(otherwise);
  }
  double number(const char* key, double low, double high, double otherwise) const {
    return metadata_.find_float(name(key), low, high).value_or(otherwise);
  }
  double require_number(const char* key, double low, double high) const {
    return metadata_.require_float(name(key), low, high);
  }
  bool has(const char* key) const { return metadata_.contains(name(key)); }
  bool flag(const char* key, bool otherwise) const {
    return metadata_.find_bool(name(key)).value_or(otherwise);
  }
  const std::string* text(const char* key) const { return metadata_.find_string(name(key)); }

  [[noreturn]] void fail(ErrorCode code, const char* key, const std::string& what) const {
    throw Error(code, fmt::format("{}: key \"{}\": {}", metadata_.file_name(), name(key), what));
  }

 private:
  const load::Metadata& metadata_;
  std::string prefix_;
};

void read_heads(const Keys& keys, Config& c) {
  c.n_heads = keys.require("attention.head_count", 1, kMaxHeads);
  c.n_kv_heads = keys.find("attention.head_count_kv", 1, kMaxHeads, c.n_heads);
  if (c.n_heads % c.n_kv_heads != 0) {
    keys.fail(ErrorCode::malformed_file, "attention.head_count_kv",
              fmt::format("{} does not divide the {} heads", c.n_kv_heads, c.n_heads));
  }
  uint64_t from_hidden = c.hidden % c.n_heads == 0 ? c.hidden / c.n_heads : 0;
  c.head_dim = keys.find("attention.key_length", 1, kMaxHidden, from_hidden);
  if (c.head_dim == 0) {
    keys.fail(ErrorCode::malformed_file, "attention.head_count",
              fmt::format("{} does not divide the embedding length {}, and there is no attention.key_length",
                          c.n_heads, c.hidden));
  }
  if (c.head_dim % kHeadDimStep != 0 || c.head_dim > kMaxHeadDim) {
    keys.fail(ErrorCode::unsupported, "attention.key_length",
              fmt::format("heads of {} elements; expected a multiple of {}, at most {}", c.head_dim,
                          kHeadDimStep, kMaxHeadDim));
  }
  if (keys.find("attention.value_length", 1, kMaxHidden, c.head_dim) != c.head_dim) {
    keys.fail(ErrorCode::unsupported, "attention.value_length",
              fmt::format("expected the key length, {}", c.head_dim));
  }
}

RopeScaling read_scaling_type(const Keys& keys) {
  const std::string* type = keys.text("rope.scaling.type");
  if (type == nullptr) {  // files from before there were types
    bool scaled = keys.has("rope.scaling.factor") || keys.has("rope.scale_linear");
    return scaled ? RopeScaling::linear : RopeScaling::none;
  }
  if (*type == "none") return RopeScaling::none;
  if (*type == "linear") return RopeScaling::linear;
  if (*type == "yarn") return RopeScaling::yarn;
  keys.fail(ErrorCode::unsupported, "rope.scaling.type",
            fmt::format("{}; expected none, linear or yarn", support::quoted(*type)));
}

void read_yarn(const Keys& keys, RopeConfig& r, uint64_t context) {
  r.original_context =
      static_cast<double>(keys.find("rope.scaling.original_context_length", 1, kMaxContext, context));
  r.beta_fast = keys.number("rope.scaling.yarn_beta_fast", 1e-3, 1e6, 32);
  r.beta_slow = keys.number("rope.scaling.yarn_beta_slow", 1e-3, 1e6, 1);
  if (r.beta_slow > r.beta_fast) {
    keys.fail(ErrorCode::malformed_file, "rope.scaling.yarn_beta_slow",
              fmt::format("{:g}; expected at most yarn_beta_fast, {:g}", r.beta_slow, r.beta_fast));
  }
  if (keys.number("rope.scaling.yarn_ext_factor", -1, 1e3, 1) != 1) {
    keys.fail(ErrorCode::unsupported, "rope.scaling.yarn_ext_factor", "expected 1");
  }
}

void read_rope(const Keys& keys, Config& c) {
  RopeConfig& r = c.rope;
  r.dim = keys.find("rope.dimension_count", 2, c.head_dim, c.head_dim);
  if (r.dim % 2 != 0) {
    keys.fail(ErrorCode::malformed_file, "rope.dimension_count", fmt::format("{} is odd", r.dim));
  }
  r.theta = keys.number("rope.freq_base", 1.001, 1e15, 1e4);
  r.scaling = read_scaling_type(keys);
  r.attn_factor = keys.number("rope.scaling.attn_factor", 1e-3, 1e3,
                              keys.number("rope.scaling.yarn_attn_factor", 1e-3, 1e3, 1));
  if (r.attn_factor != 1 && r.scaling != RopeScaling::yarn) {
    keys.fail(ErrorCode::unsupported, "rope.scaling.attn_factor",
              fmt::format("{:g} without yarn", r.attn_factor));
  }
  if (r.scaling != RopeScaling::none) {
    const char* key = keys.has("rope.scale_linear") ? "rope.scale_linear" : "rope.scaling.factor";
    r.factor = keys.require_number(key, 1, 1e6);
  }
  if (r.scaling == RopeScaling::yarn) read_yarn(keys, r, c.context);
}

}  // namespace

Config read_config(const load::Metadata& metadata) {
  const std::string& name = metadata.require_string("general.architecture");
  const Architecture* architecture = find_architecture(name);
  if (architecture == nullptr) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{}: key \"general.architecture\": {}; expected one of {}", metadata.file_name(),
                            support::quoted(name), architecture_names()));
  }
  Keys keys(metadata, architecture->name);
  Config c;
  c.architecture = architecture;
  c.n_layers = keys.require("block_count", 1, kMaxLayers);
  c.hidden = keys.require("embedding_length", 1, kMaxHidden);
  c.ffn = keys.require("feed_forward_length", 1, kMaxFfn);
  c.context = keys.require("context_length", 1, kMaxContext);
  c.eps = static_cast<float>(keys.require_number("attention.layer_norm_rms_epsilon", 1e-12, 0.1));
  if (!keys.flag("attention.causal", true)) {
    keys.fail(ErrorCode::unsupported, "attention.causal", "false; expected a model that generates");
  }
  read_heads(keys, c);
  read_rope(keys, c);
  c.n_vocab = metadata.require_strings("tokenizer.ggml.tokens").size();
  if (c.n_vocab == 0 || c.n_vocab > kMaxVocab) {
    throw Error(ErrorCode::malformed_file,
                fmt::format("{}: key \"tokenizer.ggml.tokens\": {} tokens; expected 1 to {}",
                            metadata.file_name(), c.n_vocab, kMaxVocab));
  }
  return c;
}

std::string size_out_of_bounds(const Config& c) {
  struct Size {
    const char* name;
    uint64_t value, most;
  };
  for (const Size& s :
       {Size{"layers", c.n_layers, kMaxLayers}, Size{"hidden size", c.hidden, kMaxHidden},
        Size{"ffn size", c.ffn, kMaxFfn}, Size{"heads", c.n_heads, kMaxHeads},
        Size{"KV heads", c.n_kv_heads, kMaxHeads}, Size{"head dimension", c.head_dim, kMaxHeadDim},
        Size{"vocabulary", c.n_vocab, kMaxVocab}}) {
    if (s.value < 1 || s.value > s.most)
      return fmt::format("{} {}; expected 1 to {}", s.name, s.value, s.most);
  }
  if (c.n_heads % c.n_kv_heads == 0) return "";
  return fmt::format("KV heads {}; expected a divisor of the {} heads", c.n_kv_heads, c.n_heads);
}

}  // namespace reckon::model
