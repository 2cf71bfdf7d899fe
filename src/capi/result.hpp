// Generations as C structures.
#pragma once

#include <vector>

#include <reckon/reckon.h>
#include <reckon/event.hpp>
#include <reckon/generation.hpp>

namespace reckon::capi {

// A generation as a C structure that points into it.
class ResultView : public reckon_result {
 public:
  ResultView() : reckon_result{} {}
  ResultView(const ResultView&) = delete;
  ResultView& operator=(const ResultView&) = delete;

  // `generation` lives and stays as it is for as long as the view is used. Throws std::bad_alloc.
  void show(const Generation& generation);

 private:
  std::vector<const char*> note_texts_;
};

// For reckon_result_free(). Throws std::bad_alloc.
reckon_result* new_result(Generation generation);

// `text` is the event's, with a NUL behind it; it lives as long as what is returned is used.
reckon_event event_of(const Event& event, const std::string& text) noexcept;

}  // namespace reckon::capi
