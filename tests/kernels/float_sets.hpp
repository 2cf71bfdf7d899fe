// The sets of float kernels built here, and those that this machine runs; helpers to compare their bits.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "kernels/generic/float_kernels.hpp"

namespace reckon::kernels::test {

struct FloatSet {
  std::string name;
  const FloatKernels* k;
  bool runs_here;
};

inline std::vector<FloatSet> built_sets() {
  std::vector<FloatSet> sets{{"scalar", &scalar::kFloatKernels, true}};
#if defined(__x86_64__)
  bool has_avx2 =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  sets.push_back({"avx2", &avx2::kFloatKernels, has_avx2});
  sets.push_back({"avx512", &avx512::kFloatKernels, has_avx512});
#elif defined(__aarch64__)
  sets.push_back({"neon", &neon::kFloatKernels, true});
#endif
  return sets;
}

// The first is scalar, the reference. Says which sets this machine can't run.
inline std::vector<FloatSet> sets_here() {
  std::vector<FloatSet> sets;
  for (const FloatSet& s : built_sets()) {
    if (s.runs_here) {
      sets.push_back(s);
    } else {
      std::printf("not run: %s, this processor lacks it\n", s.name.c_str());
    }
  }
  return sets;
}

inline constexpr double kUnit = 0x1p-24;  // f32's unit roundoff
inline constexpr float kInf = std::numeric_limits<float>::infinity();

inline uint32_t bits_of(float x) {
  uint32_t b;
  std::memcpy(&b, &x, sizeof b);
  return b;
}
// Bits, with all NaNs the same.
inline bool same(float a, float b) { return bits_of(a) == bits_of(b) || (std::isnan(a) && std::isnan(b)); }

inline void expect_same(const std::vector<float>& a, const std::vector<float>& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); i++) {
    ASSERT_TRUE(same(a[i], b[i])) << what << ": element " << i << ": " << a[i] << " and " << b[i];
  }
}

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  // In [-1, 1), the same everywhere (std's distributions are not).
  float uniform() { return static_cast<float>(static_cast<int32_t>(engine_())) * 0x1p-31f; }
  size_t below(size_t n) { return engine_() % n; }
  std::vector<float> vector(size_t n, float scale = 1) {
    std::vector<float> v(n);
    for (float& x : v) x = uniform() * scale;
    return v;
  }

 private:
  std::mt19937 engine_;
};

// 0..67: every remainder, one vector to four; then lengths of real models and an odd one.
inline std::vector<size_t> lengths() {
  std::vector<size_t> n;
  for (size_t i = 0; i <= 67; i++) n.push_back(i);
  for (size_t i : {128, 1000, 1536, 3584, 8960}) n.push_back(i);
  return n;
}

}  // namespace reckon::kernels::test
