// A model's weights as the kernels want them: matrices packed in one arena, small vectors as f32, the
// embedding table left in the file.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <reckon/error.hpp>

#include "kernels/kernels.hpp"
#include "load/model_file.hpp"
#include "model/config.hpp"
#include "support/aligned_buffer.hpp"
#include "support/thread_pool.hpp"

namespace reckon::model {

struct LayerWeights {
  std::vector<float> attn_norm;               // (hidden)
  kernels::PackedMatrix q, k, v;              // (q_dim | kv_dim | kv_dim, hidden)
  std::vector<float> q_bias, k_bias, v_bias;  // (rows of q, k, v), empty without
  std::vector<float> q_norm, k_norm;          // (head_dim), empty without
  kernels::PackedMatrix o;                    // (hidden, q_dim)
  std::vector<float> ffn_norm;                // (hidden)
  kernels::PackedMatrix gate, up;             // (ffn, hidden)
  kernels::PackedMatrix down;                 // (hidden, ffn)
};

struct Weights {
  const load::TensorView* embeddings = nullptr;  // (n_vocab, hidden), in the file
  std::vector<LayerWeights> layers;
  std::vector<float> output_norm;  // (hidden)
  kernels::PackedMatrix output;  // (n_vocab, hidden); the embeddings' values if the file has no output.weight
  std::vector<float> rope_factors;  // (rope.dim / 2), empty without
  support::AlignedBuffer arena;     // the packed matrices
};

// done and total bytes of the file's matrices; false stops the packing with Error(cancelled).
using PackProgress = std::function<bool(uint64_t done, uint64_t total)>;

// Where every tensor of a file goes. Made before anything is allocated: names, shapes and types are checked
// here.
class WeightPlan {
 public:
  // Throws Error(malformed_file | unsupported) naming file and tensor: missing, of another shape or type than
  // the architecture has, or unknown to it.
  WeightPlan(const load::ModelFile& file, const Config& config, const kernels::KernelTable& kernels);

  uint64_t packed_bytes() const { return packed_bytes_; }
  uint64_t file_bytes() const { return file_bytes_; }  // of the matrices to pack

  // Packs, reading the file in small pieces: at no time is a matrix in memory twice. Throws
  // Error(out_of_memory | malformed_file | cancelled | io).
  std::unique_ptr<Weights> pack(support::ThreadPool& pool, const PackProgress& progress) &&;

 private:
  struct Job {
    const load::TensorView* tensor;
    kernels::PackedMatrix* matrix;  // rows, cols, type, panel_bytes set; data when packed
    size_t offset;                  // in the arena
  };

  void plan_layer(size_t layer);
  void plan_output();
  const load::TensorView& take(const std::string& name, uint64_t rows, uint64_t cols);
  void add_matrix(kernels::PackedMatrix& matrix, const load::TensorView& tensor);
  void add_matrix(kernels::PackedMatrix& matrix, const std::string& name, uint64_t rows, uint64_t cols);
  std::vector<float> read_vector(const std::string& name, uint64_t n);
  void read_rope_factors();
  void refuse_unknown_tensors() const;
  // Panels of a matrix that a thread reads and packs at a time.
  size_t panels_per_chunk(const Job& job) const;
  void pack_matrix(const Job& job, support::ThreadPool& pool, const support::AlignedBuffer& pieces) const;
  // The first row with a NaN or an infinity in chunk `chunk`, else SIZE_MAX. `piece` takes its file bytes.
  size_t pack_chunk(const Job& job, size_t chunk, std::byte* piece) const;
  [[noreturn]] void fail(ErrorCode code, const std::string& tensor, const std::string& what) const;

  const load::ModelFile& file_;
  const Config& config_;
  const kernels::KernelTable& kernels_;
  std::unique_ptr<Weights> weights_;
  std::vector<Job> jobs_;
  std::vector<const load::TensorView*> used_;
  uint64_t packed_bytes_ = 0;
  uint64_t file_bytes_ = 0;
};

}  // namespace reckon::model
