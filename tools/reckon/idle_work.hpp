// Work on another thread while the main one waits for a person.
#pragma once

#include <atomic>
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

  // `work` asks `stop` now and then and returns soon once it is true. It does not throw. Signals are left to
  // the main thread.
  void begin(std::function<void(const Stop& stop)> work);
  // Tells the work to stop and waits for that. Nothing if there is none.
  void end();

 private:
  std::thread thread_;
  std::atomic<bool> stop_{false};
};

}  // namespace reckon::cli
