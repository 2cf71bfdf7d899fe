#include "model/random_model.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include "kernels/kernels.hpp"
#include "load/gguf_builder.hpp"
#include "load/metadata.hpp"
#include "load/model_file.hpp"

namespace reckon::test {
namespace {

constexpr uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;

uint64_t fnv1a(std::string_view text) {
  uint64_t h = 0xCBF29CE484222325;
  for (char c : text) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  return h;
}

struct AddKey {
  GgufBuilder& builder;
  const std::string& name;

  template <class T>
  void operator()(const T& value) {
    builder.key(name, value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    builder.array(name, values);
  }
};

// ---- a byte-level vocabulary ----

std::string utf8_below_800(uint32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  return {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
}

// The letters that stand for the 256 bytes in a gpt2 vocabulary: itself where printable, else the next from
// U+0100 on.
std::vector<std::string> byte_letters() {
  std::vector<std::string> letters;
  uint32_t next = 0x100;
  for (uint32_t b = 0; b < 256; b++) {
    bool printable = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
    letters.push_back(utf8_below_800(printable ? b : next));
    next += printable ? 0 : 1;
  }
  return letters;
}

void add_vocabulary(ModelContent& content, uint32_t n) {
  constexpr int32_t kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5;
  std::vector<std::string> tokens = byte_letters();
  for (const char* t : {"th", "he", "in", "an", "the"}) tokens.emplace_back(t);
  std::vector<int32_t> types(tokens.size(), kNormal);
  auto add = [&](const std::string& token, int32_t type) {
    tokens.push_back(token);
    types.push_back(type);
  };
  auto bos = static_cast<uint32_t>(tokens.size());
  add("<bos>", kControl);
  add("<eos>", kControl);
  add("<think>", kUserDefined);
  add("</think>", kUserDefined);
  while (tokens.size() < n) add(fmt::format("[PAD{}]", tokens.size()), kUnused);
  content.set("tokenizer.ggml.model", std::string("gpt2"));
  content.set("tokenizer.ggml.pre", std::string("gpt-2"));
  content.set("tokenizer.ggml.tokens", std::move(tokens));
  content.set("tokenizer.ggml.token_type", std::move(types));
  content.set("tokenizer.ggml.merges", std::vector<std::string>{"t h", "h e", "i n", "a n", "th e"});
  content.set("tokenizer.ggml.bos_token_id", bos);
  content.set("tokenizer.ggml.eos_token_id", bos + 1);
}

// ---- tensors ----

struct Spread {
  float mean, scale;  // values are mean + scale * uniform
};

Spread spread(const std::string& name, uint64_t cols) {
  if (name.ends_with("norm.weight")) return {1.0f, 0.3f};
  if (name.ends_with(".bias")) return {0.0f, 0.5f};
  if (name == "token_embd.weight") return {0.0f, 0.5f};
  double gain = name == "output.weight" ? 3.0 : name.ends_with("attn_output.weight") ? 0.03125 : 1.25;
  return {0.0f, static_cast<float>(gain * std::sqrt(3.0 / static_cast<double>(cols)))};
}

// rows = 0: a vector.
void add_random(ModelContent& content, const RandomModel& m, const std::string& name, uint64_t rows,
                uint64_t cols) {
  auto [mean, scale] = spread(name, cols);
  std::vector<float> values = random_uniform(m.seed, name, std::max<uint64_t>(rows, 1) * cols);
  for (float& v : values) v = mean + scale * v;
  if (rows == 0) return content.add(name, WeightType::F32, {cols}, values);
  content.add(name, m.matrix_type, {cols, rows}, values);
}

void add_layer(ModelContent& content, const RandomModel& m, uint32_t layer) {
  uint64_t q_rows = uint64_t{m.heads} * m.head_dim, kv_rows = uint64_t{m.kv_heads} * m.head_dim;
  auto add = [&](const char* part, uint64_t rows, uint64_t cols) {
    add_random(content, m, fmt::format("blk.{}.{}", layer, part), rows, cols);
  };
  add("attn_norm.weight", 0, m.hidden);
  add("attn_q.weight", q_rows, m.hidden);
  add("attn_k.weight", kv_rows, m.hidden);
  add("attn_v.weight", kv_rows, m.hidden);
  if (m.architecture == "qwen2") {
    add("attn_q.bias", 0, q_rows);
    add("attn_k.bias", 0, kv_rows);
    add("attn_v.bias", 0, kv_rows);
  }
  if (m.architecture == "qwen3") {
    add("attn_q_norm.weight", 0, m.head_dim);
    add("attn_k_norm.weight", 0, m.head_dim);
  }
  add("attn_output.weight", m.hidden, q_rows);
  add("ffn_norm.weight", 0, m.hidden);
  add("ffn_gate.weight", m.ffn, m.hidden);
  add("ffn_up.weight", m.ffn, m.hidden);
  add("ffn_down.weight", m.hidden, m.ffn);
}

void add_metadata(ModelContent& content, const RandomModel& m) {
  content.set("general.architecture", m.architecture);
  content.set("general.name", fmt::format("random {}", m.architecture));
  auto set = [&](const char* key, Value value) { content.set(m.architecture + "." + key, std::move(value)); };
  set("block_count", m.layers);
  set("context_length", m.context);
  set("embedding_length", m.hidden);
  set("feed_forward_length", m.ffn);
  set("attention.head_count", m.heads);
  set("attention.head_count_kv", m.kv_heads);
  set("attention.layer_norm_rms_epsilon", m.eps);
  set("rope.freq_base", m.rope_theta);
  if (m.head_dim * m.heads != m.hidden) {
    set("attention.key_length", m.head_dim);
    set("attention.value_length", m.head_dim);
  }
  if (m.rope_dim != 0 || m.architecture == "llama") {
    set("rope.dimension_count", m.rope_dim != 0 ? m.rope_dim : m.head_dim);
  }
  for (const auto& [key, value] : m.rope_scaling) set(("rope.scaling." + key).c_str(), value);
}

// The reader widens numbers; arrays are narrowed again to what this writer knows.
template <class T>
Value to_value(const T& value) {
  if constexpr (std::is_same_v<T, std::vector<uint64_t>> || std::is_same_v<T, std::vector<int64_t>>) {
    return std::vector<int32_t>(value.begin(), value.end());
  } else if constexpr (std::is_same_v<T, std::vector<double>>) {
    return std::vector<float>(value.begin(), value.end());
  } else if constexpr (std::is_same_v<T, std::vector<bool>>) {
    throw std::invalid_argument("an array of booleans");
  } else {
    return value;
  }
}

std::string new_path() {
  static std::atomic<int> count{0};
  auto name = fmt::format("reckon-test-{}-{}.gguf", getpid(), count++);
  return std::filesystem::temp_directory_path() / name;
}

}  // namespace

uint64_t Tensor::rows() const {
  uint64_t n = 1;
  for (size_t i = 1; i < shape.size(); i++) n *= shape[i];
  return n;
}

std::vector<float> Tensor::values() const {
  std::vector<float> out(rows() * cols());
  uint64_t row_bytes = bytes.size() / rows();
  for (uint64_t row = 0; row < rows(); row++) {
    kernels::decode_row(type, bytes.data() + row * row_bytes, cols(), out.data() + row * cols());
  }
  return out;
}

void ModelContent::set(const std::string& key, Value value) {
  for (auto& [k, v] : metadata) {
    if (k == key) {
      v = std::move(value);
      return;
    }
  }
  metadata.emplace_back(key, std::move(value));
}

void ModelContent::erase(const std::string& key) {
  std::erase_if(metadata, [&](const auto& entry) { return entry.first == key; });
}

Tensor& ModelContent::tensor(const std::string& name) {
  for (Tensor& t : tensors) {
    if (t.name == name) return t;
  }
  throw std::out_of_range(name);
}

void ModelContent::add(const std::string& name, WeightType type, std::vector<uint64_t> shape,
                       std::span<const float> values) {
  Tensor t{name, type, std::move(shape), {}};
  uint64_t row_bytes = tensor_bytes(type, {t.cols()});
  t.bytes.resize(t.rows() * row_bytes);
  for (uint64_t row = 0; row < t.rows(); row++) {
    kernels::encode_row(type, values.data() + row * t.cols(), t.cols(), t.bytes.data() + row * row_bytes);
  }
  tensors.push_back(std::move(t));
}

void ModelContent::erase_tensor(const std::string& name) {
  std::erase_if(tensors, [&](const Tensor& t) { return t.name == name; });
}

std::vector<std::byte> ModelContent::to_gguf() const {
  GgufBuilder builder;
  for (const auto& [key, value] : metadata) std::visit(AddKey{builder, key}, value);
  for (const Tensor& t : tensors) builder.tensor(t.name, t.type, t.shape, t.bytes);
  return builder.build();
}

ModelContent make_content(const RandomModel& m) {
  ModelContent content;
  add_metadata(content, m);
  add_vocabulary(content, m.vocab);
  add_random(content, m, "token_embd.weight", m.vocab, m.hidden);
  for (uint32_t layer = 0; layer < m.layers; layer++) add_layer(content, m, layer);
  add_random(content, m, "output_norm.weight", 0, m.hidden);
  if (!m.tied) add_random(content, m, "output.weight", m.vocab, m.hidden);
  if (!m.rope_freqs.empty()) {
    content.add("rope_freqs.weight", WeightType::F32, {m.rope_freqs.size()}, m.rope_freqs);
  }
  return content;
}

ModelContent read_content(const std::string& path) {
  auto file = load::ModelFile::open(path);
  ModelContent content;
  for (const auto& [key, value] : file->metadata().entries()) {
    content.set(key, std::visit([](const auto& v) { return to_value(v); }, value));
  }
  for (const load::TensorView& t : file->tensors()) {
    Tensor copy{t.name, t.type, t.shape, std::vector<std::byte>(t.bytes)};
    file->read(t, 0, copy.bytes);
    content.add(std::move(copy));
  }
  return content;
}

ModelContent with_matrices_as(WeightType type, const ModelContent& content) {
  ModelContent converted{content.metadata, {}};
  for (const Tensor& t : content.tensors) {
    if (t.rows() > 1) {
      converted.add(t.name, type, t.shape, t.values());
    } else {
      converted.add(t);
    }
  }
  return converted;
}

ModelContent with_decoded_tensors(const ModelContent& content) {
  ModelContent decoded{content.metadata, {}};
  for (const Tensor& t : content.tensors) decoded.add(t.name, WeightType::F32, t.shape, t.values());
  return decoded;
}

std::vector<uint64_t> random_bits(uint64_t seed, const std::string& name, size_t n) {
  std::vector<uint64_t> bits(n);
  uint64_t state = fnv1a(name) ^ (seed * kGoldenRatio);
  for (uint64_t& b : bits) {  // splitmix64
    uint64_t z = state += kGoldenRatio;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    b = z ^ (z >> 31);
  }
  return bits;
}

std::vector<float> random_uniform(uint64_t seed, const std::string& name, size_t n) {
  std::vector<float> values;
  for (uint64_t b : random_bits(seed, name, n)) {
    values.push_back(static_cast<float>(static_cast<int32_t>(b >> 40) - (1 << 23)) * 0x1p-23f);
  }
  return values;
}

std::vector<TokenId> random_tokens(uint64_t seed, size_t n, uint32_t vocab) {
  std::vector<TokenId> tokens;
  for (uint64_t b : random_bits(seed, "tokens", n)) tokens.push_back(static_cast<TokenId>(b % vocab));
  return tokens;
}

TemporaryFile::TemporaryFile(const std::vector<std::byte>& bytes) : path_(new_path()) {
  write_file(path_, bytes);
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

LoadOptions load_options(int threads, const std::string& isa) {
  LoadOptions options;
  options.threads = threads;
  options.isa = isa;
  return options;
}

LoadedModel::LoadedModel(const ModelContent& content, const LoadOptions& options)
    : file_(content.to_gguf()), model_(Model::load(file_.path(), options)) {}

std::vector<std::string> supported_isas() {
  std::vector<std::string> names;
  for (const kernels::KernelTable* table : kernels::all_tables()) {
    if (table->supported()) names.emplace_back(table->name);
  }
#ifdef RECKON_SANITIZED
  if (names.size() > 1) std::erase(names, "scalar");  // instrumented, it takes minutes for each test
#endif
  return names;
}

}  // namespace reckon::test
