#include "support/fair_mutex.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

namespace reckon::support {
namespace {

TEST(FairMutex, LetsOneInAtATime) {
  FairMutex mutex;
  uint64_t count = 0;  // not atomic: a race would lose some
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; i++) {
        const std::lock_guard lock(mutex);
        count++;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(count, 8000u);
}

// Each waits for the other's turn to end, although whoever unlocks asks again at once.
// Whoever has it keeps it until the other one has asked for it, and then asks again at once.
TEST(FairMutex, TakesTurns) {
  constexpr size_t kTurns = 100;
  FairMutex mutex;
  std::vector<int> order;
  std::atomic<size_t> asked[2] = {0, 0}, had[2] = {0, 0};
  const auto take_turns = [&](int thread) {
    const int other = 1 - thread;
    for (size_t i = 0; i < kTurns; i++) {
      asked[thread]++;
      const std::lock_guard lock(mutex);
      order.push_back(thread);
      while (had[other] < kTurns && asked[other] == had[other]) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::microseconds(100));  // from its word to its place in the queue
      had[thread]++;
    }
  };
  std::thread other(take_turns, 1);
  take_turns(0);
  other.join();
  size_t longest = 0, run = 0;
  for (size_t i = 0; i < order.size(); i++) {
    run = i > 0 && order[i] == order[i - 1] ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  EXPECT_LT(longest, kTurns / 4);
}

}  // namespace
}  // namespace reckon::support
