#include "run/stream.hpp"

#include "support/within_memory.hpp"

namespace reckon {

Stream::Impl::Impl(run::SessionState& session, const store::PromptCache* prompts, run::Prompt prompt,
                   const GenerateOptions& options)
    : session_(session),
      prompt_(std::move(prompt)),
      on_event_([this](const Event& event) { return keep(event); }) {
  turn_.emplace(session_, prompts, prompt_, options, on_event_);
}

bool Stream::Impl::keep(const Event& event) {
  events_.push_back({event, std::string(event.text)});
  return true;
}

const Event* Stream::Impl::next() {
  while (events_.empty() && !generation_) compute();
  if (events_.empty()) return nullptr;
  current_ = std::move(events_.front());
  events_.pop_front();
  current_.event.text = current_.text;
  return &current_.event;
}

// A step, or the account. After either's error there is nothing but that; after the account the session is
// free.
void Stream::Impl::compute() {
  if (failure_) std::rethrow_exception(failure_);
  try {
    if (turn_->running()) return turn_->step();
    generation_ = turn_->finish();
  } catch (...) {
    failure_ = std::current_exception();
  }
  turn_.reset();
  if (failure_) std::rethrow_exception(failure_);
}

Generation Stream::Impl::finish() {
  if (turn_ && turn_->running()) session_.requests.cancelled = true;
  while (!generation_) compute();
  return *generation_;
}

Stream::Stream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

const Event* Stream::next() {
  return support::within_memory([this] { return impl_->next(); });
}

Generation Stream::finish() {
  return support::within_memory([this] { return impl_->finish(); });
}

}  // namespace reckon
