#include "markdown_blocks.hpp"

#include <algorithm>

#include "ascii.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kLongestStart = 200;  // bytes; what is longer begins nothing
constexpr int kMostQuotes = 8;
constexpr size_t kTab = 4;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

size_t run_length(std::string_view text, size_t at) {
  const size_t end = text.find_first_not_of(text[at], at);
  return std::min(end, text.size()) - at;
}

// Looks at a line's beginning from the left.
class Reader {
 public:
  Reader(std::string_view line, bool complete) : line_(line), complete_(complete) {}
  std::optional<LineStart> read();

 private:
  void skip_quotes();
  void skip_blanks(size_t& columns);
  std::optional<LineStart> heading();
  std::optional<LineStart> number();
  std::optional<LineStart> fence();
  std::optional<LineStart> rule_or_bullet();
  std::optional<LineStart> math(std::string_view mark);
  std::optional<LineStart> environment();
  std::optional<LineStart> marked(BlockKind kind, size_t marker_end);
  LineStart told(BlockKind kind, std::string_view marker, size_t content) const;
  LineStart paragraph() const { return told(BlockKind::paragraph, "", after_quotes_); }
  std::optional<LineStart> undecided() const;
  bool at_end(size_t at) const { return at >= line_.size(); }

  std::string_view line_;
  bool complete_;
  size_t at_ = 0;
  size_t after_quotes_ = 0;
  LineStart start_;
};

std::optional<LineStart> Reader::undecided() const {
  return complete_ || line_.size() > kLongestStart ? std::optional(paragraph()) : std::nullopt;
}

void Reader::skip_blanks(size_t& columns) {
  for (; at_ < line_.size() && is_blank(line_[at_]); ++at_) columns += line_[at_] == '\t' ? kTab : 1;
}

void Reader::skip_quotes() {
  while (start_.quotes < kMostQuotes) {
    size_t columns = 0;
    const size_t before = at_;
    skip_blanks(columns);
    if (at_end(at_) || line_[at_] != '>' || columns > 3) {
      at_ = before;
      return;
    }
    ++start_.quotes;
    ++at_;
    if (at_ < line_.size() && line_[at_] == ' ') ++at_;
    after_quotes_ = at_;
  }
}

// A marker and a blank, or a marker alone in its line.
std::optional<LineStart> Reader::marked(BlockKind kind, size_t marker_end) {
  const size_t content = std::min(line_.find_first_not_of(" \t", marker_end), line_.size());
  const bool alone = at_end(content);
  if (alone && !complete_) return undecided();
  if (!alone && content == marker_end) return paragraph();
  return told(kind, line_.substr(at_, marker_end - at_), content);
}

std::optional<LineStart> Reader::heading() {
  const size_t level = run_length(line_, at_);
  if (level > 6) return paragraph();
  if (at_end(at_ + level)) return undecided();
  return marked(BlockKind::heading, at_ + level);
}

std::optional<LineStart> Reader::number() {
  size_t end = at_;
  while (end < line_.size() && is_digit(line_[end]) && end - at_ < 10) ++end;
  if (at_end(end)) return undecided();
  if (end - at_ > 9 || (line_[end] != '.' && line_[end] != ')')) return paragraph();
  return marked(BlockKind::item, end + 1);
}

std::optional<LineStart> Reader::fence() {
  const char mark = line_[at_];
  const size_t run = run_length(line_, at_);
  if (run < 3) return at_end(at_ + run) ? undecided() : paragraph();
  if (!complete_) return undecided();
  if (mark == '`' && line_.find('`', at_ + run) != std::string_view::npos) return paragraph();
  return told(BlockKind::fence, line_.substr(at_, run), line_.find_first_not_of(" \t", at_ + run));
}

LineStart Reader::told(BlockKind kind, std::string_view marker, size_t content) const {
  LineStart start = start_;
  start.kind = kind;
  start.marker = marker;
  start.content = std::min(content, line_.size());
  return start;
}

// "- item", "**bold", "* * *".
std::optional<LineStart> Reader::rule_or_bullet() {
  const char mark = line_[at_];
  size_t marks = 0;
  size_t end = at_;
  for (; end < line_.size() && (line_[end] == mark || is_blank(line_[end])); ++end)
    marks += line_[end] == mark;
  if (at_end(end) && !complete_) return undecided();
  if (at_end(end) && marks >= 3) return told(BlockKind::rule, line_.substr(at_), end);
  return mark == '_' ? paragraph() : marked(BlockKind::item, at_ + 1);
}

std::optional<LineStart> Reader::math(std::string_view mark) {
  const std::string_view there = line_.substr(at_, mark.size());
  if (there.size() < mark.size()) return undecided();
  if (there != mark) return paragraph();
  return told(BlockKind::math, mark, at_ + mark.size());
}

// Models leave the dollars away around these. Others stand within mathematics only.
std::optional<LineStart> Reader::environment() {
  constexpr std::string_view kBegin = "\\begin{",
                             kDisplayed[] = {"align",   "equation", "gather", "multline",
                                             "aligned", "split",    "cases",  "eqnarray"};
  const std::string_view rest = line_.substr(at_);
  if (kBegin.starts_with(rest)) return undecided();
  if (!rest.starts_with(kBegin)) return math("\\[");
  const size_t end = rest.find('}');
  if (end == std::string_view::npos) return undecided();
  std::string_view name = rest.substr(kBegin.size(), end - kBegin.size());
  if (name.ends_with('*')) name.remove_suffix(1);
  if (std::ranges::find(kDisplayed, name) == std::end(kDisplayed)) return paragraph();
  return told(BlockKind::math, rest.substr(0, end + 1), at_ + end + 1);
}

std::optional<LineStart> Reader::read() {
  skip_quotes();
  skip_blanks(start_.indent);
  if (at_end(at_)) {
    return complete_ ? told(BlockKind::blank, "", at_) : undecided();
  }
  switch (line_[at_]) {
    case '#': return heading();
    case '`':
    case '~': return fence();
    case '-':
    case '*':
    case '_': return rule_or_bullet();
    case '+': return marked(BlockKind::item, at_ + 1);
    case '$': return math("$$");
    case '\\': return environment();
    case '|': return told(BlockKind::table_row, "", at_);
    default: return is_digit(line_[at_]) ? number() : paragraph();
  }
}

}  // namespace

std::optional<LineStart> line_start(std::string_view line, bool complete) {
  return Reader(line, complete).read();
}

bool closes_fence(std::string_view line, std::string_view marker) {
  const size_t begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos || begin > 3 || line[begin] != marker.front()) return false;
  const size_t run = run_length(line, begin);
  return run >= marker.size() && line.find_first_not_of(" \t\r", begin + run) == std::string_view::npos;
}

}  // namespace reckon::cli
