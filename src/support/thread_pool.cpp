#include "support/thread_pool.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <reckon/error.hpp>

namespace reckon::support {
namespace {

// Longer than the gaps between the phases of a step, shorter than anybody would notice.
constexpr std::chrono::microseconds kSpinTime{40};
constexpr int kPausesPerClock = 32;

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");  // yield is a no-op on most cores; this one does wait
#endif
}

// True as soon as done() is, false after kSpinTime.
template <class Done>
bool spin_until(const Done& done) {
  auto end = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < kPausesPerClock; i++) {
      if (done()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return done();
}

}  // namespace

// A run is open between its start and the moment its chunks have run out. Workers join an open run; one that
// wakes up too late finds it closed and is not waited for, so that a run never takes longer than the caller's
// thread alone.
struct ThreadPool::Impl {
  static constexpr uint32_t kClosed = 1u << 31;

  // Rises with every run; workers wait for that.
  alignas(64) std::atomic<uint32_t> epoch{0};
  // Workers inside the run; kClosed: no more may join. The run's data below is written while closed and
  // empty.
  alignas(64) std::atomic<uint32_t> inside{kClosed};
  alignas(64) std::atomic<size_t> next_chunk{0};
  alignas(64) const std::function<void(size_t, int)>* work = nullptr;
  size_t n_chunks = 0;
  std::atomic<bool> stop{false};

  std::mutex error_mutex;
  std::exception_ptr error;
  std::mutex run_mutex;
  bool spin = true;
  std::vector<std::thread> workers;

  void take_chunks(int thread) noexcept;
  bool join_run();
  void leave_run();
  void close_run();
  void work_loop(int thread);
  void shut_down();
};

void ThreadPool::Impl::take_chunks(int thread) noexcept {
  try {
    for (size_t c; (c = next_chunk.fetch_add(1, std::memory_order_relaxed)) < n_chunks;) (*work)(c, thread);
  } catch (...) {
    next_chunk.store(n_chunks, std::memory_order_relaxed);
    std::lock_guard lock(error_mutex);
    if (!error) error = std::current_exception();
  }
}

bool ThreadPool::Impl::join_run() {
  uint32_t n = inside.load(std::memory_order_relaxed);
  while ((n & kClosed) == 0) {
    if (inside.compare_exchange_weak(n, n + 1, std::memory_order_acquire, std::memory_order_relaxed))
      return true;
  }
  return false;
}

void ThreadPool::Impl::leave_run() {
  if (inside.fetch_sub(1, std::memory_order_release) == kClosed + 1) inside.notify_one();
}

void ThreadPool::Impl::close_run() {
  uint32_t n = inside.fetch_or(kClosed, std::memory_order_acquire) | kClosed;
  auto empty = [this] { return inside.load(std::memory_order_acquire) == kClosed; };
  if (n == kClosed || (spin && spin_until(empty))) return;
  while ((n = inside.load(std::memory_order_acquire)) != kClosed) inside.wait(n, std::memory_order_acquire);
}

void ThreadPool::Impl::work_loop(int thread) {
  uint32_t seen = 0;
  while (!stop.load(std::memory_order_relaxed)) {
    auto risen = [&] { return epoch.load(std::memory_order_acquire) != seen; };
    if (!(spin && spin_until(risen))) epoch.wait(seen, std::memory_order_acquire);
    seen = epoch.load(std::memory_order_acquire);
    if (!join_run()) continue;
    take_chunks(thread);
    leave_run();
  }
}

void ThreadPool::Impl::shut_down() {
  stop.store(true, std::memory_order_relaxed);
  epoch.fetch_add(1);
  epoch.notify_all();
  for (std::thread& t : workers) t.join();
}

namespace {

// Threads that begin meanwhile take no signals: handlers run on the application's own threads.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

void ThreadPool::check(int n_threads) {
  if (n_threads < 1 || n_threads > kMaxThreads) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("threads {}; expected 1 to {}", n_threads, kMaxThreads));
  }
}

ThreadPool::ThreadPool(int n_threads) {
  check(n_threads);
  impl_ = std::make_unique<Impl>();
  // With fewer cores than threads, who spins keeps off the core the one he waits for.
  impl_->spin = n_threads <= usable_cpus();
  const BlockedSignals blocked;
  try {
    impl_->workers.reserve(static_cast<size_t>(n_threads) - 1);
    for (int t = 1; t < n_threads; t++)
      impl_->workers.emplace_back([impl = impl_.get(), t] { impl->work_loop(t); });
  } catch (const std::system_error& e) {
    size_t started = impl_->workers.size() + 1;
    impl_->shut_down();
    throw Error(ErrorCode::out_of_memory,
                fmt::format("threads {}: the system gave {}: {}", n_threads, started, e.what()));
  } catch (...) {
    impl_->shut_down();
    throw;
  }
}

ThreadPool::~ThreadPool() { impl_->shut_down(); }

int ThreadPool::size() const { return static_cast<int>(impl_->workers.size()) + 1; }

void ThreadPool::run(size_t n_chunks, const std::function<void(size_t chunk, int thread)>& work) {
  Impl& p = *impl_;
  std::lock_guard lock(p.run_mutex);
  p.work = &work;
  p.n_chunks = n_chunks;
  p.next_chunk.store(0, std::memory_order_relaxed);
  bool alone = n_chunks <= 1 || p.workers.empty();
  if (!alone) {
    p.inside.store(0, std::memory_order_release);
    p.epoch.fetch_add(1);  // sequentially consistent: before the look for sleepers in notify_all
    p.epoch.notify_all();
  }
  p.take_chunks(0);
  if (!alone) p.close_run();
  if (p.error) std::rethrow_exception(std::exchange(p.error, nullptr));
}

}  // namespace reckon::support
