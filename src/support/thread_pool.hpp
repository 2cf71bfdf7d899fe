// A fixed set of threads that run the phases of a step. The caller's thread is one of them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace reckon::support {

// Cores this process may use: affinity mask and cgroup CPU quota (rounded up), one per physical core, at least 1.
int usable_cores();

class ThreadPool {
 public:
  explicit ThreadPool(int n_threads);  // 1..256, throws Error(invalid_argument | out_of_memory)
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const;

  // Calls work(chunk, thread) once for each chunk in [0, n_chunks), chunks taken in increasing order from an atomic
  // counter; returns when all are done. thread in [0, size()). One run at a time: calls from several threads queue up.
  // An exception thrown by `work` is rethrown here after all threads have stopped. Workers spin briefly for the next
  // run, then sleep: an idle pool uses no CPU.
  void run(size_t n_chunks, const std::function<void(size_t chunk, int thread)>& work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reckon::support
