// Functions that say whether to stop, as callers give them: an empty one never does.
#pragma once

#include <functional>

namespace reckon::run {

// `stop`, which outlives what is returned.
inline std::function<bool()> stop_or_never(const std::function<bool()>& stop) {
  if (stop) return [&stop] { return stop(); };
  return [] { return false; };
}

}  // namespace reckon::run
