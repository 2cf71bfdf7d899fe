// A mutex that serves its callers in the order in which they came. With std::mutex, who unlocks and locks
// again at once is usually first, and the others wait for as long as he goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace reckon::support {

class FairMutex {
 public:
  void lock() noexcept {
    const uint32_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
    for (uint32_t now; (now = serving_.load(std::memory_order_acquire)) != ticket;) {
      serving_.wait(now, std::memory_order_acquire);
    }
    owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  }
  void unlock() noexcept {
    owner_.store({}, std::memory_order_relaxed);
    serving_.fetch_add(1, std::memory_order_release);
    serving_.notify_all();
  }
  // Whether this thread has it: it would wait for itself.
  bool is_mine() const noexcept {
    return owner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

 private:
  std::atomic<std::thread::id> owner_{};
  std::atomic<uint32_t> next_{0};
  std::atomic<uint32_t> serving_{0};
};

}  // namespace reckon::support
