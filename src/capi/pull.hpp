// A generation whose events are asked for one at a time. It runs on a thread of its own that waits in its
// callback until the next event is wanted: generator and caller take turns, nothing is computed ahead.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include <reckon/reckon.h>
#include <reckon/event.hpp>
#include <reckon/generation.hpp>

namespace reckon::capi {

class Pull {
 public:
  // Runs `generate` up to its first event, which comes before anything is computed: from then on the session
  // hears cancel(). Throws what `generate` throws before that, Error(out_of_memory) if there is no thread to
  // be had.
  explicit Pull(std::function<Generation(const EventCallback&)> generate);
  ~Pull();  // ends it
  Pull(const Pull&) = delete;
  Pull& operator=(const Pull&) = delete;

  // Valid until the next call; nullptr after the last one. Throws what ended the generation.
  const reckon_event* next();
  // Ends it if it has not ended. Throws what ended it.
  Generation finish();

 private:
  void run(const std::function<Generation(const EventCallback&)>& generate);
  bool offer(const Event& event);  // on the generator's thread
  void wait_for_event();           // until there is one or the end
  void end();                      // of the thread

  std::mutex mutex_;
  std::condition_variable changed_;
  bool offered_ = false;    // there is an event; the generator waits
  bool taken_ = false;      // next() has given it
  bool abandoned_ = false;  // nobody wants more
  bool ended_ = false;
  reckon_event event_{};
  std::string text_;  // of the event
  Generation generation_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace reckon::capi
