// What the processor has and the system lets programs use.
#pragma once

namespace reckon::kernels {

struct CpuFeatures {
  bool avx2 = false;        // with FMA and F16C
  bool avx512 = false;      // F, BW, DQ, VL
  bool avx512vnni = false;  // the above with VNNI
  bool amx = false;         // the above with AMX tiles of int8, which the system lets this process use
  bool neon_dot = false;    // Arm NEON with dot products
};

CpuFeatures cpu_features();

}  // namespace reckon::kernels
