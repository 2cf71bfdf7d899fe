// The lines typed in chats, kept from one to the next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reckon::cli {

// A file only its owner can read. Chats that run at the same time all add to it; every line is there whole or
// not at all. Where the file can't be read or written, there is no history: that is no reason not to chat.
class HistoryFile {
 public:
  // Nothing is kept if `path` is empty.
  explicit HistoryFile(std::string path) : path_(std::move(path)) {}

  // The newest lines, oldest first.
  std::vector<std::string> load() const;
  // The oldest lines are dropped now and then, so that the file stays small.
  void append(std::string_view line) const;

  static constexpr size_t kMostLines = 1000;  // that are loaded, and that a shortened file keeps

 private:
  std::string path_;
};

// $XDG_STATE_HOME/reckon/history or ~/.local/state/reckon/history, its directory made if need be; empty
// without either.
std::string default_history_path();

}  // namespace reckon::cli
