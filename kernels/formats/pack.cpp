#include "kernels/formats/pack.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/formats/formats.hpp"
#include "kernels/formats/half.hpp"
#include "kernels/formats/plain_values.hpp"

namespace reckon::kernels {
namespace {

template <class F>
size_t bytes_of_panel(size_t cols) {
  if constexpr (is_plain<F>) {
    const size_t bytes = cols * kPanelRows * sizeof(typename F::Word);
    return (bytes + kPackedAlignment - 1) / kPackedAlignment * kPackedAlignment;
  } else {
    static_assert(sizeof(typename F::Packed) % kPackedAlignment == 0);
    const size_t cols_per_packed = static_cast<size_t>(F::kCols) * F::kGroup;
    return (cols + cols_per_packed - 1) / cols_per_packed * sizeof(typename F::Packed);
  }
}

// n columns from `first` on of a panel of a plain type: columns outermost, so that writes are in order and
// reads are 16 streams. Marks the rows with a weight that is not finite.
template <class F>
void pack_columns(const std::byte* src, size_t row_bytes, size_t n_rows, size_t first, size_t n,
                  std::byte* panel, bool (&bad)[kPanelRows]) {
  using Word = typename F::Word;
  constexpr size_t kMost = 64;
  Word words[kPanelRows][kMost] = {};
  for (size_t r = 0; r < n_rows; r++) {
    std::memcpy(words[r], src + r * row_bytes + first * sizeof(Word), n * sizeof(Word));
    bool all_finite = true;
    for (size_t c = 0; c < n; c++) all_finite &= is_finite(F{}, words[r][c]);
    bad[r] |= !all_finite;
  }
  for (size_t c = 0; c < n; c++) {
    Word column[kPanelRows];
    for (size_t r = 0; r < kPanelRows; r++) column[r] = words[r][c];
    std::memcpy(panel + (first + c) * sizeof column, column, sizeof column);
  }
}

// One row's block, by way of `values`; returns whether its scales are finite.
template <class F>
bool pack_block(const std::byte* src, size_t b, size_t row, BlockValues& values, std::byte* panel) {
  typename F::Block block;
  std::memcpy(&block, src + b * sizeof block, sizeof block);
  F::read(block, values);
  auto* packed = reinterpret_cast<typename F::Packed*>(panel) + b / F::kGroup;
  F::place(values, row, b % F::kGroup, *packed);
  return f16_finite(values.d) && f16_finite(values.dmin);
}

// Packs one panel; returns the first row (within the panel) with a scale that is not finite, else kPanelRows.
template <class F>
size_t pack_panel(const std::byte* src, size_t row_bytes, size_t n_rows, size_t cols, std::byte* panel) {
  size_t bad = kPanelRows;
  if constexpr (is_plain<F>) {
    bool bad_rows[kPanelRows] = {};
    for (size_t c = 0; c < cols; c += 64) {
      pack_columns<F>(src, row_bytes, n_rows, c, std::min<size_t>(64, cols - c), panel, bad_rows);
    }
    bad = static_cast<size_t>(std::find(bad_rows, bad_rows + kPanelRows, true) - bad_rows);
  } else {
    const size_t blocks = cols / F::kCols;
    if (n_rows < kPanelRows || blocks % F::kGroup != 0) std::memset(panel, 0, bytes_of_panel<F>(cols));
    BlockValues values;
    for (size_t b = 0; b < blocks; b++) {  // blocks outermost: the packed block stays in cache
      for (size_t r = 0; r < n_rows; r++) {
        if (!pack_block<F>(src + r * row_bytes, b, r, values, panel)) bad = std::min(bad, r);
      }
    }
  }
  return bad;
}

}  // namespace

size_t panel_bytes(WeightType type, size_t cols) {
  return visit_format(type, [&]<class F>() { return bytes_of_panel<F>(cols); });
}

PackResult pack_panels(WeightType type, const std::byte* src, size_t rows, size_t cols, size_t first,
                       size_t last, std::byte* dst) {
  const size_t row_bytes = cols / info(type).block_size * info(type).block_bytes;
  return visit_format(type, [&]<class F>() {
    PackResult result;
    const size_t bytes = bytes_of_panel<F>(cols);
    for (size_t p = first; p < last; p++) {
      const size_t row = p * kPanelRows, n = std::min(kPanelRows, rows - row);
      const size_t bad = pack_panel<F>(src + row * row_bytes, row_bytes, n, cols, dst + p * bytes);
      if (bad < kPanelRows && result.finite) result = {.finite = false, .bad_row = row + bad};
    }
    return result;
  });
}

}  // namespace reckon::kernels
