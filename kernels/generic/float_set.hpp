// All float kernels over one vocabulary. Included by kernels/<isa>/float_kernels.cpp and nothing else.
#pragma once

#include "kernels/generic/attention.hpp"
#include "kernels/generic/float_kernels.hpp"
#include "kernels/generic/kv.hpp"
#include "kernels/generic/norm.hpp"
#include "kernels/generic/rope.hpp"
#include "kernels/generic/softmax.hpp"
#include "kernels/generic/swiglu.hpp"

namespace reckon::kernels {

template <Vocabulary V>
constexpr FloatKernels float_kernels() noexcept {
  return {
      .rms_norm = rms_norm<V>,
      .add = add<V>,
      .swiglu = swiglu<V>,
      .rope = rope<V>,
      .exp_sum = exp_sum<V>,
      .max = max<V>,
      .kv_store = kv_store<V>,
      .attend_chunk = attend_chunk<V>,
      .attend_merge = attend_merge<V>,
      .attend_finish = attend_finish<V>,
  };
}

}  // namespace reckon::kernels
