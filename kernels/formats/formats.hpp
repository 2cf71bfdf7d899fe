// All weight formats, and how to get from a WeightType to its format.
#pragma once

#include "kernels/formats/iq4_nl.hpp"
#include "kernels/formats/iq4_xs.hpp"
#include "kernels/formats/plain.hpp"
#include "kernels/formats/q2_k.hpp"
#include "kernels/formats/q3_k.hpp"
#include "kernels/formats/q4_0.hpp"
#include "kernels/formats/q4_1.hpp"
#include "kernels/formats/q4_k.hpp"
#include "kernels/formats/q5_0.hpp"
#include "kernels/formats/q5_1.hpp"
#include "kernels/formats/q5_k.hpp"
#include "kernels/formats/q6_k.hpp"
#include "kernels/formats/q8_0.hpp"

namespace reckon::kernels {

// Calls visit.template operator()<Format>() for the type's format.
template <class Visitor>
auto visit_format(WeightType type, Visitor&& visit) {
  switch (type) {
    case WeightType::F32: return visit.template operator()<PlainF32>();
    case WeightType::F16: return visit.template operator()<PlainF16>();
    case WeightType::BF16: return visit.template operator()<PlainBf16>();
    case WeightType::Q8_0: return visit.template operator()<Q8_0>();
    case WeightType::Q4_0: return visit.template operator()<Q4_0>();
    case WeightType::Q4_1: return visit.template operator()<Q4_1>();
    case WeightType::Q5_0: return visit.template operator()<Q5_0>();
    case WeightType::Q5_1: return visit.template operator()<Q5_1>();
    case WeightType::Q2_K: return visit.template operator()<Q2_K>();
    case WeightType::Q3_K: return visit.template operator()<Q3_K>();
    case WeightType::Q4_K: return visit.template operator()<Q4_K>();
    case WeightType::Q5_K: return visit.template operator()<Q5_K>();
    case WeightType::Q6_K: return visit.template operator()<Q6_K>();
    case WeightType::IQ4_NL: return visit.template operator()<IQ4_NL>();
    case WeightType::IQ4_XS: break;
  }
  return visit.template operator()<IQ4_XS>();
}

template <class Format>
inline constexpr bool is_plain = requires {
  typename Format::Word;
};

}  // namespace reckon::kernels
