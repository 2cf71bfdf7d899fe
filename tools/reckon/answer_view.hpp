// An answer on standard output: Markdown rendered on a terminal, the bytes as they are elsewhere.
#pragma once

#include <optional>
#include <string_view>

#include "markdown_stream.hpp"
#include "terminal.hpp"

namespace reckon::cli {

class AnswerView {
 public:
  // `render`: where standard output is a terminal.
  explicit AnswerView(bool render);

  void add(std::string_view text);
  bool begun() const { return begun_; }
  // Completes what waits, and the last line.
  void end();
  void set_paused(bool paused);

 private:
  std::optional<MarkdownStream> markdown_;
  bool begun_ = false;
  LeftLine left_;  // while it is paused
  LiveLine line_;
};

}  // namespace reckon::cli
