// The file's rows into panels of 16; the same layout for all instruction sets.
#pragma once

#include "kernels/kernels.hpp"

namespace reckon::kernels {

size_t panel_bytes(WeightType type, size_t cols);
PackResult pack_panels(WeightType type, const std::byte* src, size_t rows, size_t cols, size_t first,
                       size_t last, std::byte* dst);

}  // namespace reckon::kernels
