#include "run/page_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <reckon/error.hpp>

#include "kernels/kernels.hpp"

namespace reckon::run {
namespace {

// What may be allocated on one answer of the system: a share of what it had, so that little can be refused
// too late, and no more than is soon filled, so that the answer is not stale.
constexpr uint64_t kShareOfAvailable = 16;
constexpr uint64_t kMostUnquestioned = uint64_t{64} << 20;

}  // namespace

PagePool::PagePool(size_t page_bytes, size_t max_pages, AvailableMemory available_memory,
                   support::MemoryBudget* budget)
    : available_memory_(std::move(available_memory)),
      budget_(budget),
      page_bytes_(page_bytes),
      max_pages_(max_pages) {}

PagePool::~PagePool() {
  if (budget_ != nullptr) budget_->give(bytes());
}

std::byte* PagePool::take() {
  const std::lock_guard lock(mutex_);
  if (max_pages_ != 0 && n_pages_ >= max_pages_) {
    throw Error(ErrorCode::context_full, fmt::format("the cache holds {} positions, the most it may",
                                                     n_pages_ * kernels::kKvBlockPositions));
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
void PagePool::check_memory() {
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

void PagePool::hold(std::byte* page) {
  const std::lock_guard lock(mutex_);
  pages_.at(page).holders++;
}

bool PagePool::is_shared(std::byte* page) const {
  const std::lock_guard lock(mutex_);
  return pages_.at(page).holders > 1;
}

void PagePool::release(std::byte* page) {
  const std::lock_guard lock(mutex_);
  const auto it = pages_.find(page);
  if (--it->second.holders > 0) return;
  pages_.erase(it);
  n_pages_--;
  if (budget_ != nullptr) budget_->give(page_bytes_);
}

}  // namespace reckon::run
