#include "support/thread_pool.hpp"

#include <gtest/gtest.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <reckon/error.hpp>

namespace {

thread_local size_t allocations_of_this_thread = 0;

}  // namespace

// Counts what run() might allocate. Not inline: GCC would see free() without the malloc() and warn.
[[gnu::noinline]] void* operator new(size_t bytes) {
  allocations_of_this_thread++;
  if (void* p = std::malloc(bytes)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace reckon::support {
namespace {

using namespace std::chrono_literals;

double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// One thread, two, as many as this machine has, more than that.
constexpr int kSizes[] = {1, 2, 3, 8, 33};

TEST(ThreadPool, CallsEachChunkOnceWithAThreadOfItsOwn) {
  for (int size : kSizes) {
    ThreadPool pool(size);
    EXPECT_EQ(pool.size(), size);
    for (size_t n : {0, 1, 2, 7, 100, 5000}) {
      std::vector<std::atomic<int>> calls(n);
      std::vector<std::atomic<int>> inside(static_cast<size_t>(size));
      std::atomic<bool> shared{false};
      pool.run(n, [&](size_t chunk, int thread) {
        if (inside[static_cast<size_t>(thread)]++ != 0) shared = true;
        calls[chunk]++;
        inside[static_cast<size_t>(thread)]--;
      });
      for (auto& c : calls) ASSERT_EQ(c, 1);
      EXPECT_FALSE(shared) << "two threads had the same number";
    }
  }
}

TEST(ThreadPool, SpreadsChunksOverThreads) {
  ThreadPool pool(2);
  // Both threads must take part: each waits for the other.
  std::atomic<int> arrived{0};
  std::set<std::thread::id> ids;
  std::mutex mutex;
  pool.run(2, [&](size_t, int) {
    {
      std::lock_guard lock(mutex);
      ids.insert(std::this_thread::get_id());
    }
    arrived++;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_EQ(ids.size(), 2u);
}

TEST(ThreadPool, SeesWhatTheRunBeforeWrote) {
  ThreadPool pool(4);
  std::vector<size_t> a(1000), b(1000);
  for (size_t round = 0; round < 500; round++) {
    pool.run(a.size(), [&](size_t i, int) { a[i] = i + round; });
    pool.run(b.size(), [&](size_t i, int) { b[i] = a[a.size() - 1 - i]; });
    for (size_t i = 0; i < b.size(); i += 37) ASSERT_EQ(b[i], b.size() - 1 - i + round);
  }
}

TEST(ThreadPool, TakesChunksInIncreasingOrder) {
  ThreadPool pool(3);
  std::vector<size_t> last(3, 0);
  std::atomic<bool> ordered{true};
  pool.run(10'000, [&](size_t chunk, int thread) {
    size_t& mine = last[static_cast<size_t>(thread)];
    if (chunk + 1 <= mine) ordered = false;
    mine = chunk + 1;
  });
  EXPECT_TRUE(ordered);
}

TEST(ThreadPool, RethrowsAnExceptionAndGoesOn) {
  for (int size : kSizes) {
    ThreadPool pool(size);
    for (size_t bad : {0, 1, 50, 99}) {
      std::atomic<int> inside{0};
      auto fail = [&](size_t chunk, int) {
        inside++;
        if (chunk == bad) {
          inside--;
          throw std::runtime_error("chunk " + std::to_string(chunk));
        }
        inside--;
      };
      try {
        pool.run(100, fail);
        ADD_FAILURE() << "nothing was thrown";
      } catch (const std::runtime_error& e) {
        EXPECT_EQ(e.what(), "chunk " + std::to_string(bad));
      }
      EXPECT_EQ(inside, 0) << "a thread is still inside";
      std::atomic<size_t> sum{0};
      pool.run(100, [&](size_t chunk, int) { sum += chunk; });
      EXPECT_EQ(sum, 4950u);
    }
  }
}

TEST(ThreadPool, QueuesCallsFromSeveralThreads) {
  ThreadPool pool(2);
  std::atomic<int> runs{0}, overlapping{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; c++) {
    callers.emplace_back([&] {
      for (int i = 0; i < 200; i++) {
        std::atomic<size_t> sum{0};
        pool.run(20, [&](size_t chunk, int) {
          if (chunk == 0 && runs++ != 0) overlapping++;
          sum += chunk;
          if (chunk == 0) runs--;
        });
        EXPECT_EQ(sum, 190u);
      }
    });
  }
  for (auto& c : callers) c.join();
  EXPECT_EQ(overlapping, 0);
}

TEST(ThreadPool, WakesSleepingWorkers) {
  ThreadPool pool(2);
  for (int i = 0; i < 5; i++) {
    std::this_thread::sleep_for(5ms);
    std::atomic<int> arrived{0};
    pool.run(2, [&](size_t, int) {
      arrived++;
      while (arrived < 2) std::this_thread::yield();
    });
    EXPECT_EQ(arrived, 2);
  }
}

TEST(ThreadPool, UsesNoCpuWhenIdle) {
  ThreadPool pool(8);
  pool.run(100, [](size_t, int) {});
  // On a busy machine it takes the workers a while until each has had its spin and sleeps.
  double used = 1;
  for (int i = 0; i < 50 && used >= 0.01; i++) {
    const double before = cpu_seconds();
    std::this_thread::sleep_for(200ms);
    used = cpu_seconds() - before;
  }
  EXPECT_LT(used, 0.01);
}

TEST(ThreadPool, AllocatesNothingPerRun) {
  ThreadPool pool(2);
  std::atomic<size_t> sum{0}, more[8] = {};
  const std::function<void(size_t, int)> work = [&, a = &more[0], b = &more[1]](size_t chunk, int) {
    sum += chunk;
    *a += 1, *b += 1;
  };
  size_t before = allocations_of_this_thread;
  for (int i = 0; i < 100; i++) pool.run(10, work);
  EXPECT_EQ(allocations_of_this_thread, before);
  EXPECT_EQ(sum, 4500u);
}

TEST(ThreadPool, RefusesSizesOutOfRange) {
  for (int size : {0, -1, 257, 1 << 30}) {
    try {
      ThreadPool pool(size);
      ADD_FAILURE() << size;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
      EXPECT_NE(std::string(e.what()).find(std::to_string(size)), std::string::npos);
    }
  }
}

TEST(ThreadPool, ComesAndGoesQuickly) {
  for (int i = 0; i < 50; i++) {
    ThreadPool unused(4);
    ThreadPool used(3);
    std::atomic<size_t> n{0};
    used.run(3, [&](size_t, int) { n++; });
    EXPECT_EQ(n, 3u);
  }
}

}  // namespace
}  // namespace reckon::support
