// A chat: the conversation, the session that answers it, and what its commands do to both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <reckon/reckon.hpp>

#include "chat_branches.hpp"
#include "chat_settings.hpp"

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
  // Drops the last question and its answer.
  void undo();
  void show_thought() const;  // of the last turn
  // To another branch of the conversation, or a new copy of this one. Lists them without a name.
  void branch(const std::string& name);

  void reset();
  void set_system(const std::string& text);  // none if empty
  void save(const std::string& file) const;
  void load(const std::string& file);
  void show_statistics() const;
  void end() { ended_ = true; }

  bool ended() const { return ended_; }
  const ModelInfo& info() const { return model_.info(); }
  ChatSettings& settings() { return settings_; }

 private:
  const GenerationOptions& options() const { return settings_.now(); }
  std::vector<Message>& messages() { return branches_.messages(); }
  void ask(const std::string& text, const GenerationOptions& options);
  void keep(const Generation& generation);
  void adopt_system();  // the conversation's, as the setting

  ChatSettings settings_;
  Model model_;
  Session session_;
  ChatBranches branches_;
  std::optional<Generation> last_;
  std::optional<std::string> unanswered_;  // what was asked last, if no answer was kept
  bool ended_ = false;
};

}  // namespace reckon::cli
