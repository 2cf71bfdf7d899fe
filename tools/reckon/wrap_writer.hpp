// Words of different styles, broken into the lines of a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reckon::cli {

struct Style {
  bool bold = false;
  bool italic = false;
  bool underlined = false;
  bool struck = false;
  bool code = false;
  bool dim = false;
  bool operator==(const Style&) const = default;
};

// Takes any bytes: what is no character, or would drive the terminal, is shown as a symbol. What it gives out
// does not depend on how the text was cut. Every stretch of a style ends with the style's end, so that
// nothing is left switched on wherever the output ends.
class WrapWriter {
 public:
  // Lines take `columns` at most, where a word fits. Without `styled` there are no escape sequences.
  WrapWriter(int columns, bool styled) : columns_(columns), styled_(styled) {}

  // The terminal has another width from here on.
  void set_columns(int columns) { columns_ = columns; }
  // What stands before the text of the line that begins, and of those it is broken into. One that leaves
  // no room for text is dropped.
  void set_margins(std::string first, std::string further);
  // Blanks between words are kept, but for those where a line is broken. "\n" ends a line within the margins.
  void text(std::string_view bytes, Style style);
  void verbatim(std::string_view line, Style style);  // never broken here; whole characters
  void rendered(std::string_view line);               // a line another writer made, as it is
  void end_line();

  // What is decided, to be written. Words wait for their end.
  std::string take();
  bool styled() const { return styled_; }
  int room() const;  // columns of a line besides its margin
  bool at_line_start() const { return !begun_ && word_.empty() && blanks_ == 0; }

 private:
  struct Piece {
    Style style;
    std::string text;
  };

  void put(char byte, Style style);
  void flush_word();
  void write_word(const std::vector<Piece>& pieces);
  void write_broken(const std::vector<Piece>& pieces);
  void write_blanks();
  void write(std::string_view text, Style style);
  void begin_line();
  void break_line();

  int columns_;
  bool styled_;
  std::string out_;
  std::string first_margin_;
  std::string further_margin_;
  std::vector<Piece> word_;  // the word that has not ended yet
  size_t word_bytes_ = 0;
  size_t last_character_ = 0;  // where it begins in word_.back().text
  int blanks_ = 0;             // after what is written, before the word
  Style blank_style_;
  int column_ = 0;
  int margin_columns_ = 0;
  bool begun_ = false;   // the line has its margin
  bool broken_ = false;  // the line continues another
};

}  // namespace reckon::cli
