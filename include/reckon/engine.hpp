// Many sequences over one cache, a step at a time: what Session is built on, for benchmarks, scoring and
// schedulers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include <reckon/export.hpp>
#include <reckon/model.hpp>

namespace reckon {

// How a cache is kept.
struct EngineOptions {
  uint64_t max_positions = 0;  // over all sequences, shared blocks counted once; 0: no bound but memory
  CacheType cache_type = CacheType::f16;
};

// Of a sequence; taken again after remove().
using SequenceId = uint32_t;

// One token of a step. Rows of one sequence follow each other in order of position.
struct BatchRow {
  SequenceId sequence = 0;
  TokenId token = 0;
  bool logits = false;  // compute the logits after this token
};

// Not shareable between threads. Keeps the model alive. What takes a sequence throws Error(invalid_argument)
// for an unknown one.
class RECKON_API Engine {
 public:
  // Allocates when positions fill. Throws Error(out_of_memory).
  explicit Engine(const Model& model, const EngineOptions& options = {});
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  SequenceId add_sequence();                             // empty
  SequenceId fork(SequenceId sequence);                  // shares all blocks, copied when either writes
  void rewind(SequenceId sequence, uint64_t positions);  // keeps the first `positions`
  void remove(SequenceId sequence);                      // its id is unknown then
  uint64_t length(SequenceId sequence) const;            // positions

  // Appends every row's token to its sequence and computes the logits asked for. Results do not depend on
  // what else is in the batch, nor on how a text is cut into batches. Throws Error(invalid_argument: unknown
  // sequence, token out of the vocabulary), Error(out_of_memory | context_full): then no sequence has
  // changed.
  void forward(std::span<const BatchRow> rows);
  // (vocab_size) logits of the i-th row of the last forward() that asked for them; valid until the next
  // forward().
  std::span<const float> logits(size_t i) const;

  uint64_t kv_bytes() const;  // memory the cache holds now

  // The cache as bytes, for saving. A page holds kv_page_positions() positions of a sequence in
  // kv_page_bytes() bytes; what they mean depends on the model, the cache type and this version. A sequence
  // of n positions has ceil(n / kv_page_positions()) pages, of which the last may be filled in part.
  uint64_t kv_page_positions() const;
  uint64_t kv_page_bytes() const;  // of this cache type
  // Page i of a sequence; valid until the sequence changes. Throws Error(invalid_argument).
  std::span<const std::byte> kv_page(SequenceId sequence, size_t i) const;
  // Gives an empty sequence `positions` positions. `fill` is called for each of their pages in order and
  // writes (kv_page_bytes()) bytes that kv_page() once gave for the same tokens. Throws
  // Error(invalid_argument: the sequence is unknown or not empty), Error(out_of_memory | context_full), and
  // what `fill` throws: then the sequence is empty.
  void import_kv(SequenceId sequence, uint64_t positions,
                 const std::function<void(size_t i, std::span<std::byte> page)>& fill);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A hash of logits' bits: equal exactly if (but for collisions) every bit is. -0 and +0 differ, NaNs by
// payload.
RECKON_API uint64_t hash_logits(std::span<const float> logits) noexcept;

}  // namespace reckon
