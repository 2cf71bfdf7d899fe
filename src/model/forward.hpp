// The pass of a batch through the layers.
#pragma once

#include <functional>
#include <memory>

#include "model/attention.hpp"
#include "model/batch.hpp"
#include "model/linear.hpp"
#include "model/network.hpp"

namespace reckon::model {

// An engine's working memory for steps of up to kMaxRows rows, and the pass itself.
class Forward {
 public:
  static constexpr size_t kMaxRows = 256;
  // Rows whose logits scratch_bytes() counts: a token and the longest draft after it, or as many sequences.
  static constexpr size_t kLogitRows = 17;

  // The batches' pages have this layout.
  Forward(const Network& network, const KvLayout& layout);
  // What a pass needs besides weights and cache, the caller's logits included.
  static uint64_t scratch_bytes(const Config& config, const kernels::KernelTable& kernels, size_t n_threads);

  // Writes the rows' keys and values into their pages and the wanted logits to `logits` (logit_rows,
  // n_vocab). batch.tokens.size() is 1..kMaxRows. Throws Error(malformed_file) for an embedding row that is
  // not finite, Error(io) if the file has become shorter. Asks `stop` before each layer; true ends the pass,
  // and there are no logits. Returns whether it came to its end.
  bool run(const Batch& batch, float* logits, const std::function<bool()>& stop);

 private:
  void embed(const Batch& batch);
  void set_angles(const Batch& batch);
  void attention_block(const Batch& batch, size_t layer);
  void ffn_block(size_t layer);
  void rotate_and_store(const Batch& batch, size_t layer);
  void output(const Batch& batch, float* logits);
  // residual += delta (nullptr: nothing), then norm of the residual packed for the matrices.
  void add_norm_pack(const float* delta, const std::vector<float>& norm,
                     std::initializer_list<const kernels::PackedMatrix*> matrices);

  const Network& net_;
  const Config& c_;
  const kernels::KernelTable& k_;
  size_t n_rows_ = 0;
  support::AlignedBuffer residual_;  // (kMaxRows, hidden)
  support::AlignedBuffer q_, kv_;    // (kMaxRows, q_dim), keys then values (kMaxRows, kv_dim)
  support::AlignedBuffer gate_up_;   // gate then up, (kMaxRows, ffn) each
  support::AlignedBuffer delta_;     // (kMaxRows, hidden): what a block adds to the residual
  support::AlignedBuffer angles_;    // cos, sin (kMaxRows, 2, rope.dim / 2)
  support::AlignedBuffer normed_;    // (threads, max(hidden, ffn, q_dim)): a row on its way in or out
  Activations activations_;
  KvLayout layout_;
  Attention attention_;
};

}  // namespace reckon::model
