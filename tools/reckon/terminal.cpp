#include "terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "output.hpp"
#include "terminal_modes.hpp"

namespace reckon::cli {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(500);  // what is faster needs no progress line

bool dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term == nullptr || *term == '\0' || std::string_view(term) == "dumb";
}

}  // namespace

bool use_rewriting() { return standard_error().terminal() && !dumb_terminal(); }

bool use_colour(const Output& out) {
  const char* no_color = std::getenv("NO_COLOR");
  return out.terminal() && !dumb_terminal() && (no_color == nullptr || *no_color == '\0');
}

bool use_colour() { return use_colour(standard_error()); }

int terminal_width() {
  winsize size{};
  for (const int descriptor : {STDERR_FILENO, STDOUT_FILENO}) {
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return 80;
}

Character first_character(std::string_view text) {
  utf8proc_int32_t character = -1;
  const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &character);
  if (length <= 0) return {};
  return {static_cast<size_t>(length), utf8proc_charwidth(character), true};
}

std::string cut_to_columns(std::string_view text, int columns) {
  size_t taken = 0;
  for (int used = 0; taken < text.size();) {
    const Character character = first_character(text.substr(taken));
    used += character.columns;
    if (used > columns) break;
    taken += character.bytes;
  }
  return std::string(text.substr(0, taken));
}

namespace {

// Columns by which an escape sequence moves the cursor to the right.
int columns_moved(std::string_view sequence) {
  constexpr std::string_view kIntroducer = "\x1b[";
  if (sequence.back() != 'C' || !sequence.starts_with(kIntroducer)) return 0;
  int columns = 1;
  std::from_chars(sequence.data() + kIntroducer.size(), sequence.data() + sequence.size() - 1, columns);
  return columns;
}

}  // namespace

int column_after(int column, std::string_view text, int width) {
  while (!text.empty()) {
    Character character = first_character(text);
    if (text.front() == '\x1b') {
      character.bytes = std::min(text.find_first_of("mKAC"), text.size() - 1) + 1;
      column += columns_moved(text.substr(0, character.bytes));
    } else if (text.front() == '\n' || text.front() == '\r') {
      column = 0;
    } else {
      const int left = width > 0 ? width - column % width : character.columns;
      if (character.columns > left) column += left;
      column = text.front() == '\t' ? (column / 8 + 1) * 8 : column + character.columns;
    }
    text.remove_prefix(character.bytes);
  }
  return column;
}

std::string up_to_column(int column) { return fmt::format("\x1b[A\x1b[{}C", column); }

void LeftLine::leave(const Output& out) {
  width_ = terminal_width();
  column_ = out.at_line_start() ? 0 : out.column() % width_;
}

void LeftLine::go_back() {
  const int column = std::exchange(column_, 0);
  if (column > 0 && use_rewriting() && terminal_width() == width_)
    standard_error().write(up_to_column(column));
}

int columns_of(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    columns += character.columns;
    text.remove_prefix(character.bytes);
  }
  return columns;
}

namespace {

// The parts with the punctuation that follows them, the long ones cut after their commas.
std::vector<std::string> pieces_of(const std::vector<std::string>& parts, size_t columns) {
  std::vector<std::string> pieces;
  for (const std::string& part : parts) {
    std::string rest = part + (&part == &parts.back() ? "" : ";");
    while (rest.size() > columns) {
      const size_t comma = rest.find(", ");
      if (comma == std::string::npos) break;
      pieces.push_back(rest.substr(0, comma + 1));
      rest.erase(0, comma + 2);
    }
    pieces.push_back(std::move(rest));
  }
  return pieces;
}

}  // namespace

std::string fit_to_columns(const std::vector<std::string>& parts, size_t columns) {
  std::string text;
  size_t used = 0;
  for (const std::string& piece : pieces_of(parts, columns)) {
    const bool fits = used + 1 + piece.size() <= columns;
    if (used > 0) text += fits ? ' ' : '\n';
    used = used > 0 && fits ? used + 1 + piece.size() : piece.size();
    text += piece;
  }
  return text;
}

std::string wrap_words(const std::string& text, size_t indent, size_t columns) {
  std::string lines;
  size_t column = indent;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const size_t length = end - begin;
    if (column + length + 1 > columns && column > indent) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines.append(text, begin, length);
    column += length;
    begin = end + 1;
  }
  return lines;
}

size_t reading_columns(const Output& out) {
  constexpr int kMost = 100, kElsewhere = 80;
  return static_cast<size_t>(out.terminal() ? std::clamp(terminal_width(), 2, kMost) : kElsewhere);
}

std::string format_bytes(double bytes) {
  constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit > 0 && bytes < 99.95 ? 1 : 0, kUnits[unit]);
}

std::string format_ms(double ms) {
  if (ms < 9.95) return fmt::format("{:.1f} ms", ms);
  if (ms < 999.5) return fmt::format("{:.0f} ms", ms);
  if (ms < 99950) return fmt::format("{:.1f} s", ms / 1000);
  const auto seconds = static_cast<int64_t>(std::llround(ms / 1000));
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string count_text(uint64_t count, const std::string& thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

void dim_line(const std::string& text) {
  Output& out = standard_error();
  const std::string shown = printable(text);
  out.write(use_colour() ? "\x1b[2m" + shown + "\x1b[0m\n" : shown + "\n");
}

void dim_parts(const std::vector<std::string>& parts) {
  // The last column stays free, as in StatusLine.
  dim_line(standard_error().terminal() ? fit_to_columns(parts, static_cast<size_t>(terminal_width() - 1))
                                       : fmt::format("{}", fmt::join(parts, "; ")));
}

void note(const std::string& text) { standard_error().write("reckon: note: " + printable(text) + "\n"); }

void report_error(const std::string& message) {
  standard_error().write("reckon: error: " + printable(message) + "\n");
}

bool LiveLine::due() const { return !shown_ || Clock::now() - last_ >= kRewriteEvery; }

void LiveLine::show(const std::string& text, bool dim) {
  if (!use_rewriting()) return;
  shown_ = true;
  last_ = Clock::now();
  terminal_modes::set_live_line(true);
  // The last column stays free: a full line would wrap on some terminals.
  const std::string fitted = cut_to_columns(text, terminal_width() - 1);
  standard_error().write("\r" + (dim && use_colour() ? "\x1b[2m" + fitted + "\x1b[0m" : fitted) + "\x1b[K");
}

// One that is not shown says nothing of another one, which may be.
void LiveLine::clear() {
  if (!shown_) return;
  standard_error().write("\r\x1b[K");
  terminal_modes::set_live_line(false);
  shown_ = false;
}

StatusLine::StatusLine(bool quiet) : quiet_(quiet) { restart(); }

void StatusLine::restart() {
  clear();
  begin_ = Clock::now();
}

void StatusLine::update(const std::string& text, const std::string& once) {
  if (quiet_ || Clock::now() - begin_ < kPatience) return;
  if (use_rewriting()) {
    if (line_.due()) line_.show(text, false);
  } else if (!std::exchange(written_, true)) {
    standard_error().write((once.empty() ? text : once) + "\n");
  }
}

void StatusLine::clear() {
  line_.clear();
  written_ = false;
}

}  // namespace reckon::cli
