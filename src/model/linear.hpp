// Products of one set of activations with one or several packed matrices, over all threads.
#pragma once

#include <initializer_list>
#include <vector>

#include "kernels/kernels.hpp"
#include "support/aligned_buffer.hpp"
#include "support/thread_pool.hpp"

namespace reckon::model {

// y (n_tokens, w.rows) = activations * w^T
struct Product {
  const kernels::PackedMatrix* w;
  float* y;
};

// The packed forms of up to max_rows rows of activations: as many forms as the matrices that read them need.
class Activations {
 public:
  Activations() = default;
  Activations(const kernels::KernelTable& kernels, size_t max_rows, size_t max_cols);
  static uint64_t bytes(const kernels::KernelTable& kernels, size_t max_rows, size_t max_cols);

  // Prepares for n_rows rows of `cols` columns, to be multiplied by these matrices.
  void begin(size_t n_rows, size_t cols, std::initializer_list<const kernels::PackedMatrix*> matrices);
  // Packs one row, x (cols). Thread-safe on different rows.
  void pack_row(size_t row, const float* x);

  // All products in one run of the pool: their panels form one queue.
  void multiply(support::ThreadPool& pool, std::initializer_list<Product> products);

 private:
  // What a thread takes at a time.
  struct Piece {
    const Product* product;
    size_t first_panel, last_panel;
  };
  // Cuts the products into pieces_.
  void cut(std::initializer_list<Product> products, size_t n_threads);

  static constexpr size_t kTypes = 3;
  const kernels::KernelTable* kernels_ = nullptr;
  support::AlignedBuffer packed_[kTypes];  // by ActivationType
  bool needed_[kTypes] = {};
  std::vector<Piece> pieces_;
  size_t n_rows_ = 0;
  size_t cols_ = 0;
};

}  // namespace reckon::model
