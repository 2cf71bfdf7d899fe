// Lines from a person or a script: with editing and history on a terminal, plain otherwise.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace reckon::cli {

class LineReader {
 public:
  enum class Status { line, interrupted, end };
  struct Result {
    Status status = Status::end;
    std::string line;  // without its line break
  };

  virtual ~LineReader() = default;
  // Waits for a line without using the processor. `interrupted`: Ctrl-C, the line typed so far is dropped.
  virtual Result read(const std::string& prompt) = 0;

  // With editing if standard input and standard error are terminals.
  static std::unique_ptr<LineReader> open();
};

// Where the history is kept: $XDG_STATE_HOME/reckon/history or ~/.local/state/reckon/history; none without
// either.
std::optional<std::string> history_file();

}  // namespace reckon::cli
