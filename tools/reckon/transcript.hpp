// Shows a generation as it happens: thinking on standard error, dim on a terminal; answer on standard output.
// On a terminal, keys steer it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <reckon/event.hpp>
#include <reckon/session.hpp>

#include "answer_view.hpp"
#include "keyboard.hpp"
#include "settings.hpp"
#include "terminal.hpp"
#include "thought_view.hpp"

namespace reckon::cli {

struct TranscriptOptions {
  bool thinking = true;  // on standard error
  bool fold = false;     // as one line
  bool render = true;    // Markdown, where standard output is a terminal
  bool quiet = false;    // no thinking, progress or keys
  bool keys = true;      // where standard error is a terminal and there is one to read them from
};

// What a turn has said before it goes on.
struct Begun {
  std::string thinking, answer;
};

class Transcript {
 public:
  // `session` is what runs: keys may end its thought.
  Transcript(const TranscriptOptions& options, Session& session);
  ~Transcript();
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;

  // Shows where the turn was: on terminals, as other outputs have it already.
  void go_on_from(const Begun& begun);
  // False if nothing more can be written: the generation should end. Waits while the generation is paused.
  bool show(const Event& event);
  // Takes the times in which it was paused out of the figures.
  void leave_out_pauses(Generation& generation) const;
  // Ends what is open: the keys, dim mode, the answer's last line.
  void finish();

 private:
  void show_thinking(const Event& event);
  void show_answer(const Event& event);
  void obey_keys(const Event& event);
  void pause(const Event& event);
  double without_pauses(double t_ms) const;

  TranscriptOptions options_;
  Session& session_;
  std::optional<Keyboard> keyboard_;
  StatusLine status_;
  ThoughtView thought_;
  AnswerView answer_;
  bool answering_ = false;  // the thought has ended
  uint64_t tokens_ = 0;     // of the thought
  double begin_ms_ = 0;     // when the prompt was read
  struct Pause {
    double t_ms;  // the event's in which it began
    double ms;
  };
  std::vector<Pause> pauses_;
};

// What `generation` asks for.
TranscriptOptions transcript_options(const GenerationOptions& generation);

// The figures after a generation, for dim_parts().
std::vector<std::string> statistics(const Generation& generation);
// What to say about a generation that did not come to its end; empty for one that did. `max_tokens`: what it
// was asked for with, 0 for none.
std::string ending_text(const Generation& generation, uint64_t max_tokens);

}  // namespace reckon::cli
