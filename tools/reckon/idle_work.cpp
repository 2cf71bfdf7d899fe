#include "idle_work.hpp"

#include <csignal>

namespace reckon::cli {

// A thread inherits the signals its maker blocks.
void IdleWork::begin(std::function<void(const Stop&)> work) {
  end();
  stop_ = false;
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this, work = std::move(work)] { work([this] { return stop_.load(); }); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void IdleWork::end() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace reckon::cli
