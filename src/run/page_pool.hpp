// Pages of attention caches, each with a count of its holders. From any thread: caches that began as one
// share their pages.
//
// A page with several holders is only read; a holder that wants to write takes a copy first. The last one may
// write in place: it alone could make another holder.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "support/aligned_buffer.hpp"
#include "support/memory_budget.hpp"

namespace reckon::run {

class PagePool {
 public:
  // Bytes of memory this process can still have.
  using AvailableMemory = std::function<uint64_t()>;

  // max_pages: 0: no bound but memory. `budget`, which outlives the pool, is what pages are taken from; none:
  // no bound but the system's.
  PagePool(size_t page_bytes, size_t max_pages, AvailableMemory available_memory,
           support::MemoryBudget* budget);
  ~PagePool();
  PagePool(const PagePool&) = delete;
  PagePool& operator=(const PagePool&) = delete;

  // A page with one holder. Throws Error(out_of_memory | context_full).
  std::byte* take();
  void hold(std::byte* page);  // one holder more
  void release(std::byte* page);
  bool is_shared(std::byte* page) const;

  size_t page_bytes() const { return page_bytes_; }
  uint64_t bytes() const { return n_pages_ * page_bytes_; }

 private:
  struct Page {
    support::AlignedBuffer memory;
    size_t holders = 0;
  };

  void check_memory();

  const AvailableMemory available_memory_;
  support::MemoryBudget* const budget_;
  const size_t page_bytes_;
  const size_t max_pages_;
  std::atomic<size_t> n_pages_ = 0;
  mutable std::mutex mutex_;         // over what follows
  uint64_t unquestioned_bytes_ = 0;  // may be allocated before the system is asked again
  std::map<std::byte*, Page> pages_;
};

}  // namespace reckon::run
