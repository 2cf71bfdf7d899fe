#include "allocation_counter.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local uint64_t allocated = 0;
}  // namespace

// Replaces the test program's allocation; malloc is still the sanitizer's.
__attribute__((noinline)) void* operator new(size_t size) {
  allocated += size;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
__attribute__((noinline)) void operator delete(void* p) noexcept { std::free(p); }
__attribute__((noinline)) void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace reckon::test {

AllocationCounter::AllocationCounter() : start_(allocated) {}
uint64_t AllocationCounter::bytes() const { return allocated - start_; }

}  // namespace reckon::test
