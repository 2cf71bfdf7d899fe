// A mutex that serves its callers in the order in which they came. With std::mutex, who unlocks and locks
// again at once is usually first, and the others wait for as long as he goes on.
#pragma once

#include <atomic>
#include <cstdint>

namespace reckon::support {

class FairMutex {
 public:
  void lock() noexcept {
    const uint32_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
    for (uint32_t now; (now = serving_.load(std::memory_order_acquire)) != ticket;) {
      serving_.wait(now, std::memory_order_acquire);
    }
  }
  void unlock() noexcept {
    serving_.fetch_add(1, std::memory_order_release);
    serving_.notify_all();
  }

 private:
  std::atomic<uint32_t> next_{0};
  std::atomic<uint32_t> serving_{0};
};

}  // namespace reckon::support
