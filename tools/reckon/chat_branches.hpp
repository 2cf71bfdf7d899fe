// The conversations of a chat: one at first, named "main"; copies of it can go on apart.
#pragma once

#include <string>
#include <vector>

#include <reckon/model.hpp>

namespace reckon::cli {

class ChatBranches {
 public:
  std::vector<Message>& messages() { return branches_[present_].messages; }
  const std::vector<Message>& messages() const { return branches_[present_].messages; }
  const std::string& name() const { return branches_[present_].name; }

  // Goes to the branch called `name`; where there is none, to a copy of the present one under that name,
  // which stays as it is. True if it was made. Throws UsageError if `name` has blanks.
  bool go_to(const std::string& name);
  // A line per branch, the present one marked.
  std::string list() const;

 private:
  struct Branch {
    std::string name;
    std::vector<Message> messages;
  };
  std::vector<Branch> branches_{{"main", {}}};
  size_t present_ = 0;
};

}  // namespace reckon::cli
