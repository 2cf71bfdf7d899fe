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
          while (!stop_) {
            act();
            std::this_thread::yield();
          }
        }) {}
  ~Meanwhile() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace reckon::test
