// A chat: the conversation, the session that answers it, and what its commands do to both.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <reckon/reckon.hpp>

#include "chat_settings.hpp"

namespace reckon::cli {

class Chat {
 public:
  // Loads the model and refuses settings it can't do. Throws UsageError, Error.
  explicit Chat(const ChatOptions& options);

  // Says `text` and shows the answer. A turn without an answer leaves no trace in the conversation.
  void turn(const std::string& text);

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
  void keep(const Generation& generation);

  ChatSettings settings_;
  Model model_;
  Session session_;
  std::vector<Message> messages_;
  std::optional<Generation> last_;
  bool ended_ = false;
};

}  // namespace reckon::cli
