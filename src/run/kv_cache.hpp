// The cache of attention keys and values: pages of kernels::kKvBlockPositions positions, a page table per
// sequence, reference counts, copy on write. Forks, rewinds and shared prefixes are operations on page
// tables.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include <reckon/engine.hpp>

#include "model/kv_layout.hpp"
#include "support/aligned_buffer.hpp"
#include "support/memory.hpp"
#include "support/memory_budget.hpp"

namespace reckon::run {

class KvCache {
 public:
  // Bytes of memory this process can still have.
  using AvailableMemory = std::function<uint64_t()>;

  // max_pages: over all sequences; 0: no bound but memory. `budget`, which outlives the cache, is what its
  // pages are taken from; none: no bound but the system's.
  KvCache(const model::KvLayout& layout, size_t max_pages,
          AvailableMemory available_memory = support::available_memory,
          support::MemoryBudget* budget = nullptr);
  ~KvCache();
  KvCache(const KvCache&) = delete;
  KvCache& operator=(const KvCache&) = delete;

  SequenceId add();
  SequenceId fork(SequenceId id);
  void remove(SequenceId id);
  void rewind(SequenceId id, size_t positions);
  size_t length(SequenceId id) const { return find(id).length; }
  bool contains(SequenceId id) const { return sequences_.contains(id); }

  // Makes room for `positions` more in a sequence: new pages, and a private copy of a shared page that would
  // be written to. The length stays until commit(). Throws Error(out_of_memory | context_full): what was
  // added before stays reserved and is used by the next reserve.
  void reserve(SequenceId id, size_t positions);
  // The reserved positions were written.
  void commit(SequenceId id, size_t positions);

  static size_t pages_for(size_t positions);
  std::span<std::byte* const> pages(SequenceId id) const { return find(id).pages; }
  size_t page_bytes() const { return page_bytes_; }
  uint64_t bytes() const { return n_pages_ * page_bytes_; }

 private:
  struct Sequence {
    size_t length = 0;              // positions
    std::vector<std::byte*> pages;  // at least enough for length
  };
  struct Page {
    support::AlignedBuffer memory;
    size_t owners = 0;
  };

  Sequence& find(SequenceId id);
  const Sequence& find(SequenceId id) const;
  std::byte* new_page();
  void release(std::byte* page);
  void check_memory();

  AvailableMemory available_memory_;
  support::MemoryBudget* budget_;
  uint64_t unquestioned_bytes_ = 0;  // may be allocated before the system is asked again
  size_t page_bytes_;
  size_t max_pages_;
  size_t n_pages_ = 0;
  SequenceId next_id_ = 0;
  std::map<SequenceId, Sequence> sequences_;
  std::map<std::byte*, Page> pages_;
};

}  // namespace reckon::run
