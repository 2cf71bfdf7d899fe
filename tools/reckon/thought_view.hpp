// A thought on standard error while it is thought: the whole trace, or a line that tells how it goes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "terminal.hpp"

namespace reckon::cli {

class ThoughtView {
 public:
  explicit ThoughtView(bool folded) : folded_(folded) {}
  ~ThoughtView() { end(false); }
  ThoughtView(const ThoughtView&) = delete;
  ThoughtView& operator=(const ThoughtView&) = delete;

  // `elapsed_ms` of thinking so far; `text` may be empty.
  void add(std::string_view text, uint64_t tokens, double elapsed_ms);
  // The thought has ended, if there was one: what is left of it on the screen is complete lines.
  void end(bool answer_follows);

  // Folding leaves what is shown already; unfolding shows all that was not shown.
  void toggle();
  // `paused`: generation stands still until told otherwise, also before the thought begins.
  void set_paused(bool paused);

 private:
  void show_trace();
  void end_trace();  // completes its line
  void show_line();
  void show_pause();  // below the trace
  void set_dim(bool on);
  std::string line_text() const;

  bool folded_;
  bool begun_ = false;
  bool paused_ = false;
  bool dim_ = false;
  bool traced_ = false;  // the last line on the screen is of the trace
  LeftLine left_;        // the trace's last line, before its end
  LiveLine line_;
  std::string text_;     // the thought so far
  size_t shown_ = 0;     // bytes of it in the trace
  size_t sentence_ = 0;  // where its current sentence begins
  uint64_t tokens_ = 0;
  double elapsed_ms_ = 0;
};

// How a line that tells of a pause begins: what a narrow terminal cuts off is behind it.
inline constexpr const char* kPausedText = "paused; space goes on";

// Where the sentence begins that goes on at the end of `text`, or that ends there; looked for from `from` on.
size_t current_sentence(std::string_view text, size_t from);

// The end of `text` that takes at most `columns`, with "…" in front if it is not the whole.
std::string end_in_columns(std::string_view text, int columns);

}  // namespace reckon::cli
