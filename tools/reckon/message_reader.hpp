// What a person or a script says in a chat: a line, lines joined by a backslash at the end of each but the
// last, the lines between two marks of three quotes, or lines that were pasted together.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "line_editor.hpp"

namespace reckon::cli {

class MessageReader {
 public:
  struct Result {
    LineReader::Status status = LineReader::Status::end;
    std::string text;
    bool quoted = false;  // between the marks, or several pasted lines: a slash in front means nothing
  };

  explicit MessageReader(std::unique_ptr<LineReader> lines) : lines_(std::move(lines)) {}

  // Waits for a message. `interrupted`: Ctrl-C, what was typed of it is dropped. Throws UsageError if the
  // input ends before the message does.
  Result read();

 private:
  Result read_message();
  Result read_continued(LineReader::Result first);
  // `text` is what follows the first mark in its line.
  Result read_quoted(std::string_view text);

  std::unique_ptr<LineReader> lines_;
};

}  // namespace reckon::cli
