// What this thread has asked operator new for since the counter was made.
#pragma once

#include <cstdint>

namespace reckon::test {

class AllocationCounter {
 public:
  AllocationCounter();
  uint64_t bytes() const;       // in all, freed ones included
  uint64_t peak_bytes() const;  // most at one time; only of the counter made last

 private:
  uint64_t start_;
  int64_t alive_;
};

}  // namespace reckon::test
