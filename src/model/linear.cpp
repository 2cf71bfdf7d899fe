#include "model/linear.hpp"

#include <algorithm>
#include <cassert>

namespace reckon::model {
namespace {

using kernels::ActivationType;
using kernels::PackedMatrix;

// Weights a thread takes at a time: some 64 KB, enough to hide the counter and to stream, little enough to
// balance.
constexpr size_t kChunkBytes = 64 * 1024;
// With many rows, what counts is how many panels meet the activations that a core has in its cache.
constexpr size_t kManyRows = 64, kPanelsForManyRows = 8, kChunksPerThread = 4;

size_t panels_per_chunk(const PackedMatrix& w, size_t n_rows, int n_threads) {
  size_t n = std::max<size_t>(kChunkBytes / w.panel_bytes, 1);
  if (n_rows >= kManyRows) {
    size_t share = w.panels() / (kChunksPerThread * static_cast<size_t>(n_threads));
    n = std::max(n, std::min(share, kPanelsForManyRows));
  }
  return (n + 1) / 2 * 2;  // pairs of panels suit tile kernels
}

size_t chunks(const PackedMatrix& w, size_t per_chunk) { return (w.panels() + per_chunk - 1) / per_chunk; }

size_t index(ActivationType type) { return static_cast<size_t>(type); }

// No matrix's columns are fewer than a block, so sizes are taken of whole blocks.
size_t form_bytes(const kernels::KernelTable& kernels, size_t type, size_t rows, size_t cols) {
  size_t whole = (cols + 255) / 256 * 256;
  return kernels.activation_bytes(static_cast<ActivationType>(type), rows, whole);
}

}  // namespace

Activations::Activations(const kernels::KernelTable& kernels, size_t max_rows, size_t max_cols)
    : kernels_(&kernels) {
  for (size_t t = 0; t < kTypes; t++) {
    packed_[t] = support::AlignedBuffer(form_bytes(kernels, t, max_rows, max_cols), "activations");
  }
}

uint64_t Activations::bytes(const kernels::KernelTable& kernels, size_t max_rows, size_t max_cols) {
  uint64_t sum = 0;
  for (size_t t = 0; t < kTypes; t++) sum += form_bytes(kernels, t, max_rows, max_cols);
  return sum;
}

void Activations::begin(size_t n_rows, size_t cols, std::initializer_list<const PackedMatrix*> matrices) {
  n_rows_ = n_rows;
  cols_ = cols;
  std::fill(std::begin(needed_), std::end(needed_), false);
  for (const PackedMatrix* m : matrices) {
    assert(m->cols == cols);
    needed_[index(kernels::activation_type(m->type))] = true;
  }
}

void Activations::pack_row(size_t row, const float* x) {
  for (size_t t = 0; t < kTypes; t++) {
    if (!needed_[t]) continue;
    // A stride of 0: whichever row is packed, it is read at x.
    kernels_->pack_activations(static_cast<ActivationType>(t), x, 0, n_rows_, cols_, row, row + 1,
                               packed_[t].data());
  }
}

void Activations::multiply(support::ThreadPool& pool, std::initializer_list<Product> products) const {
  auto per_chunk = [&](const Product& p) { return panels_per_chunk(*p.w, n_rows_, pool.size()); };
  size_t total = 0;
  for (const Product& p : products) total += chunks(*p.w, per_chunk(p));
  pool.run(total, [&](size_t chunk, int) {
    const Product* p = products.begin();
    for (; chunk >= chunks(*p->w, per_chunk(*p)); p++) chunk -= chunks(*p->w, per_chunk(*p));
    size_t per = per_chunk(*p);
    size_t first = chunk * per, last = std::min(first + per, p->w->panels());
    const auto& x = packed_[index(kernels::activation_type(p->w->type))];
    kernels_->matmul(*p->w, x.data(), n_rows_, first, last, p->y, p->w->rows);
  });
}

}  // namespace reckon::model
