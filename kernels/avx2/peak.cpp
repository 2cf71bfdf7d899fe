#include "kernels/generic/peak.hpp"

#include "kernels/avx2/int_vec.hpp"
#include "kernels/generic/peak_pairs.hpp"

namespace reckon::kernels::avx2 {

double peak_loop(size_t iterations) { return pairs_peak_loop<Vec, 6>(iterations); }

}  // namespace reckon::kernels::avx2
