// Ends the process, saying where it was, when nothing has moved for a minute.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace reckon::soak {

class Watchdog {
 public:
  Watchdog();
  ~Watchdog();
  // Something goes on: `what` (a literal) begins.
  void moved(const char* what) {
    what_ = what;
    moves_++;
  }

 private:
  void watch();

  std::atomic<uint64_t> moves_{0};
  std::atomic<const char*> what_{"the start"};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace reckon::soak
