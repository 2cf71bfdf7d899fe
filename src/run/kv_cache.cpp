#include "run/kv_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace reckon::run {
namespace {

constexpr size_t kPositions = kernels::kKvBlockPositions;

// What may be allocated on one answer of the system: a share of what it had, so that little can be refused
// too late, and no more than is soon filled, so that the answer is not stale.
constexpr uint64_t kShareOfAvailable = 16;
constexpr uint64_t kMostUnquestioned = uint64_t{64} << 20;

}  // namespace

size_t KvCache::pages_for(size_t positions) { return positions / kPositions + (positions % kPositions != 0); }

KvCache::KvCache(const model::KvLayout& layout, size_t max_pages, AvailableMemory available_memory,
                 support::MemoryBudget* budget)
    : available_memory_(std::move(available_memory)),
      budget_(budget),
      page_bytes_(layout.page_bytes()),
      max_pages_(max_pages) {}

KvCache::~KvCache() {
  if (budget_ != nullptr) budget_->give(bytes());
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
  Sequence copy;
  const Sequence& from = find(id);
  copy.length = from.length;
  copy.pages.assign(from.pages.begin(),
                    from.pages.begin() + static_cast<std::ptrdiff_t>(pages_for(from.length)));
  sequences_.emplace(next_id_, copy);
  for (std::byte* page : copy.pages) pages_.at(page).owners++;
  return next_id_++;
}

void KvCache::remove(SequenceId id) {
  for (std::byte* page : find(id).pages) release(page);
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
    release(s.pages.back());
    s.pages.pop_back();
  }
}

void KvCache::reserve(SequenceId id, size_t positions) {
  Sequence& s = find(id);
  size_t first_written = s.length / kPositions;
  if (s.length % kPositions != 0 && pages_.at(s.pages[first_written]).owners > 1) {
    std::byte* copy = new_page();
    std::memcpy(copy, s.pages[first_written], page_bytes_);
    release(s.pages[first_written]);
    s.pages[first_written] = copy;
  }
  size_t needed = pages_for(s.length + positions);
  s.pages.reserve(needed);
  while (s.pages.size() < needed) s.pages.push_back(new_page());
}

void KvCache::commit(SequenceId id, size_t positions) { find(id).length += positions; }

std::byte* KvCache::new_page() {
  if (max_pages_ != 0 && n_pages_ >= max_pages_) {
    throw Error(ErrorCode::context_full,
                fmt::format("the cache holds {} positions, the most it may", n_pages_ * kPositions));
  }
  check_memory();
  support::AlignedBuffer memory(page_bytes_, "the attention cache");
  std::byte* data = memory.data();
  pages_.emplace(data, Page{std::move(memory), 1});
  if (budget_ != nullptr && !budget_->take(page_bytes_)) {
    pages_.erase(data);
    throw Error(ErrorCode::out_of_memory,
                fmt::format("no memory for the attention cache: {} KiB more needed, {} KiB left of what the "
                            "model may use",
                            page_bytes_ / 1024, budget_->left() / 1024));
  }
  n_pages_++;
  return data;
}

// The system hands out more memory than it has; asking it first turns a killed process into an error. The
// answer takes several files to read, so it is good for more than a page.
void KvCache::check_memory() {
  if (unquestioned_bytes_ >= page_bytes_) {
    unquestioned_bytes_ -= page_bytes_;
    return;
  }
  const uint64_t available = available_memory_();
  if (page_bytes_ > available) {
    throw Error(ErrorCode::out_of_memory,
                fmt::format("no memory for the attention cache: {} KiB more needed, {} KiB available",
                            page_bytes_ / 1024, available / 1024));
  }
  unquestioned_bytes_ = std::min(available / kShareOfAvailable, kMostUnquestioned);
}

void KvCache::release(std::byte* page) {
  auto it = pages_.find(page);
  if (--it->second.owners > 0) return;
  pages_.erase(it);
  n_pages_--;
  if (budget_ != nullptr) budget_->give(page_bytes_);
}

}  // namespace reckon::run
