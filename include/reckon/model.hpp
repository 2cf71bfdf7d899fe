// A model: weights packed for this processor, its vocabulary and its chat template.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <reckon/chat_template.hpp>
#include <reckon/error.hpp>
#include <reckon/tokenizer.hpp>

namespace reckon {

// How far loading is, in bytes of weights packed.
struct LoadProgress {
  uint64_t done_bytes = 0;
  uint64_t total_bytes = 0;
};

struct LoadOptions {
  int threads = 0;  // 1..256; 0: the cores this process may use
  std::string isa;  // kernel set by name (see instruction_sets()); empty: RECKON_ISA, else the best
  uint64_t memory_limit =
      0;  // bytes the weights and caches of this model may use; 0: what the system has available
  // Called now and then while packing, from the loading thread; false stops: load throws Error(cancelled).
  std::function<bool(const LoadProgress&)> progress;
};

// One tensor of a file.
struct TensorInfo {
  std::string name;
  std::string type;             // "Q4_K"
  std::vector<uint64_t> shape;  // row length first, as in GGUF
  uint64_t bytes = 0;
};

// What a file says about itself. Sizes in the model's own terms: hidden size, heads, ...
struct ModelInfo {
  std::string file;          // path, or "(embedded)"
  std::string name;          // general.name, or the file's name
  std::string architecture;  // "qwen2", "llama", "qwen3"
  std::string file_type;     // dominant weight type with its share, such as "Q4_K (68 %), Q6_K (32 %)"
  uint32_t gguf_version = 0;
  uint64_t parameters = 0;
  uint64_t file_bytes = 0;
  uint32_t layers = 0;
  uint32_t hidden_size = 0;
  uint32_t ffn_size = 0;
  uint32_t heads = 0;
  uint32_t kv_heads = 0;
  uint32_t head_dim = 0;
  uint32_t vocab_size = 0;
  uint64_t context_length = 0;  // positions the model was trained for
  bool tied_output = false;
  bool has_chat_template = false;
  bool has_think_tokens = false;    // <think> and </think> are single tokens of the vocabulary
  uint64_t kv_bytes_per_token = 0;  // f16 cache
};

// How the attention cache keeps keys and values. q8_0 takes 17/32 of f16's memory: int8 with an f16 scale per
// 32 elements, rounded once when they are stored.
enum class CacheType : uint8_t { f16, q8_0 };

// Memory a model needs, in bytes, against what this process can have.
struct MemoryEstimate {
  uint64_t weights = 0;   // packed, in anonymous memory
  uint64_t in_file = 0;   // of the file, read row by row (the token embeddings): page cache
  uint64_t kv_cache = 0;  // at the context asked for
  uint64_t scratch = 0;   // activations of a step on all cores; logits of a draft of 16 or of 17 sequences
  uint64_t total = 0;
  uint64_t available = 0;  // memory this process can have now
};

// Everything `reckon inspect` shows. Made without packing any weights.
struct ModelDescription {
  ModelInfo info;
  std::vector<std::pair<std::string, std::string>>
      metadata;  // key, value as JSON text (long arrays cut, with count)
  std::vector<TensorInfo> tensors;
};

// A handle; copies share the model. Immutable and safe to share between threads. Two models may live side by
// side.
class Model {
 public:
  // Opens, checks and packs a GGUF file (for a split one: its first part). Throws Error: io, malformed_file,
  // unsupported, out_of_memory (before anything large is allocated), invalid_argument, cancelled. The file
  // stays open: embeddings are read from it at each step. If it becomes shorter, that step throws Error(io).
  static Model load(const std::string& path, const LoadOptions& options = {});
  // The small model that is part of the library.
  static Model embedded(const LoadOptions& options = {});

  // Reads metadata and tensor list only. Throws as load does.
  static ModelDescription describe(const std::string& path);
  static ModelDescription describe_embedded();
  // Memory for `description` at a context of `context` positions (0: the model's own).
  static MemoryEstimate estimate_memory(const ModelDescription& description, uint64_t context,
                                        CacheType cache_type = CacheType::f16);

  // Bytes of cache per position of a sequence.
  static uint64_t cache_bytes_per_token(const ModelInfo& info, CacheType cache_type) noexcept;

  const ModelInfo& info() const;
  const std::string& isa() const;  // name of the kernel set in use
  int threads() const;
  double load_ms() const;  // time from load()'s call to its return
  // 32 hexadecimal digits that tell this model's file from others: a hash (XXH3) of all metadata, of every
  // tensor's name, type and shape, and of 32 pieces of 256 bytes of each tensor's data. Files that differ in
  // weights between these pieces alone are taken for the same. Made when it is first asked for, which reads
  // the file for some milliseconds. Throws Error(io).
  const std::string& identity() const;

  // The parts of the model that work on text. Tokenizer::load and ChatTemplate::load give them without the
  // weights. chat_template() throws Error(template_error) if the file's template does not parse,
  // Error(unsupported) if it has none.
  Tokenizer tokenizer() const;
  const ChatTemplate& chat_template() const;

  // Short for the functions of tokenizer() and chat_template(), with their errors.
  std::vector<TokenId> tokenize(std::string_view text, const TokenizeOptions& options = {}) const;
  std::string detokenize(std::span<const TokenId> tokens) const;
  bool is_end_token(TokenId token) const;
  std::optional<TokenId> begin_token() const;
  bool adds_begin_token() const;
  std::string render_chat(std::span<const Message> messages) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }  // for the library's own use
  explicit Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace reckon
