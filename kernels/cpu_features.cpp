#include "kernels/cpu_features.hpp"

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace reckon::kernels {

#if defined(__x86_64__)

namespace {

struct Registers {
  uint32_t a = 0, b = 0, c = 0, d = 0;
};

Registers cpuid(uint32_t leaf) {
  Registers r;
  if (!__get_cpuid_count(leaf, 0, &r.a, &r.b, &r.c, &r.d)) return {};
  return r;
}

bool bit(uint32_t word, int n) { return (word >> n & 1) != 0; }

// The register states that the system saves: bits of XCR0.
uint32_t saved_states() {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

// Linux hands out the registers of AMX on request only, once per process and for all its threads.
bool request_tiles() {
#if defined(__linux__)
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  static const bool granted = syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return granted;
#else
  return false;
#endif
}

}  // namespace

CpuFeatures cpu_features() {
  constexpr uint32_t kYmm = 0x06, kZmm = 0xe6;  // SSE and AVX; opmask and both upper parts of AVX-512
  constexpr uint32_t kTiles = 0x60000;          // tile configuration and data
  const Registers one = cpuid(1), seven = cpuid(7);
  const bool osxsave = bit(one.c, 27), avx = bit(one.c, 28), fma = bit(one.c, 12), f16c = bit(one.c, 29);
  const uint32_t states = osxsave ? saved_states() : 0;
  CpuFeatures out;
  out.avx2 = avx && fma && f16c && bit(seven.b, 5) && (states & kYmm) == kYmm;
  const bool f = bit(seven.b, 16), dq = bit(seven.b, 17), bw = bit(seven.b, 30), vl = bit(seven.b, 31);
  out.avx512 = out.avx2 && f && dq && bw && vl && (states & kZmm) == kZmm;
  out.avx512vnni = out.avx512 && bit(seven.c, 11);
  const bool tile = bit(seven.d, 24), int8 = bit(seven.d, 25);
  out.amx = out.avx512vnni && tile && int8 && (states & kTiles) == kTiles && request_tiles();
  return out;
}

#elif defined(__aarch64__)

CpuFeatures cpu_features() {
  constexpr unsigned long kDotProducts = 1ul << 20;  // HWCAP_ASIMDDP
  CpuFeatures out;
  out.neon_dot = (getauxval(AT_HWCAP) & kDotProducts) != 0;
  return out;
}

#else

CpuFeatures cpu_features() { return {}; }

#endif

}  // namespace reckon::kernels
