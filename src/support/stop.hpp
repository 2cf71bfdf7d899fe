// Functions that are asked whether to stop, as callers give them: an empty one never says so.
#pragma once

#include <functional>

namespace reckon::support {

inline bool asked_to_stop(const std::function<bool()>& stop) { return stop && stop(); }

}  // namespace reckon::support
