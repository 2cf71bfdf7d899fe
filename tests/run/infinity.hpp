// What no logit and no setting may exceed.
#pragma once

#include <limits>

namespace reckon {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace reckon
