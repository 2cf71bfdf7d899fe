#include "kernels/generic/peak.hpp"

#include "kernels/amx/tiles.hpp"

namespace reckon::kernels::amx {

// tdpbssd on four independent sums: 16 * 16 * 64 products each.
double peak_loop(size_t iterations) {
  constexpr TileShape whole{16, 64};
  Tiles::configure({whole, whole, whole, whole, whole, whole, whole, whole});
  for (size_t i = 0; i < iterations; i++) {
    Tiles::dot<0, 4, 6, false>();
    Tiles::dot<1, 4, 7, false>();
    Tiles::dot<2, 5, 6, false>();
    Tiles::dot<3, 5, 7, false>();
  }
  Tiles::release();
  return static_cast<double>(iterations) * 4 * 16 * 16 * 64 * 2;
}

}  // namespace reckon::kernels::amx
