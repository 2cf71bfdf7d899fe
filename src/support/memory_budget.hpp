// A number of bytes that several users share; from any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace reckon::support {

class MemoryBudget {
 public:
  // Without bound until this is called, before anything is taken.
  void bound(uint64_t bytes) noexcept {
    left_ = bytes;
    bounded_ = true;
  }

  // False if so many are not left: then none are taken.
  bool take(uint64_t bytes) noexcept {
    if (!bounded_) return true;
    uint64_t left = left_;
    while (left >= bytes) {
      if (left_.compare_exchange_weak(left, left - bytes)) return true;
    }
    return false;
  }
  void give(uint64_t bytes) noexcept {
    if (bounded_) left_ += bytes;
  }
  uint64_t left() const noexcept { return left_; }

 private:
  std::atomic<uint64_t> left_{UINT64_MAX};
  bool bounded_ = false;
};

}  // namespace reckon::support
