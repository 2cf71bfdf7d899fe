// The cache of attention keys and values: pages of kernels::kKvBlockPositions positions, a page table per
// sequence, copy on write. Forks, rewinds and shared prefixes are operations on page tables.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include <reckon/engine.hpp>

#include "model/kv_layout.hpp"
#include "run/page_pool.hpp"
#include "support/memory.hpp"

namespace reckon::run {

class KvCache {
 public:
  using AvailableMemory = PagePool::AvailableMemory;

  // As PagePool.
  KvCache(const model::KvLayout& layout, size_t max_pages,
          AvailableMemory available_memory = support::available_memory,
          support::MemoryBudget* budget = nullptr);
  // A cache for another thread that begins with a fork of a sequence (its id is 0); both take their pages
  // from one pool, whose bound is over both.
  KvCache(const KvCache& other, SequenceId id);
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
  size_t page_bytes() const { return pool_->page_bytes(); }
  uint64_t bytes() const { return pool_->bytes(); }

 private:
  struct Sequence {
    size_t length = 0;              // positions
    std::vector<std::byte*> pages;  // at least enough for length
  };

  Sequence& find(SequenceId id);
  const Sequence& find(SequenceId id) const;
  void add_fork_of(const Sequence& from);

  std::shared_ptr<PagePool> pool_;
  SequenceId next_id_ = 0;
  std::map<SequenceId, Sequence> sequences_;
};

}  // namespace reckon::run
