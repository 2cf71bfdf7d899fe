// Bytes this thread has asked operator new for since the counter was made, freed ones included.
#pragma once

#include <cstdint>

namespace reckon::test {

class AllocationCounter {
 public:
  AllocationCounter();
  uint64_t bytes() const;

 private:
  uint64_t start_;
};

}  // namespace reckon::test
