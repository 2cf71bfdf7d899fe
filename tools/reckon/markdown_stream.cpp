#include "markdown_stream.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "latex_text.hpp"
#include "markdown_table.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kMostMath = 8000;    // bytes of displayed mathematics that wait for their end
constexpr size_t kMostTable = 65536;  // bytes of a table that wait for its end
constexpr size_t kMostRows = 500;
constexpr size_t kDeepestList = 8;
constexpr std::string_view kCodeMargin = "    ";
constexpr std::string_view kMathMargin = "    ";
constexpr const char* kBullets[] = {"•", "◦", "▪"};

std::string blanks(size_t count) { return std::string(count, ' '); }

std::string bars_of(int quotes) {
  std::string bars;
  for (int i = 0; i < quotes; ++i) bars += "│ ";
  return bars;
}

std::string without_quotes(std::string_view line, int quotes) {
  for (int i = 0; i < quotes; ++i) {
    const size_t mark = line.find_first_not_of(' ');
    if (mark == std::string_view::npos || line[mark] != '>') break;
    line.remove_prefix(mark + 1);
    if (line.starts_with(' ')) line.remove_prefix(1);
  }
  return std::string(line);
}

void for_each_line(std::string_view text, const std::function<void(std::string_view)>& action) {
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    action(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace

MarkdownStream::MarkdownStream(int columns, bool styled) : writer_(columns, styled), inline_(writer_) {}

std::string MarkdownStream::push(std::string_view bytes) {
  for (const char byte : bytes) put(byte);
  return writer_.take();
}

std::string MarkdownStream::finish() {
  if (state_ == State::math) give_up_math();
  if (!line_.empty() || state_ != State::line_start) end_line();
  show_table();
  in_fence_ = false;
  if (!writer_.at_line_start()) writer_.end_line();  // behind an item's marker nothing came
  return writer_.take();
}

void MarkdownStream::put(char byte) {
  if (byte == '\r') return;  // of a line break, or without a meaning
  if (state_ == State::math) return put_math(byte);
  if (byte == '\n') return end_line();
  if (state_ == State::inline_text) return inline_.put(byte);
  line_ += byte;
  if (state_ == State::line_start && !in_fence_) decide(false);
}

void MarkdownStream::decide(bool complete) {
  do {
    auto start = line_start(line_, complete);
    if (!start) return;
    if (in_item_) {
      start->quotes += item_quotes_;
      start->indent += lists_.back().content_columns;
    }
    begin(*start);
  } while (in_item_ && state_ == State::line_start);
}

void MarkdownStream::end_line() {
  if (in_fence_) return fence_line();
  if (state_ == State::line_start) decide(true);
  if (state_ == State::inline_text) {
    inline_.finish();
    inline_.set_base({});
    writer_.end_line();
  }
  if (state_ == State::table_row) {
    table_bytes_ += line_.size();
    table_.push_back(without_quotes(line_, table_start_.quotes));
    if (table_bytes_ > kMostTable || table_.size() > kMostRows) show_table();
  }
  line_.clear();
  state_ = State::line_start;
}

void MarkdownStream::begin(const LineStart& start) {
  if (start.kind != BlockKind::table_row || start.quotes != table_start_.quotes) show_table();
  if (start.kind == BlockKind::blank) return begin_blank(start);
  separate(start);
  if (start.kind == BlockKind::item) return begin_item(start);
  leave_lists(start.indent);
  in_item_ = false;
  set_margin(start.quotes);
  begin_text(start);
}

void MarkdownStream::begin_text(const LineStart& start) {
  switch (start.kind) {
    case BlockKind::heading: return begin_heading(start);
    case BlockKind::fence: return begin_fence(start);
    case BlockKind::math: return begin_math(start);
    case BlockKind::table_row: return begin_table_row(start);
    case BlockKind::rule: return show_rule();
    default: return begin_paragraph(start);
  }
}

// However many empty lines there are, one is shown, and only before further text.
void MarkdownStream::begin_blank(const LineStart& start) {
  if (in_item_) {  // an item without text
    in_item_ = false;
    state_ = State::inline_text;
    return;
  }
  blank_quotes_ = blank_ ? std::min(blank_quotes_, start.quotes) : start.quotes;
  blank_ = true;
}

void MarkdownStream::separate(const LineStart& start) {
  if (in_item_) return;
  if (blank_ && begun_) {
    const std::string bars = bars_of(std::min(blank_quotes_, start.quotes));
    writer_.set_margins(bars, bars);
    writer_.end_line();
  }
  blank_ = false;
  begun_ = true;
}

void MarkdownStream::set_margin(int quotes, std::string_view further) {
  std::string margin = bars_of(quotes) + blanks(lists_.empty() ? 0 : lists_.back().shown_columns);
  margin += further;
  writer_.set_margins(margin, margin);
}

// What is indented less than a list's text ends the list.
void MarkdownStream::leave_lists(size_t indent) {
  while (!lists_.empty() && indent < lists_.back().content_columns) lists_.pop_back();
}

void MarkdownStream::show_inline(std::string_view text) {
  state_ = State::inline_text;
  for (const char byte : text) inline_.put(byte);
}

void MarkdownStream::begin_paragraph(const LineStart& start) {
  std::string_view text = std::string_view(line_).substr(start.content);
  // Indentation that a list does not account for is shown.
  if (!lists_.empty())
    text.remove_prefix(std::min(text.find_first_not_of(' '), lists_.back().content_columns));
  show_inline(text);
}

void MarkdownStream::begin_heading(const LineStart& start) {
  const Style style{.bold = true, .underlined = start.marker.size() == 1};
  if (!writer_.styled()) writer_.text(start.marker + " ", style);
  inline_.set_base(style);
  show_inline(std::string_view(line_).substr(start.content));
}

// An item lies within the list above if it is indented at least two columns more than that list's marker.
void MarkdownStream::begin_item(const LineStart& start) {
  while (!lists_.empty() &&
         (lists_.size() >= kDeepestList || (start.indent < lists_.back().content_columns &&
                                            start.indent < lists_.back().marker_columns + 2))) {
    lists_.pop_back();
  }
  const size_t outer = lists_.empty() ? 0 : lists_.back().shown_columns;
  const bool numbered = start.marker.size() > 1;
  const std::string marker =
      numbered ? start.marker : kBullets[std::min(lists_.size(), std::size(kBullets) - 1)];
  const size_t columns = numbered ? marker.size() : 1;
  lists_.push_back({start.indent, start.indent + start.marker.size() + 1, outer + columns + 1});
  const std::string bars = bars_of(start.quotes);
  writer_.set_margins(bars + blanks(outer), bars + blanks(outer + columns + 1));
  writer_.verbatim(marker, {});
  writer_.text(" ", {});
  line_.erase(0, start.content);
  in_item_ = true;
  item_quotes_ = start.quotes;
}

void MarkdownStream::show_rule() {
  for (int i = 0; i < writer_.room(); ++i) inline_.render("─");
  state_ = State::inline_text;
}

void MarkdownStream::begin_fence(const LineStart& start) {
  fence_ = start;
  in_fence_ = true;
  const std::string language = line_.substr(start.content);
  if (!writer_.styled()) {
    show_line(start.marker + language, {});
  } else if (!language.empty()) {
    show_line(std::string(kCodeMargin) + language, Style{.dim = true});
  }
  line_.clear();
}

void MarkdownStream::show_line(std::string_view line, Style style) {
  writer_.verbatim(line, style);
  writer_.end_line();
}

// A line of the code block, or its end.
void MarkdownStream::fence_line() {
  std::string code = without_quotes(line_, fence_.quotes);
  line_.clear();
  const size_t indent = std::min(code.find_first_not_of(' '), fence_.indent);
  code.erase(0, indent);
  in_fence_ = !closes_fence(code, fence_.marker);
  if (in_fence_) return show_code_line(code);
  if (!writer_.styled()) return show_line(fence_.marker, {});
  if (!writer_.at_line_start()) writer_.end_line();  // no line of code stands behind the item's marker
}

void MarkdownStream::show_code_line(std::string_view line) {
  if (writer_.styled() && !line.empty()) writer_.verbatim(kCodeMargin, {});
  show_line(line, Style{.code = true});
}

namespace {

// What ends the displayed mathematics that `marker` began.
std::string math_end(const std::string& marker) {
  constexpr std::string_view kBegin = "\\begin";
  if (marker.starts_with(kBegin)) return "\\end" + marker.substr(kBegin.size());
  return marker == "$$" ? marker : "\\]";
}

}  // namespace

void MarkdownStream::begin_math(const LineStart& start) {
  math_ = start;
  math_text_.clear();
  line_.clear();
  state_ = State::math;
}

void MarkdownStream::put_math(char byte) {
  math_text_ += byte;
  const std::string close = math_end(math_.marker);
  if (math_text_.ends_with(close) && math_text_.size() > close.size()) {
    math_text_.erase(math_text_.size() - close.size());
    return show_math();
  }
  if (math_text_.ends_with("\n\n") || math_text_.size() > kMostMath) give_up_math();
}

// What follows it in its line is text behind it.
void MarkdownStream::show_math() {
  std::string source;
  for_each_line(math_text_,
                [&](std::string_view line) { source += without_quotes(line, math_.quotes) + "\n"; });
  set_margin(math_.quotes, kMathMargin);
  std::string shown = latex_text(source);
  shown.erase(shown.find_last_not_of(" \n") + 1);  // behind a last row
  writer_.text(shown.empty() ? math_.marker + math_text_ + math_end(math_.marker) : shown, {});
  state_ = State::inline_text;
}

// No end in sight: it is text as it is written.
void MarkdownStream::give_up_math() {
  std::string text = math_.marker + math_text_;
  const bool line_ended = text.ends_with('\n');
  while (text.ends_with('\n')) text.pop_back();
  bool first = true;
  for_each_line(text, [&](std::string_view line) {
    if (!std::exchange(first, false)) writer_.end_line();
    inline_.render(line);
  });
  blank_ = line_ended;
  blank_quotes_ = math_.quotes;
  if (line_ended) writer_.end_line();
  state_ = line_ended ? State::line_start : State::inline_text;
}

void MarkdownStream::begin_table_row(const LineStart& start) {
  table_start_ = start;
  state_ = State::table_row;
}

void MarkdownStream::show_table() {
  if (table_.empty()) return;
  set_margin(table_start_.quotes);
  if (table_.size() > 1 && separates_table_head(table_[1])) {
    for (const std::string& line : table_lines(table_, writer_.room(), writer_.styled())) {
      writer_.rendered(line);
      writer_.end_line();
    }
  } else {
    for (const std::string& row : table_) {
      inline_.render(row);
      writer_.end_line();
    }
  }
  table_.clear();
  table_bytes_ = 0;
}

}  // namespace reckon::cli
