// Each instruction set's densest int8 product on registers only; see KernelTable::peak_loop.
#pragma once

#include <cstddef>

namespace reckon::kernels {

namespace scalar {
double peak_loop(size_t iterations);
}
namespace avx2 {
double peak_loop(size_t iterations);
}
namespace avx512 {
double peak_loop(size_t iterations);
}
namespace avx512vnni {
double peak_loop(size_t iterations);
}
namespace amx {
double peak_loop(size_t iterations);
}
namespace neon {
double peak_loop(size_t iterations);
}

}  // namespace reckon::kernels
