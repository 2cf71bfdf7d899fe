// A model: weights packed for this processor, its vocabulary and its chat template.
#pragma once

#include <cstddef>
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
#include <reckon/export.hpp>
#include <reckon/log.hpp>
#include <reckon/tokenizer.hpp>

namespace reckon {

// How far loading is, in bytes of weights packed.
struct LoadProgress {
  uint64_t done_bytes = 0;   // 0 at the first call, total_bytes at the last
  uint64_t total_bytes = 0;  // of all matrices to pack, as the file has them
};

// How a model is loaded.
struct LoadOptions {
  int threads = 0;       // 1..256; 0: the cores this process may use
  std::string isa = {};  // kernel set by name (see instruction_sets()); empty: RECKON_ISA, else the best
  // Bytes the weights and caches of this model may use; 0: what the system has available.
  uint64_t memory_limit = 0;
  // Called now and then while packing, from the loading thread; false stops: load throws Error(cancelled).
  std::function<bool(const LoadProgress&)> progress = {};
  LogCallback log = {};  // kept by the model; may be empty
};

// Copies bytes of a GGUF file, those from `offset` on, into `to`: at least 1 and at most to.size(); returns
// how many. 0: there are no more, which is an error, as all that are asked for lie within the size that was
// given. Called while loading and at each step, on any of the model's threads but never on two at once. It
// must not use the model. What it throws, the call that needed the bytes throws.
using ReadFunction = std::function<size_t(uint64_t offset, std::span<std::byte> to)>;

// One tensor of a file.
struct TensorInfo {
  std::string name;             // as in the file
  std::string type;             // "Q4_K"
  std::vector<uint64_t> shape;  // row length first, as in GGUF
  uint64_t bytes = 0;           // of its data in the file
};

// What a file says about itself. Sizes in the model's own terms: hidden size, heads, ...
struct ModelInfo {
  std::string file;                 // path, or "(embedded)"
  std::string name;                 // general.name, or the file's name
  std::string architecture;         // "qwen2", "llama", "qwen3"
  std::string file_type;            // dominant weight type with its share, such as "Q4_K (68 %), Q6_K (32 %)"
  uint32_t gguf_version = 0;        // of the file's format
  uint64_t parameters = 0;          // elements of all tensors
  uint64_t file_bytes = 0;          // of all parts
  uint32_t layers = 0;              // transformer blocks
  uint32_t hidden_size = 0;         // elements of the residual stream
  uint32_t ffn_size = 0;            // elements within a feed-forward block
  uint32_t heads = 0;               // query heads of a layer
  uint32_t kv_heads = 0;            // heads of keys and values; divides `heads`
  uint32_t head_dim = 0;            // elements of a head
  uint32_t vocab_size = 0;          // tokens in the vocabulary
  uint64_t context_length = 0;      // positions the model was trained for
  bool tied_output = false;         // the output matrix is that of the embeddings
  bool has_chat_template = false;   // the file has one, whether it parses or not
  bool has_think_tokens = false;    // <think> and </think> are single tokens of the vocabulary
  uint64_t kv_bytes_per_token = 0;  // f16 cache
};

// How the attention cache keeps keys and values. q8_0 takes 17/32 of f16's memory: int8 with an f16 scale per
// 32 elements, rounded once when they are stored.
enum class CacheType : uint8_t { f16, q8_0 };

// Memory a model needs, in bytes, against what this process can have.
struct MemoryEstimate {
  uint64_t weights = 0;    // packed, in anonymous memory
  uint64_t in_file = 0;    // of the file, read row by row (the token embeddings): page cache
  uint64_t kv_cache = 0;   // at the context asked for
  uint64_t scratch = 0;    // activations of a step on all cores; logits of a draft of 16 or of 17 sequences
  uint64_t total = 0;      // of the above
  uint64_t available = 0;  // memory this process can have now
};

// Everything `reckon inspect` shows. Made without packing any weights.
struct ModelDescription {
  ModelInfo info;  // the file in short
  // Key, value as JSON text (long arrays cut, with count).
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<TensorInfo> tensors;  // in the order of the file
};

// A handle; copies share the model. Immutable and safe to share between threads. Two models may live side by
// side. Sessions, batches and engines of a model that run at once take turns, a step each. A handle that was
// moved from can be destroyed or assigned to, and nothing else. With the last one, and the last of what was
// made from the model, its threads end and its file is closed.
//
//   LoadOptions load;
//   load.memory_limit = uint64_t{8} << 30;
//   load.progress = [](const LoadProgress& p) {
//     std::cerr << p.done_bytes << " of " << p.total_bytes << " bytes\r";
//     return true;
//   };
//   Model model = Model::load("r1.gguf", load);
//   std::cout << model.info().name << ", " << model.identity() << ": loaded in " << model.load_ms()
//             << " ms for " << model.isa() << " on " << model.threads() << " threads\n";
//
//   Model tiny = Model::embedded();
//   std::vector<TokenId> tokens = tiny.tokenize(tiny.render_chat(messages));
//   std::string text = tiny.detokenize(tokens);
//   bool begun = tiny.adds_begin_token() && tokens.front() == tiny.begin_token();
//   bool ended = tiny.is_end_token(tokens.back());
//   bool same = tiny.tokenizer().encode(text) == tokens && tiny.chat_template().render(messages) == text;
//
// From elsewhere than a file:
//
//   static const std::vector<std::byte> bytes(1000);  // a GGUF file
//   Model in_memory = Model::from_memory(bytes, "r1");
//   Model read = Model::from_reader(bytes.size(), [](uint64_t offset, std::span<std::byte> to) {
//     std::memcpy(to.data(), bytes.data() + offset, to.size());
//     return to.size();
//   });
//
// Before anything is loaded:
//
//   ModelDescription file = Model::describe("r1.gguf");
//   MemoryEstimate memory = Model::estimate_memory(file, 4096, CacheType::q8_0);
//   if (memory.total > memory.available) file = Model::describe_embedded();
//   std::cout << Model::cache_bytes_per_token(file.info, CacheType::f16) << " bytes of cache per token\n";
class RECKON_API Model {
 public:
  // Opens, checks and packs a GGUF file (for a split one: its first part). Throws Error: io, malformed_file,
  // unsupported (a file, or a kernel set, that this build or processor can't run), out_of_memory (before
  // anything large is allocated), invalid_argument, cancelled, and what callbacks throw. The file stays open:
  // embeddings are read from it at each step. If it becomes shorter, that step throws Error(io).
  static Model load(const std::string& path, const LoadOptions& options = {});
  // The small model that is part of the library. Throws Error: invalid_argument, unsupported (a kernel set
  // that this processor can't run), out_of_memory, cancelled, and what callbacks throw.
  static Model embedded(const LoadOptions& options = {});
  // From a whole GGUF file in memory: `bytes` stay where they are and as they are for as long as the model or
  // anything made from it lives. `name` stands for the path in messages. Throws as load does.
  static Model from_memory(std::span<const std::byte> bytes, const std::string& name = "(memory)",
                           const LoadOptions& options = {});
  // From a whole GGUF file of `size` bytes that `read` gives; the model keeps `read`. Throws as load does:
  // Error(invalid_argument) if `read` is empty, Error(io) if it gives nothing or claims more than was asked
  // for, and what it throws, also at a later step.
  static Model from_reader(uint64_t size, ReadFunction read, const std::string& name = "(reader)",
                           const LoadOptions& options = {});

  // Reads metadata and tensor list only. Throws as Tokenizer::load does.
  static ModelDescription describe(const std::string& path);
  // Of the model that is part of the library. Throws Error(out_of_memory).
  static ModelDescription describe_embedded();
  // Memory for `description` at a context of `context` positions (0: the model's own); UINT64_MAX for what
  // does not fit a number. Throws Error(invalid_argument) for sizes that no model file may have and for a
  // number that is no CacheType, Error(unsupported) for a weight type that is not known, and as
  // instruction_sets() does.
  static MemoryEstimate estimate_memory(const ModelDescription& description, uint64_t context,
                                        CacheType cache_type = CacheType::f16);

  // Bytes of cache per position of a sequence, at most UINT64_MAX; 0 for a number that is no CacheType.
  static uint64_t cache_bytes_per_token(const ModelInfo& info, CacheType cache_type) noexcept;

  const ModelInfo& info() const;   // what its file says about itself
  const std::string& isa() const;  // name of the kernel set in use
  int threads() const;             // number of threads that share its work
  double load_ms() const;          // time from load()'s call to its return
  // 32 hexadecimal digits that tell this model's file from others: a hash (XXH3) of all metadata, of every
  // tensor's name, type and shape, and of 32 pieces of 256 bytes of each tensor's data. Files that differ in
  // weights between these pieces alone are taken for the same. Made when it is first asked for, which reads
  // the file for some milliseconds. Throws Error(io | out_of_memory), and what a ReadFunction throws.
  const std::string& identity() const;

  // The parts of the model that work on text. Tokenizer::load and ChatTemplate::load give them without the
  // weights. chat_template() throws Error(template_error) if the file's template does not parse,
  // Error(unsupported) if it has none; tokenizer() throws nothing.
  Tokenizer tokenizer() const;
  const ChatTemplate& chat_template() const;  // lives as long as the model

  // Short for the functions of tokenizer() and chat_template(), with their errors.
  std::vector<TokenId> tokenize(std::string_view text, const TokenizeOptions& options = {}) const;
  std::string detokenize(std::span<const TokenId> tokens) const;     // Tokenizer::decode
  bool is_end_token(TokenId token) const;                            // as in Tokenizer
  std::optional<TokenId> begin_token() const;                        // as in Tokenizer
  bool adds_begin_token() const;                                     // as in Tokenizer
  std::string render_chat(std::span<const Message> messages) const;  // ChatTemplate::render

  struct Impl;
  const Impl& impl() const { return *impl_; }  // for the library's own use
  // For the library's own use.
  explicit Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace reckon
