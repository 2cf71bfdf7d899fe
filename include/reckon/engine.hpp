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
  // Over all sequences, shared pages counted once; rounded up to whole pages of kv_page_positions(). 0: no
  // bound but memory.
  uint64_t max_positions = 0;
  CacheType cache_type = CacheType::f16;  // of all sequences
};

// Of a sequence; unique within an engine.
using SequenceId = uint32_t;

// One token of a step. Rows of one sequence follow each other in order of position.
struct BatchRow {
  SequenceId sequence = 0;  // that it is appended to
  TokenId token = 0;        // below vocab_size
  bool logits = false;      // compute the logits after this token
};

// Not shareable between threads. Keeps the model alive. A sequence that is not there is an
// Error(invalid_argument) of every function; so is whatever would change or copy the engine while it is in
// forward() or import_kv(), from the functions that these call.
//
//   Engine engine(model, {.max_positions = 4096});
//   SequenceId first = engine.add_sequence();
//   std::vector<BatchRow> rows;
//   for (TokenId token : model.tokenize("Once upon a time")) rows.push_back({first, token, false});
//   rows.back().logits = true;
//   engine.forward(rows);
//   std::cout << "the most probable token is " << top_logprobs(engine.logits(0), 1)[0].token;
//
//   SequenceId second = engine.fork(first);
//   rows = {{first, 11, true}, {second, 12, true}};
//   engine.forward(rows);
//   std::cout << hash_logits(engine.logits(1)) << ": the logits after token 12";
//   engine.rewind(second, engine.length(second) - 1);
//   std::atomic<bool> enough = false;  // set by another thread
//   if (!engine.forward(rows, [&] { return enough.load(); })) std::cout << "stopped";
//   engine.remove(first);
//   std::cout << engine.kv_bytes() << " bytes of cache";
//   Engine other = engine.branch(second);  // for another thread
//
//   std::vector<std::vector<std::byte>> pages;  // (pages, kv_page_bytes())
//   for (size_t i = 0; i * engine.kv_page_positions() < engine.length(second); i++) {
//     std::span<const std::byte> page = engine.kv_page(second, i);
//     pages.emplace_back(page.begin(), page.begin() + engine.kv_page_bytes());
//   }
//   other.import_kv(other.add_sequence(), engine.length(second),
//                   [&](size_t i, std::span<std::byte> page) { std::ranges::copy(pages[i], page.begin()); });
class RECKON_API Engine {
 public:
  // Allocates when positions fill. Throws Error(invalid_argument) naming the option, Error(out_of_memory).
  explicit Engine(const Model& model, const EngineOptions& options = {});
  // Gives back the pages that no branch shares.
  ~Engine();
  // What was moved from can be destroyed or assigned to, and nothing else.
  Engine(Engine&&) noexcept;
  // As above; what this one held is let go as by the destructor.
  Engine& operator=(Engine&&) noexcept;

  // Begins an empty sequence and returns its id. Throws Error(out_of_memory).
  SequenceId add_sequence();
  // Begins a sequence that is equal to this one. All pages are shared and copied when either writes. Throws
  // Error(invalid_argument | out_of_memory).
  SequenceId fork(SequenceId sequence);
  // Ends the sequence and frees the pages that no other shares; its id is unknown from then on. Throws
  // Error(invalid_argument).
  void remove(SequenceId sequence);
  // The number of its positions. Throws Error(invalid_argument).
  uint64_t length(SequenceId sequence) const;
  // Keeps the first `positions` of the sequence. Throws Error(invalid_argument), also if there are fewer.
  void rewind(SequenceId sequence, uint64_t positions);
  // An engine for another thread that begins with a fork of the sequence, whose id there is 0. Pages are
  // shared with it, and so is the bound on positions. Throws Error(invalid_argument | out_of_memory).
  Engine branch(SequenceId sequence) const;

  // Appends every row's token to its sequence and computes the logits asked for. Results do not depend on
  // what else is in the batch, nor on how a text is cut into batches. Throws Error(invalid_argument: unknown
  // sequence, token out of the vocabulary), Error(out_of_memory), Error(context_full: max_positions are
  // taken), Error(io: the model's file has become shorter), Error(malformed_file: an embedding in it is not
  // finite), and what a model's ReadFunction throws: then no sequence has changed.
  void forward(std::span<const BatchRow> rows);
  // The same, but `stop` is asked before each of the model's layers, for at most 256 rows at a time; true
  // ends the step: then no sequence has changed, and there are no logits. Returns whether the step was done;
  // with an empty `stop` it is.
  // What `stop` throws is thrown, and no sequence has changed. The model computes one step at a time: `stop`
  // must not wait for a thread that uses the model, and what it begins on the model itself is an
  // Error(invalid_argument).
  bool forward(std::span<const BatchRow> rows, const std::function<bool()>& stop);
  // (vocab_size) logits of the i-th row of the last forward() that asked for them; valid until the next
  // forward(). Throws Error(invalid_argument) for an i that is too great.
  std::span<const float> logits(size_t i) const;

  uint64_t kv_bytes() const;  // bytes of memory the cache holds now

  // The cache as bytes, for saving. A page holds kv_page_positions() positions of a sequence in
  // kv_page_bytes() bytes; what they mean depends on the model, the cache type and this version. A sequence
  // of n positions has ceil(n / kv_page_positions()) pages, of which the last may be filled in part.
  uint64_t kv_page_positions() const;
  uint64_t kv_page_bytes() const;  // of this cache type
  // Page i of a sequence, (kv_page_bytes()); valid until the sequence changes. Throws
  // Error(invalid_argument), also for an i that is too great.
  std::span<const std::byte> kv_page(SequenceId sequence, size_t i) const;
  // Gives an empty sequence `positions` positions. `fill` is called for each of their pages in order and
  // writes (kv_page_bytes()) bytes that kv_page() once gave for the same tokens. Throws
  // Error(invalid_argument: the sequence is unknown or not empty, `fill` is empty), Error(out_of_memory),
  // Error(context_full: max_positions are taken), and what `fill` throws: then the sequence is as it was.
  void import_kv(SequenceId sequence, uint64_t positions,
                 const std::function<void(size_t i, std::span<std::byte> page)>& fill);

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A hash of logits' bits: equal exactly if (but for collisions) every bit is. -0 and +0 differ, NaNs by
// payload. Any number of logits.
RECKON_API uint64_t hash_logits(std::span<const float> logits) noexcept;

}  // namespace reckon
