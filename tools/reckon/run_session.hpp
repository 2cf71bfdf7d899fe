// What --session adds to `run`: the conversation in front of the prompt, its going on, its saving.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <reckon/reckon.hpp>

#include "session_lock.hpp"
#include "settings.hpp"
#include "transcript.hpp"

namespace reckon::cli {

class RunSession {
 public:
  // Locks the session, reads its words, if it is there, and takes the settings it was saved with. Throws
  // UsageError, Error: also where it is of another model, and `model` names none.
  RunSession(const std::string& name, const ModelOptions& model, GenerationOptions& options);

  // Its last turn was not ended: it needs no prompt.
  bool unfinished() const { return unfinished_; }
  // Why it can't do without a prompt.
  std::string no_prompt_text() const;
  // The next question. None, or that of an unfinished turn: that turn goes on.
  void ask(const std::optional<std::string>& prompt, const GenerationOptions& options);

  // Takes the saved state; says where it can't.
  void restore(Session& session, const Model& model, const GenerationOptions& options) const;
  // What the turn has said before, after restore(): nothing if it is a new one, or begins again.
  Begun begun(const Session& session) const;
  Generation generate(Session& session, const GenerateOptions& options, const EventCallback& on_event) const;
  void save(const Session& session, const Model& model, const Generation& generation,
            const GenerationOptions& options) const;

 private:
  SessionLock lock_;
  ModelOptions model_;
  std::string name_;
  std::string path_;
  bool exists_;
  bool unfinished_ = false;
  bool goes_on_ = false;
  std::vector<Message> messages_;  // up to the question that is answered now
  Begun begun_;                    // by the last turn
};

}  // namespace reckon::cli
