// Shows a generation as it happens: thinking on standard error, dim on a terminal; answer on standard output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <reckon/event.hpp>
#include <reckon/session.hpp>

#include "terminal.hpp"

namespace reckon::cli {

class Transcript {
 public:
  Transcript(bool show_thinking, bool quiet);
  ~Transcript();
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;

  // False if nothing more can be written: the generation should end.
  bool show(const Event& event);
  // Ends what is open: dim mode, the answer's last line.
  void finish();

 private:
  void show_thinking(std::string_view text);
  void show_answer(std::string_view text);
  void end_thinking(bool answer_follows);

  StatusLine status_;
  bool thinking_wanted_;
  bool thought_shown_ = false;
  bool dim_ = false;
  bool answer_shown_ = false;
};

// The figures after a generation, for dim_parts().
std::vector<std::string> statistics(const Generation& generation);
// What to say about a generation that did not come to its end; empty for one that did.
std::string ending_text(const Generation& generation);

}  // namespace reckon::cli
