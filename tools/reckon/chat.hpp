// A chat: the conversation, the session that answers it, and what its commands do to both.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <reckon/reckon.hpp>

#include "chat_branches.hpp"
#include "chat_settings.hpp"
#include "idle_work.hpp"
#include "transcript.hpp"

namespace reckon::cli {

class Chat {
 public:
  // Loads the model and refuses settings it can't do. Throws UsageError, Error.
  explicit Chat(const ChatOptions& options);

  // Says `text` and shows the answer. A turn without an answer leaves no trace in the conversation.
  void turn(const std::string& text);
  // Asks again what was asked last, with another seed; the new answer takes the old one's place, if there is
  // one. With --seed it is the last seed plus one, else a random one.
  void retry();
  // Drops the last question and its answer, or takes back a reset() since the last turn.
  void undo();
  void show_thought() const;  // of the last turn
  // To another branch of the conversation, or a new copy of this one. Lists them without a name. In a session
  // every branch is one: "sums.aside" is branch aside of the session sums.
  void branch(const std::string& name);

  // Forgets the conversation. A session's file keeps it until the next turn is saved there.
  void reset();
  // Shows the system message where the text is empty; "none" removes it. The conversation begins again.
  void system(const std::string& text);
  void go_on();  // with a turn that was interrupted
  // A session, or a file that a slash or .json tells. A session is saved after each turn from then on.
  void save(const std::string& name);
  void load(const std::string& name);
  void show_statistics() const;
  void end() { ended_ = true; }

  // While a person types: what is known of the next prompt is computed, then the session is saved.
  void begin_idle();
  void end_idle();
  void finish();  // saves what is not saved yet

  bool ended() const { return ended_; }
  const ModelInfo& info() const { return model_.info(); }
  ChatSettings& settings() { return settings_; }
  const ChatSettings& settings() const { return settings_; }

 private:
  const GenerationOptions& options() const { return settings_.now(); }
  std::vector<Message>& messages() { return branches_.messages(); }
  std::string& thought() { return branches_.thought(); }
  std::optional<SessionFile>& file() { return branches_.file(); }
  void ask(const std::string& text, const GenerationOptions& options);
  // `begun`: what the turn has said before, of one that goes on.
  void answer(const GenerationOptions& options,
              const std::function<Generation(const EventCallback&)>& generate, const Begun& begun = {});
  void keep(const Generation& generation);
  const char* what_becomes_of_it(bool answered) const;  // of a turn that did not come to its end
  const std::string* open_question() const;             // null if there is none
  void set_system(const std::optional<std::string>& text);
  void begin_again();
  void bring_back();
  void drop_open_turn();
  void adopt_system();  // the conversation's, as the setting

  // chat_sessions.cpp
  void say(const std::string& text) const;
  void show_last_exchange(const std::vector<Message>& messages) const;
  static SessionLock lock_for_opening(const ChatOptions& chat);
  // Takes the settings of the session that the chat is opened with: its context, too, may be among them.
  const GenerationOptions& opening_settings(const std::optional<std::string>& session);
  Session make_session(const GenerationOptions& options) const;
  void open_session(const std::string& name, SessionLock lock);
  std::optional<SessionFile> file_of_branch(const std::string& branch) const;
  void check_not_open(const std::string& session) const;
  bool is_present(const std::string& session) const;  // is the chat saved as this one now?
  void load_session(const std::string& name, SessionLock lock);
  SavedSettings take_settings(const SavedSettings& saved, const std::function<void(Session&)>& restore);
  void take_conversation(std::vector<Message> messages);
  SavedText words() const;
  void write_to(SessionFile& file, bool with_cache);
  bool unsaved() const;
  void save_changes();
  void turn_ended();
  void prepare(const IdleWork::Stop& stop);

  SessionLock opening_lock_;  // of the session that it is opened with; before anything that takes time
  ModelOptions model_options_;
  ChatSettings settings_;
  Model model_;
  Session session_;
  ChatBranches branches_;
  std::optional<Generation> last_;
  std::optional<std::string> unanswered_;  // what was asked last, if no answer was kept
  // What a reset() has forgotten, until something is asked or another conversation is gone to.
  struct Forgotten {
    std::vector<Message> messages;
    std::string thought;
    std::optional<std::string> unanswered;
  };
  std::optional<Forgotten> forgotten_;
  bool ended_ = false;
  std::optional<std::vector<Message>> open_turn_;  // up to the question of a turn that can go on
  std::string open_answer_;                        // its answer so far
  IdleWork idle_;                                  // last: it ends before what it works on
};

}  // namespace reckon::cli
