#include "allocation_counter.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

thread_local uint64_t allocated = 0;
thread_local int64_t alive = 0;  // below 0 where the thread frees what another has allocated
thread_local int64_t peak = 0;

int64_t usable_bytes(void* p) { return static_cast<int64_t>(malloc_usable_size(p)); }

void* allocate(size_t size) noexcept {
  allocated += size;
  void* p = std::malloc(size == 0 ? 1 : size);
  if (p == nullptr) return nullptr;
  alive += usable_bytes(p);
  peak = std::max(peak, alive);
  return p;
}

void release(void* p) noexcept {
  if (p != nullptr) alive -= usable_bytes(p);
  std::free(p);
}

}  // namespace

// Replaces the test program's allocation; malloc is still the sanitizer's.
__attribute__((noinline)) void* operator new(size_t size) {
  void* p = allocate(size);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
__attribute__((noinline)) void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
__attribute__((noinline)) void operator delete(void* p) noexcept { release(p); }
__attribute__((noinline)) void operator delete(void* p, size_t) noexcept { release(p); }

namespace reckon::test {

AllocationCounter::AllocationCounter() : start_(allocated), alive_(alive) { peak = alive; }
uint64_t AllocationCounter::bytes() const { return allocated - start_; }
uint64_t AllocationCounter::peak_bytes() const {
  return static_cast<uint64_t>(std::max<int64_t>(peak - alive_, 0));
}

}  // namespace reckon::test
