// A generation whose events are asked for one at a time, as C structures.
#pragma once

#include <string>

#include <reckon/reckon.h>
#include <reckon/session.hpp>

namespace reckon::capi {

class Pull {
 public:
  explicit Pull(Stream stream) : stream_(std::move(stream)) {}

  // Valid until the next call; nullptr after the last one. Throws what ended the generation.
  const reckon_event* next();
  // Ends it if it has not ended. Throws what ended it.
  Generation finish() { return stream_.finish(); }

 private:
  Stream stream_;
  reckon_event event_{};
  std::string text_;  // of the event
};

}  // namespace reckon::capi
