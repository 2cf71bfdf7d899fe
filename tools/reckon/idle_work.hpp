// Work on another thread while the main one waits for a person.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <thread>

namespace reckon::cli {

class IdleWork {
 public:
  using Stop = std::function<bool()>;

  IdleWork() = default;
  ~IdleWork() { end(); }
  IdleWork(const IdleWork&) = delete;
  IdleWork& operator=(const IdleWork&) = delete;

  // `work` asks `stop` now and then and returns soon once it is true. Signals are left to the main thread.
  // Where no thread can be made, nothing is done: idle work can wait.
  void begin(std::function<void(const Stop& stop)> work);
  // Tells the work to stop and waits for that. What it threw, if it did. Nothing if there is none.
  std::exception_ptr end();

 private:
  std::exception_ptr thrown_;  // read when the thread has ended
  std::thread thread_;
  std::atomic<bool> stop_{false};
};

}  // namespace reckon::cli
