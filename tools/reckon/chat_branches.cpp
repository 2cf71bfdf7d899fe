#include "chat_branches.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "options.hpp"
#include "terminal.hpp"

namespace reckon::cli {

bool ChatBranches::has(const std::string& name) const {
  return std::ranges::find(branches_, name, &Branch::name) != branches_.end();
}

std::string ChatBranches::saved_as(const std::string& session) const {
  for (const Branch& branch : branches_) {
    const bool present = &branch == &branches_[present_];
    if (!present && branch.file && branch.file->name == session) return branch.name;
  }
  return "";
}

bool ChatBranches::go_to(const std::string& name) {
  if (name.find_first_of(" \t\n") != std::string::npos) {
    throw UsageError(fmt::format("/branch: a name has no blanks, '{}' has", name));
  }
  const auto found = std::ranges::find(branches_, name, &Branch::name);
  const bool made = found == branches_.end();
  const size_t there = static_cast<size_t>(found - branches_.begin());
  if (made) branches_.push_back({name, messages(), thought()});
  present_ = there;
  return made;
}

std::string ChatBranches::list() const {
  std::string lines;
  for (const Branch& branch : branches_) {
    const char* mark = &branch == &branches_[present_] ? "*" : " ";
    lines += fmt::format("{} {}: {}\n", mark, branch.name, count_text(branch.messages.size(), "message"));
  }
  return lines;
}

}  // namespace reckon::cli
