// Threads that begin at the same time.
#pragma once

#include <atomic>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

namespace reckon::test {

// Calls work(0) to work(n - 1), each on a thread of its own.
inline void together(int n, const std::function<void(int)>& work) {
  std::latch all_there(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; i++) {
    threads.emplace_back([&, i] {
      all_there.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& t : threads) t.join();
}

// Calls `act` over and over on another thread for as long as this lives.
class Meanwhile {
 public:
  explicit Meanwhile(std::function<void()> act)
      : thread_([this, act = std::move(act)] {
          for (bool first = true; first || !stop_; first = false) {
            act();
            if (first) acted_.count_down();
            std::this_thread::yield();
          }
        }) {
    acted_.wait();
  }
  ~Meanwhile() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::latch acted_{1};  // what runs beside it may be over before a thread has begun
  std::thread thread_;
};

}  // namespace reckon::test
