#include "idle_work.hpp"

#include <csignal>
#include <utility>

namespace reckon::cli {
namespace {

// While it lives, no signal comes to this thread nor to those it makes: a thread inherits what its maker
// blocks.
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

void IdleWork::begin(std::function<void(const Stop&)> work) {
  end();
  stop_ = false;
  const BlockedSignals blocked;
  try {
    thread_ = std::thread([this, work = std::move(work)] {
      try {
        work([this] { return stop_.load(); });
      } catch (...) {  // would end the program
        thrown_ = std::current_exception();
      }
    });
  } catch (const std::exception&) {  // out of threads or memory
  }
}

std::exception_ptr IdleWork::end() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  return std::exchange(thrown_, nullptr);
}

}  // namespace reckon::cli
