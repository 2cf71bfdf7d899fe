#include "capi/pull.hpp"

#include <reckon/error.hpp>

#include <system_error>

#include "capi/result.hpp"

namespace reckon::capi {

Pull::Pull(std::function<Generation(const EventCallback&)> generate) {
  try {
    thread_ = std::thread([this, g = std::move(generate)] { run(g); });
  } catch (const std::system_error& e) {
    throw Error(ErrorCode::out_of_memory, std::string("no thread for the generation: ") + e.what());
  }
  wait_for_event();
  if (failure_) {
    end();
    std::rethrow_exception(failure_);
  }
}

Pull::~Pull() { end(); }

void Pull::run(const std::function<Generation(const EventCallback&)>& generate) {
  try {
    generation_ = generate([this](const Event& event) { return offer(event); });
  } catch (...) {
    failure_ = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool Pull::offer(const Event& event) {
  std::unique_lock lock(mutex_);
  text_ = event.text;
  event_ = event_of(event, text_);
  offered_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !offered_ || abandoned_; });
  return !abandoned_;
}

void Pull::wait_for_event() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return offered_ || ended_; });
}

const reckon_event* Pull::next() {
  if (taken_) {
    const std::lock_guard lock(mutex_);
    offered_ = taken_ = false;
    changed_.notify_all();
  }
  wait_for_event();
  taken_ = offered_;
  if (taken_) return &event_;
  if (failure_) std::rethrow_exception(failure_);
  return nullptr;
}

void Pull::end() {
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

Generation Pull::finish() {
  end();
  if (failure_) std::rethrow_exception(failure_);
  return std::move(generation_);
}

}  // namespace reckon::capi
