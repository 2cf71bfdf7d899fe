#include "kernels/read_lines.hpp"

#include "kernels/cpu_features.hpp"

namespace reckon::kernels {
namespace {

// A cache line as the compiler's own vector: it becomes as many registers as the function's target needs.
using Line = uint64_t __attribute__((vector_size(64), may_alias));

// kSums independent sums, so that the loads, not the additions, are the limit.
template <size_t kSums>
[[gnu::always_inline]] inline uint64_t sum_lines(const std::byte* data, size_t bytes) {
  const auto* lines = reinterpret_cast<const Line*>(data);
  Line sum[kSums] = {};
  for (size_t i = 0; i < bytes / sizeof(Line); i += kSums) {
    for (size_t j = 0; j < kSums; j++) sum[j] += lines[i + j];
  }
  uint64_t all = 0;
  for (const Line& s : sum) {
    for (size_t j = 0; j < sizeof(Line) / sizeof(uint64_t); j++) all += s[j];
  }
  return all;
}

#if defined(__x86_64__)
[[gnu::target("avx512f")]] uint64_t sum_avx512(const std::byte* data, size_t bytes) {
  return sum_lines<4>(data, bytes);
}
[[gnu::target("avx2")]] uint64_t sum_avx2(const std::byte* data, size_t bytes) {
  return sum_lines<4>(data, bytes);
}
#endif
uint64_t sum_plain(const std::byte* data, size_t bytes) { return sum_lines<2>(data, bytes); }

}  // namespace

SumWords best_sum_words() {
#if defined(__x86_64__)
  const CpuFeatures cpu = cpu_features();
  if (cpu.avx512) return sum_avx512;
  if (cpu.avx2) return sum_avx2;
#endif
  return sum_plain;
}

}  // namespace reckon::kernels
