// Markdown shown on a terminal as it arrives.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "markdown_blocks.hpp"
#include "markdown_inline.hpp"
#include "wrap_writer.hpp"

namespace reckon::cli {

// Takes any bytes, cut anywhere: what is shown does not depend on the cuts. A line break of the source is one
// on the terminal too, since models break lines where they want them broken. Text is shown word by word; a
// line of code when it is complete; a table and displayed mathematics when they end.
class MarkdownStream {
 public:
  MarkdownStream(int columns, bool styled);

  // Of the lines that begin from here on; the one that is begun ends where it does by now.
  void set_columns(int columns) { writer_.set_columns(columns); }
  // What can be shown now.
  std::string push(std::string_view bytes);
  // The rest. The text ends with a line break, unless it is empty.
  std::string finish();

 private:
  enum class State { line_start, inline_text, math, table_row };
  struct List {
    size_t marker_columns;   // where in the source its marker stands
    size_t content_columns;  // and its text
    size_t shown_columns;    // where its text is shown
  };

  void put(char byte);
  void put_math(char byte);
  void end_line();
  // Begins what the line turns out to be, if that is clear by now.
  void decide(bool complete);

  void begin(const LineStart& start);
  void begin_text(const LineStart& start);
  void begin_blank(const LineStart& start);
  void begin_heading(const LineStart& start);
  void begin_item(const LineStart& start);
  void begin_fence(const LineStart& start);
  void begin_paragraph(const LineStart& start);
  void begin_math(const LineStart& start);
  void begin_table_row(const LineStart& start);
  void show_rule();

  void leave_lists(size_t indent);
  void set_margin(int quotes, std::string_view further = "");
  void separate(const LineStart& start);
  void show_inline(std::string_view text);
  void show_code_line(std::string_view line);
  void show_line(std::string_view line, Style style);
  void fence_line();
  void show_math();
  void give_up_math();
  void show_table();

  WrapWriter writer_;
  InlineRenderer inline_;
  State state_ = State::line_start;
  std::string line_;  // of the source, while it is not clear what it is, or taken whole
  LineStart fence_;   // of the code block that is open
  bool in_fence_ = false;
  bool in_item_ = false;  // what is decided on is the text behind an item's marker
  int item_quotes_ = 0;
  LineStart math_;
  std::string math_text_;
  LineStart table_start_;
  std::vector<std::string> table_;  // rows
  size_t table_bytes_ = 0;
  std::vector<List> lists_;  // open, the outermost first
  bool blank_ = false;       // empty lines came since the last text
  int blank_quotes_ = 0;     // within so many quotes
  bool begun_ = false;       // something was shown
};

}  // namespace reckon::cli
