// A fixed set of threads that run the phases of a step. The caller's thread is one of them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "support/cpu.hpp"

namespace reckon::support {

class ThreadPool {
 public:
  static constexpr int kMaxThreads = 256;
  // Throws Error(invalid_argument) for a number that is not 1 to kMaxThreads.
  static void check(int n_threads);

  explicit ThreadPool(int n_threads);  // throws as check(), and Error(out_of_memory)
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const;

  // Calls work(chunk, thread) once for each chunk in [0, n_chunks), chunks taken in increasing order from an
  // atomic counter; returns when all are done. thread in [0, size()), 0 is the caller's. One run at a time:
  // calls from several threads queue up; `work` must not call run() of the same pool. An exception thrown by
  // `work` is rethrown here after all threads have stopped; chunks not begun by then are left out. Workers
  // spin briefly for the next run, then sleep: an idle pool uses no CPU.
  void run(size_t n_chunks, const std::function<void(size_t chunk, int thread)>& work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reckon::support
