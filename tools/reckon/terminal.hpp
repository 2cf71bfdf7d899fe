// What goes to standard error for people: dim text, the rewritten progress line, notes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reckon::cli {

class Output;

// May text on standard error be coloured (a terminal, NO_COLOR not set, TERM not dumb)?
bool use_colour();
// The same for a given output.
bool use_colour(const Output& out);
// May a line on standard error be rewritten (a terminal that is not dumb)?
bool use_rewriting();
// Columns of the terminal on standard error, or else on standard output; 80 if unknown.
int terminal_width();

// A character of UTF-8, or a byte that belongs to none, which takes one column.
struct Character {
  size_t bytes = 1;
  int columns = 1;
  bool valid = false;
};
// The first of `text`, which is not empty.
Character first_character(std::string_view text);

// Columns that `text` takes on a terminal.
int columns_of(std::string_view text);

// The longest beginning of `text` that takes at most `columns` columns.
std::string cut_to_columns(std::string_view text, int columns);

// The column after `text` is written at `column`, counted on from line to line of a terminal of `width`
// columns (0: without a right edge): a wide character that does not fit at the edge leaves a column free.
// Escape sequences in it are whole.
int column_after(int column, std::string_view text, int width = 0);

// The escape sequence that takes the cursor from a line's beginning to a column, above 0, of the line above.
std::string up_to_column(int column);

// A line of text that is left where it is, for lines below it, and gone on with when these are gone.
class LeftLine {
 public:
  void leave(const Output& out);  // before its line break is written
  // To where it was. At the right edge the text goes on in the line below anyway; so it does where the
  // terminal has another width now, and lines have moved.
  void go_back();

 private:
  int column_ = 0;  // where it was left
  int width_ = 0;   // of the terminal then
};

// Numbers for people: "1.1 GB", "16 KB"; "850 ms", "3.2 s", "2 min 5 s".
std::string format_bytes(double bytes);
std::string format_ms(double ms);
// "1 message", "2 messages".
std::string count_text(uint64_t count, const std::string& thing);

// The parts joined by "; ", with line breaks between parts where a line would take more than `columns`
// columns; a part that does so by itself is broken at its commas. The parts are ASCII.
std::string fit_to_columns(const std::vector<std::string>& parts, size_t columns);

// `text` broken at its blanks into lines of at most `columns` columns, where a word fits, each but the first
// behind `indent` blanks. ASCII.
std::string wrap_words(const std::string& text, size_t indent, size_t columns);
// Columns for such texts: those of the terminal that `out` is, but not more than are easy to read.
size_t reading_columns(const Output& out);

// Writes one dim line to standard error, as printable() shows it.
void dim_line(const std::string& text);
// The same for parts, which become several lines where they don't fit the terminal.
void dim_parts(const std::vector<std::string>& parts);
// "reckon: note: ..." and "reckon: error: ..." on standard error. What they say may come out of a file and is
// shown as printable() does it.
void note(const std::string& text);
void report_error(const std::string& message);

// The least time between two states of what is rewritten in place.
inline constexpr auto kRewriteEvery = std::chrono::milliseconds(100);

// A line on standard error that is rewritten in place, every kRewriteEvery at most, where that can be done.
// The cursor stands at a line's beginning when it is shown first, and again after clear().
class LiveLine {
 public:
  ~LiveLine() { clear(); }

  // Is it time to show something new?
  bool due() const;
  void show(const std::string& text, bool dim);  // what does not fit the terminal is cut off
  void clear();
  bool shown() const { return shown_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_ = false;
  Clock::time_point last_;
};

// A line that tells how far something is, shown once it has taken half a second. On a terminal it is
// rewritten in place and removed at the end; elsewhere it is written once.
class StatusLine {
 public:
  explicit StatusLine(bool quiet);
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  void restart();  // a new thing begins: its half second starts now
  // `once`: what is written where it is not rewritten; empty: the same.
  void update(const std::string& text, const std::string& once = "");
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_;
  bool written_ = false;  // where it can't be rewritten
  Clock::time_point begin_;
  LiveLine line_;
};

}  // namespace reckon::cli
