#include "run/stream.hpp"

#include "run/prompt_prefix.hpp"
#include "support/within_memory.hpp"

namespace reckon {

Stream::Impl::Impl(run::SessionState& session, const store::PromptCache* prompts, run::Prompt prompt,
                   const GenerateOptions& options)
    : session_(session),
      prompts_(prompts),
      prompt_(std::move(prompt)),
      on_event_([this](const Event& event) { return keep(event); }) {
  session_.requests.clear();
  if (prompts_ != nullptr) run::load_prefix(session_, *prompts_, prompt_.tokens, notes_);
  turn_.emplace(session_, prompt_, options, on_event_);
}

bool Stream::Impl::keep(const Event& event) {
  events_.push_back({event, std::string(event.text)});
  return true;
}

const Event* Stream::Impl::next() {
  while (events_.empty() && !generation_) {
    if (turn_->running()) {
      turn_->step();
    } else {
      finish();
    }
  }
  if (events_.empty()) return nullptr;
  current_ = std::move(events_.front());
  events_.pop_front();
  current_.event.text = current_.text;
  return &current_.event;
}

Generation Stream::Impl::finish() {
  if (!generation_) {
    if (turn_->running()) session_.requests.cancelled = true;
    generation_ = turn_->finish();
    if (prompts_ != nullptr) run::keep_prefix(session_, *prompts_, prompt_.tokens, notes_);
    generation_->notes = std::move(notes_);
  }
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
