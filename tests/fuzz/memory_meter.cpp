#include "fuzz/memory_meter.hpp"

#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace reckon::fuzz {
namespace {

std::atomic<ptrdiff_t> live{0}, highest{0};

void on_malloc(const volatile void*, size_t size) {
  const ptrdiff_t now = live += static_cast<ptrdiff_t>(size);
  ptrdiff_t before = highest;
  while (now > before && !highest.compare_exchange_weak(before, now)) {
  }
}

void on_free(const volatile void* block) {
  if (block != nullptr) live -= static_cast<ptrdiff_t>(__sanitizer_get_allocated_size(block));
}

}  // namespace

MemoryMeter::MemoryMeter() {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
  if (installed == 0) std::abort();
  live = highest = 0;
}

size_t MemoryMeter::peak() const { return static_cast<size_t>(std::max<ptrdiff_t>(highest, 0)); }

}  // namespace reckon::fuzz
