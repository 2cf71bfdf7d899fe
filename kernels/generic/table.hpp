// A kernel table put together from the parts that an instruction set provides.
#pragma once

#include "kernels/formats/pack.hpp"
#include "kernels/generic/float_kernels.hpp"
#include "kernels/generic/matmul_kernels.hpp"

namespace reckon::kernels {

inline KernelTable make_table(const char* name, const char* description, bool (*supported)(),
                              const MatmulKernels& m, double (*peak_loop)(size_t), const FloatKernels& f) {
  return {
      .name = name,
      .description = description,
      .supported = supported,
      .panel_bytes = panel_bytes,
      .pack_panels = pack_panels,
      .activation_bytes = m.activation_bytes,
      .pack_activations = m.pack_activations,
      .matmul = m.matmul,
      .peak_loop = peak_loop,
      .rms_norm = f.rms_norm,
      .add = f.add,
      .swiglu = f.swiglu,
      .rope = f.rope,
      .exp_sum = f.exp_sum,
      .max = f.max,
      .kv_store = f.kv_store,
      .attend_chunk = f.attend_chunk,
      .attend_merge = f.attend_merge,
      .attend_finish = f.attend_finish,
  };
}

namespace scalar {
const KernelTable& table();
}
namespace avx2 {
const KernelTable& table();
}
namespace avx512 {
const KernelTable& table();
}
namespace avx512vnni {
const KernelTable& table();
}
namespace amx {
const KernelTable& table();
}
namespace neon {
const KernelTable& table();
}

}  // namespace reckon::kernels
