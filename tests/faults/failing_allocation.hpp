// Memory that runs out when a test says so. The program's operator new, and the library's mmap and malloc
// (by the linker's --wrap), count what they are asked for, on all threads. Its fsync does nothing.
#pragma once

#include <cstdint>

namespace reckon::test {

enum class Fail : uint8_t {
  once,  // the n-th allocation
  on,    // the n-th and all that follow
};

// While this lives, the n-th allocation from now on fails, counted from 1.
class FailingAllocation {
 public:
  FailingAllocation(uint64_t n, Fail mode);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;

  static bool happened();  // in the time of the last one that lived
};

// Blocks of operator new and mappings that there are now.
int64_t live_allocations();

}  // namespace reckon::test
