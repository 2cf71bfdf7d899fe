#include "soak/watchdog.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace reckon::soak {

Watchdog::Watchdog() : thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Watchdog::watch() {
  constexpr auto kLongest = std::chrono::seconds(60);
  std::unique_lock lock(mutex_);
  for (uint64_t seen = moves_; !ended_.wait_for(lock, kLongest, [this] { return end_; }); seen = moves_) {
    if (moves_ != seen) continue;
    std::fprintf(stderr, "soak: stuck for a minute in %s\n", what_.load());
    ::_exit(3);
  }
}

}  // namespace reckon::soak
