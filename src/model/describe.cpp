// What a file says of itself, and the memory it would need; nothing is packed.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "load/checked.hpp"
#include "model/forward.hpp"
#include "model/kv_layout.hpp"
#include "model/model_impl.hpp"
#include "support/contains.hpp"
#include "support/cpu.hpp"
#include "support/memory.hpp"
#include "support/within_memory.hpp"

namespace reckon {
namespace {

using load::ModelFile;

constexpr size_t kShownElements = 8;
constexpr const char* kEmbeddings = "token_embd.weight";

// Only of values without elements: JSON arrays and objects allocate when they are destroyed, which ends the
// process where there is no memory.
template <class T>
std::string value_text(const T& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class T>
std::string value_text(const std::vector<T>& values) {
  std::string text = "[";
  for (size_t i = 0; i < std::min(values.size(), kShownElements); i++) {
    if (i > 0) text += ',';
    text += value_text(static_cast<T>(values[i]));
  }
  return values.size() <= kShownElements ? text + "]"
                                         : fmt::format("{}, ...] ({} in all)", text, values.size());
}

// "Q4_K (68 %), Q6_K (32 %)", by bytes.
std::string file_type(const ModelFile& file) {
  std::array<uint64_t, 64> bytes{};
  uint64_t total = 0;
  for (const auto& t : file.tensors()) {
    bytes[static_cast<size_t>(t.type)] += t.bytes;
    total += t.bytes;
  }
  std::vector<const WeightTypeInfo*> types;
  for (const auto& t : weight_types()) types.push_back(&t);
  auto of = [&](const WeightTypeInfo* t) { return bytes[static_cast<size_t>(t->type)]; };
  std::stable_sort(types.begin(), types.end(), [&](auto* a, auto* b) { return of(a) > of(b); });
  std::string text;
  for (const auto* t : types) {
    uint64_t percent = total == 0 ? 0 : (of(t) * 100 + total / 2) / total;
    if (percent > 0) text += fmt::format("{}{} ({} %)", text.empty() ? "" : ", ", t->name, percent);
  }
  return text;
}

ModelDescription describe_file(const ModelFile& file) {
  ModelDescription d;
  model::Config config = model::read_config(file.metadata());
  d.info = model::describe_model(file, config);
  for (const auto& [key, value] : file.metadata().entries()) {
    d.metadata.emplace_back(key, std::visit([](const auto& v) { return value_text(v); }, value));
  }
  for (const auto& t : file.tensors()) d.tensors.push_back({t.name, info(t.type).name, t.shape, t.bytes});
  return d;
}

const WeightTypeInfo& type_by_name(const std::string& name) {
  for (const auto& t : weight_types()) {
    if (name == t.name) return t;
  }
  throw Error(ErrorCode::unsupported, fmt::format("weight type {}", name));
}

// A sum or product that does not fit is the greatest number.
uint64_t plus(uint64_t a, uint64_t b) { return load::checked_add(a, b).value_or(UINT64_MAX); }
uint64_t times(uint64_t a, uint64_t b) { return load::checked_mul(a, b).value_or(UINT64_MAX); }

uint64_t packed_bytes(const TensorInfo& t, const kernels::KernelTable& kernels) {
  constexpr uint64_t kMostColumns = uint64_t{1} << 40;  // whose panel's bytes are far from 64 bits
  const WeightTypeInfo& type = type_by_name(t.type);
  if (t.shape[0] > kMostColumns) return UINT64_MAX;
  const uint64_t panels = t.shape[1] / kernels::kPanelRows + (t.shape[1] % kernels::kPanelRows != 0);
  return times(panels, kernels.panel_bytes(type.type, t.shape[0]));
}

uint64_t packed_bytes(const ModelDescription& d, const kernels::KernelTable& kernels) {
  uint64_t sum = 0;
  for (const TensorInfo& t : d.tensors) {
    if (t.shape.size() < 2 || (t.name == kEmbeddings && !d.info.tied_output)) continue;
    sum = plus(sum, packed_bytes(t, kernels));
  }
  return sum;
}

model::Config config_of(const ModelInfo& info) {
  model::Config c;
  c.n_layers = info.layers;
  c.hidden = info.hidden_size;
  c.ffn = info.ffn_size;
  c.n_heads = info.heads;
  c.n_kv_heads = info.kv_heads;
  c.head_dim = info.head_dim;
  c.n_vocab = info.vocab_size;
  c.rope.dim = info.head_dim;
  const std::string problem = model::size_out_of_bounds(c);
  if (!problem.empty()) throw Error(ErrorCode::invalid_argument, "the description's " + problem);
  return c;
}

}  // namespace

ModelInfo model::describe_model(const ModelFile& file, const Config& c) {
  const load::Metadata& m = file.metadata();
  ModelInfo d;
  d.file = file.name();
  const std::string* name = m.find_string("general.name");
  d.name = name != nullptr ? *name : d.file.substr(d.file.find_last_of('/') + 1);
  d.architecture = c.architecture->name;
  d.file_type = file_type(file);
  d.gguf_version = file.version();
  for (const auto& t : file.tensors()) d.parameters += t.cols() * t.rows();
  d.file_bytes = file.file_bytes();
  d.layers = static_cast<uint32_t>(c.n_layers);
  d.hidden_size = static_cast<uint32_t>(c.hidden);
  d.ffn_size = static_cast<uint32_t>(c.ffn);
  d.heads = static_cast<uint32_t>(c.n_heads);
  d.kv_heads = static_cast<uint32_t>(c.n_kv_heads);
  d.head_dim = static_cast<uint32_t>(c.head_dim);
  d.vocab_size = static_cast<uint32_t>(c.n_vocab);
  d.context_length = c.context;
  d.tied_output = file.find_tensor("output.weight") == nullptr;
  d.has_chat_template = m.find_string("tokenizer.chat_template") != nullptr;
  const auto& tokens = m.require_strings("tokenizer.ggml.tokens");
  auto has = [&](const char* token) { return support::contains(tokens, token); };
  d.has_think_tokens = has("<think>") && has("</think>");
  d.kv_bytes_per_token = KvLayout(c).page_bytes() / kernels::kKvBlockPositions;
  return d;
}

ModelDescription Model::describe(const std::string& path) {
  return support::within_memory([&] { return describe_file(*ModelFile::open(path)); });
}

ModelDescription Model::describe_embedded() {
  return support::within_memory([] { return describe_file(*model::embedded_file()); });
}

uint64_t Model::cache_bytes_per_token(const ModelInfo& info, CacheType cache_type) noexcept {
  const auto type = model::kv_type_of(cache_type);
  if (!type) return 0;
  const uint64_t head_bytes = kernels::kv_block_bytes(*type, info.head_dim) / kernels::kKvBlockPositions;
  return times(uint64_t{info.layers} * info.kv_heads, head_bytes);
}

MemoryEstimate Model::estimate_memory(const ModelDescription& d, uint64_t context, CacheType cache_type) {
  const kernels::KernelTable& kernels = kernels::select_table();
  const model::Config c = config_of(d.info);
  MemoryEstimate e;
  e.weights = packed_bytes(d, kernels);
  for (const TensorInfo& t : d.tensors) {
    if (t.name == kEmbeddings) e.in_file = t.bytes;
  }
  uint64_t positions = context == 0 ? d.info.context_length : context;
  uint64_t pages = positions / kernels::kKvBlockPositions + (positions % kernels::kKvBlockPositions != 0);
  e.kv_cache = times(pages, model::KvLayout(c, cache_type).page_bytes());
  e.scratch = model::Forward::scratch_bytes(c, kernels, static_cast<size_t>(support::usable_cores()));
  e.total = plus(plus(e.weights, e.in_file), plus(e.kv_cache, e.scratch));
  e.available = support::available_memory();
  return e;
}

}  // namespace reckon
