#include "run/kv_cache.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace reckon::run {
namespace {

constexpr size_t kPositions = kernels::kKvBlockPositions;

}  // namespace

size_t KvCache::pages_for(size_t positions) { return positions / kPositions + (positions % kPositions != 0); }

KvCache::KvCache(const model::KvLayout& layout, size_t max_pages, AvailableMemory available_memory,
                 support::MemoryBudget* budget)
    : pool_(std::make_shared<PagePool>(layout.page_bytes(), max_pages, std::move(available_memory), budget)) {
}

KvCache::KvCache(const KvCache& other, SequenceId id) : pool_(other.pool_) { add_fork_of(other.find(id)); }

KvCache::~KvCache() {
  for (const auto& [id, sequence] : sequences_) {
    for (std::byte* page : sequence.pages) pool_->release(page);
  }
}

KvCache::Sequence& KvCache::find(SequenceId id) {
  return const_cast<Sequence&>(std::as_const(*this).find(id));
}

const KvCache::Sequence& KvCache::find(SequenceId id) const {
  auto it = sequences_.find(id);
  if (it == sequences_.end()) {
    throw Error(ErrorCode::invalid_argument, fmt::format("sequence {}: there is no such sequence", id));
  }
  return it->second;
}

SequenceId KvCache::add() {
  sequences_.emplace(next_id_, Sequence{});
  return next_id_++;
}

SequenceId KvCache::fork(SequenceId id) {
  add_fork_of(find(id));
  return next_id_ - 1;
}

void KvCache::add_fork_of(const Sequence& from) {
  Sequence copy;
  copy.length = from.length;
  copy.pages.assign(from.pages.begin(),
                    from.pages.begin() + static_cast<std::ptrdiff_t>(pages_for(from.length)));
  const auto& pages = sequences_.emplace(next_id_, std::move(copy)).first->second.pages;
  for (std::byte* page : pages) pool_->hold(page);
  next_id_++;
}

void KvCache::remove(SequenceId id) {
  for (std::byte* page : find(id).pages) pool_->release(page);
  sequences_.erase(id);
}

void KvCache::rewind(SequenceId id, size_t positions) {
  Sequence& s = find(id);
  if (positions > s.length) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("rewind to {} positions: sequence {} has {}", positions, id, s.length));
  }
  s.length = positions;
  while (s.pages.size() > pages_for(positions)) {
    pool_->release(s.pages.back());
    s.pages.pop_back();
  }
}

void KvCache::reserve(SequenceId id, size_t positions) {
  Sequence& s = find(id);
  size_t first_written = s.length / kPositions;
  if (s.length % kPositions != 0 && pool_->is_shared(s.pages[first_written])) {
    std::byte* copy = pool_->take();
    std::memcpy(copy, s.pages[first_written], page_bytes());
    pool_->release(s.pages[first_written]);
    s.pages[first_written] = copy;
  }
  size_t needed = pages_for(s.length + positions);
  s.pages.reserve(needed);
  while (s.pages.size() < needed) s.pages.push_back(pool_->take());
}

void KvCache::commit(SequenceId id, size_t positions) { find(id).length += positions; }

}  // namespace reckon::run
