// How much memory something takes: untrusted input must not make the process grow out of proportion.
#pragma once

#include <cstddef>

namespace reckon::fuzz {

class MemoryMeter {
 public:
  MemoryMeter();
  // Most bytes that were allocated at once since then, less those that were allocated at the beginning.
  size_t peak() const;
};

}  // namespace reckon::fuzz
