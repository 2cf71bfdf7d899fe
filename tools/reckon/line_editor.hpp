// Lines from a person or a script: with editing and history on a terminal, plain otherwise.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace reckon::cli {

// What may follow at the end of a line.
struct Completion {
  std::string insertion;                // what all candidates go on with
  std::vector<std::string> candidates;  // whole words
};
// Asked with the line up to the cursor.
using Completer = std::function<Completion(const std::string& before)>;
// Of the candidates that begin with `word`. Where there is one, a blank follows it.
Completion complete(const std::string& word, const std::vector<std::string>& candidates);

class LineReader {
 public:
  enum class Status { line, interrupted, end };
  struct Result {
    Status status = Status::end;
    std::string line;      // without its line break
    bool edited = false;   // several lines that came from an editor, or out of the history
    bool goes_on = false;  // it was pasted with the line that follows
  };

  virtual ~LineReader() = default;
  // Waits for a line without using the processor. `interrupted`: Ctrl-C, the line typed so far is dropped.
  virtual Result read(const std::string& prompt) = 0;
  // A message that was read is to be recalled as a whole, where there is a history.
  virtual void remember(const std::string& message) { (void)message; }

  // With editing if standard input and standard error are terminals; then with the lines of earlier chats, if
  // `keep_history`; `completer` says what Tab does.
  static std::unique_ptr<LineReader> open(bool keep_history, Completer completer = {});
};

}  // namespace reckon::cli
