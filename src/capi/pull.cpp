#include "capi/pull.hpp"

#include "capi/result.hpp"

namespace reckon::capi {

const reckon_event* Pull::next() {
  const Event* event = stream_.next();
  if (event == nullptr) return nullptr;
  text_ = event->text;
  event_ = event_of(*event, text_);
  return &event_;
}

}  // namespace reckon::capi
