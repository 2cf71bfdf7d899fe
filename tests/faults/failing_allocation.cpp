#include "faults/failing_allocation.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<int64_t> live{0};
// Allocations until one fails; 0 and less: it has come.
std::atomic<int64_t> left{0};
std::atomic<bool> armed{false}, go_on_failing{false}, failed{false};

bool fails() {
  if (!armed.load(std::memory_order_relaxed)) return false;
  const int64_t now = left.fetch_sub(1, std::memory_order_relaxed) - 1;
  const bool fails = now == 0 || (now < 0 && go_on_failing.load(std::memory_order_relaxed));
  if (fails) failed.store(true, std::memory_order_relaxed);
  return fails;
}

void* allocate(size_t size, size_t alignment) noexcept {
  if (fails()) return nullptr;
  const size_t least = size == 0 ? 1 : size;
  void* p = alignment <= alignof(std::max_align_t)
                ? std::malloc(least)
                : std::aligned_alloc(alignment, (least + alignment - 1) / alignment * alignment);
  if (p != nullptr) live.fetch_add(1, std::memory_order_relaxed);
  return p;
}

void* allocate_or_throw(size_t size, size_t alignment) {
  if (void* p = allocate(size, alignment)) return p;
  throw std::bad_alloc();
}

void release(void* p) noexcept {
  if (p == nullptr) return;
  live.fetch_sub(1, std::memory_order_relaxed);
  std::free(p);
}

}  // namespace

namespace reckon::test {

FailingAllocation::FailingAllocation(uint64_t n, Fail mode) {
  failed = false;
  go_on_failing = mode == Fail::on;
  left = static_cast<int64_t>(n);
  armed = true;
}

FailingAllocation::~FailingAllocation() { armed = false; }

bool FailingAllocation::happened() { return failed; }

int64_t live_allocations() { return live; }

}  // namespace reckon::test

// noinline: else the compiler sees malloc and free where they don't match new and delete.
#define RECKON_NOT_INLINE __attribute__((noinline))
RECKON_NOT_INLINE void* operator new(size_t size) { return allocate_or_throw(size, 0); }
RECKON_NOT_INLINE void* operator new(size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<size_t>(alignment));
}
RECKON_NOT_INLINE void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, 0);
}
RECKON_NOT_INLINE void operator delete(void* p) noexcept { release(p); }
RECKON_NOT_INLINE void operator delete(void* p, size_t) noexcept { release(p); }
RECKON_NOT_INLINE void operator delete(void* p, const std::nothrow_t&) noexcept { release(p); }
RECKON_NOT_INLINE void operator delete(void* p, std::align_val_t) noexcept { release(p); }
RECKON_NOT_INLINE void operator delete(void* p, size_t, std::align_val_t) noexcept { release(p); }

// The library's own calls arrive here, not those of the C library.
extern "C" {
void* __real_malloc(size_t size);
void* __wrap_malloc(size_t size) { return fails() ? nullptr : __real_malloc(size); }

void* __real_mmap(void* at, size_t bytes, int protection, int flags, int file, off_t offset);
void* __wrap_mmap(void* at, size_t bytes, int protection, int flags, int file, off_t offset) {
  if (fails()) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  void* p = __real_mmap(at, bytes, protection, flags, file, offset);
  if (p != MAP_FAILED) live.fetch_add(1, std::memory_order_relaxed);
  return p;
}

// Thousands of saved files need not reach the disk.
int __wrap_fsync(int /*file*/) { return 0; }

int __real_munmap(void* at, size_t bytes);
int __wrap_munmap(void* at, size_t bytes) {
  live.fetch_sub(1, std::memory_order_relaxed);
  return __real_munmap(at, bytes);
}
}
