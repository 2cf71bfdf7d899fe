#include "model/linear.hpp"

#include <algorithm>
#include <cassert>

namespace reckon::model {
namespace {

using kernels::ActivationType;
using kernels::PackedMatrix;

// A thread takes a share of what is left, so that it streams long pieces and both ends of a phase come
// together: pieces begin large and end small. A piece's first weights are waited for, since nothing fetched
// them ahead.
constexpr size_t kPiecesPerThread = 3;
constexpr size_t kLeastBytes = 32 * 1024;

// Panels of a piece, when `left` bytes of weights are left for all threads.
size_t panels_of_piece(const PackedMatrix& w, size_t left, size_t n_threads) {
  const size_t bytes = std::max(left / (kPiecesPerThread * n_threads), kLeastBytes);
  const size_t panels = std::max<size_t>(bytes / w.panel_bytes, 1);
  return (panels + 1) / 2 * 2;  // pairs of panels suit the kernels for many rows
}

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

void Activations::cut(std::initializer_list<Product> products, size_t n_threads) {
  pieces_.clear();
  size_t left = 0;
  for (const Product& p : products) left += p.w->panels() * p.w->panel_bytes;
  for (const Product& p : products) {
    for (size_t first = 0, last; first < p.w->panels(); first = last) {
      last = std::min(first + panels_of_piece(*p.w, left, n_threads), p.w->panels());
      left -= (last - first) * p.w->panel_bytes;
      pieces_.push_back({&p, first, last});
    }
  }
}

void Activations::multiply(support::ThreadPool& pool, std::initializer_list<Product> products) {
  cut(products, static_cast<size_t>(pool.size()));
  pool.run(pieces_.size(), [&](size_t i, int) {
    const Piece& piece = pieces_[i];
    const PackedMatrix& w = *piece.product->w;
    const auto& x = packed_[index(kernels::activation_type(w.type))];
    kernels_->matmul(w, x.data(), n_rows_, piece.first_panel, piece.last_panel, piece.product->y, w.rows);
  });
}

}  // namespace reckon::model
