// The conversations of a chat: one at first, named "main"; copies of it can go on apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <reckon/reckon.hpp>

#include "session_lock.hpp"

namespace reckon::cli {

// The session that a conversation is saved as.
struct SessionFile {
  std::string name, path;
  SavedText words = {};         // as they were saved there last, or loaded
  bool cache_is_there = true;   // with them
  bool outlives_reset = false;  // the conversation begins again: its words stay until a turn is saved
  SessionLock lock = {};        // as long as the chat may go back to it
};

class ChatBranches {
 public:
  ChatBranches() { branches_.push_back({"main", {}, ""}); }

  std::vector<Message>& messages() { return branches_[present_].messages; }
  const std::vector<Message>& messages() const { return branches_[present_].messages; }
  const std::string& name() const { return branches_[present_].name; }

  // Of the last turn, also of one before it was loaded; empty if there was none.
  std::string& thought() { return branches_[present_].thought; }
  const std::string& thought() const { return branches_[present_].thought; }

  std::optional<SessionFile>& file() { return branches_[present_].file; }  // none: it is not saved
  const std::optional<SessionFile>& file() const { return branches_[present_].file; }

  bool has(const std::string& name) const;
  // The branch that is saved as this session, unless it is the present one. Empty if there is none.
  std::string saved_as(const std::string& session) const;

  // Goes to the branch called `name`; where there is none, to a copy of the present one under that name,
  // which stays as it is; the copy is not saved yet. True if it was made. Throws UsageError if `name` has
  // blanks.
  bool go_to(const std::string& name);
  // A line per branch, the present one marked.
  std::string list() const;

 private:
  struct Branch {
    std::string name;
    std::vector<Message> messages;
    std::string thought;
    std::optional<SessionFile> file = {};
  };
  std::vector<Branch> branches_;
  size_t present_ = 0;
};

}  // namespace reckon::cli
