#include "markdown_inline.hpp"

#include <algorithm>

#include "ascii.hpp"
#include "latex_text.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kMostHeld = 2000;  // bytes between a mark and the one that closes it
constexpr size_t kMostLatex = 1000;
constexpr int kDeepestEmphasis = 6;  // emphasis within emphasis
constexpr std::string_view kMarkBytes = "\\`*_~$[!<";

bool is_blank_or_end(char c) { return c == ' ' || c == '\t' || c == '\0'; }
bool is_word(char c) { return is_digit(c) || is_letter(c); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_punctuation(char c) { return c > ' ' && c < 0x7f && !is_word(c); }

// Does a word go on here, so that a mark is none ("2*3", "snake_case")? Scripts without blanks between words
// emphasise with stars inside them.
bool inside_word(char c, char mark) { return is_word(c) || (mark == '_' && !is_ascii(c)); }

}  // namespace

void InlineRenderer::put(char byte) {
  line_ += byte;
  advance();
}

void InlineRenderer::finish() {
  last_ = true;
  advance();
  line_.clear();
  at_ = 0;
  before_ = ' ';
  last_ = false;
  searched_ = {};
}

void InlineRenderer::render(std::string_view line) {
  line_ = line;
  finish();
}

void InlineRenderer::advance() {
  while (at_ < line_.size() && step() == Step::taken) {
  }
}

void InlineRenderer::move_to(size_t at) {
  before_ = line_[at - 1];
  at_ = at;
}

InlineRenderer::Step InlineRenderer::literal(size_t bytes) {
  show(std::string_view(line_).substr(at_, bytes), base_);
  move_to(at_ + bytes);
  return Step::taken;
}

InlineRenderer::Step InlineRenderer::step() {
  switch (line_[at_]) {
    case '\\': return backslash();
    case '`': return code_span();
    case '*':
    case '_': return emphasis(line_[at_]);
    case '~': return strike();
    case '$': return dollars();
    case '[':
    case '!': return link_or_image();
    case '<': return autolink();
    default: return plain();
  }
}

InlineRenderer::Step InlineRenderer::plain() {
  const size_t end = std::min(line_.find_first_of(kMarkBytes, at_), line_.size());
  return literal(end - at_);
}

size_t InlineRenderer::run_length(size_t at) const {
  size_t end = at;
  while (end < line_.size() && line_[end] == line_[at]) ++end;
  return end - at;
}

template <class Closes>
InlineRenderer::Close InlineRenderer::find(Mark mark, size_t run, size_t from, Closes closes) {
  size_t& searched = searched_[mark][std::min(run, kLongestRun)];
  size_t at = std::max(from, searched);
  const size_t limit = at_ + kMostHeld;
  // What follows a mark decides whether it closes: the last byte is looked at when another one is there.
  while (at < line_.size() && known(at + run) && at < limit && !closes(at)) ++at;
  searched = at;
  if (at >= limit) return {};
  if (at < line_.size() && known(at + run)) return {at, false};
  return {std::string::npos, !last_};
}

InlineRenderer::Step InlineRenderer::backslash() {
  if (!known(at_ + 1)) return Step::waits;
  const char next = byte_at(at_ + 1);
  if (next == '(') return math(2, "\\)", parenthesis);
  if (next == '[') return math(2, "\\]", bracket);
  if (is_letter(next)) return bare_latex();
  if (!is_punctuation(next)) return literal(1);
  ++at_;  // what it protects is text
  return literal(1);
}

// A command of LaTeX outside of its marks: \boxed{15}.
InlineRenderer::Step InlineRenderer::bare_latex() {
  size_t end = at_ + 1;
  while (end < line_.size() && is_letter(line_[end]) && end - at_ < kMostLatex) ++end;
  if (!known(end)) return end - at_ < kMostLatex ? Step::waits : literal(1);
  const auto arguments = latex_arguments(std::string_view(line_).substr(at_ + 1, end - at_ - 1));
  if (!arguments) return literal(end - at_);
  int depth = 0;
  for (int left = *arguments; left > 0; ++end) {
    if (!known(end)) return Step::waits;
    if (end - at_ > kMostLatex || end >= line_.size()) return literal(1);
    if (depth == 0 && line_[end] != '{') return literal(1);
    if (line_[end] == '{') ++depth;
    if (line_[end] == '}' && --depth == 0) --left;
  }
  show(latex_text(std::string_view(line_).substr(at_, end - at_)), base_);
  move_to(end);
  return Step::taken;
}

InlineRenderer::Step InlineRenderer::code_span() {
  const size_t run = run_length(at_);
  if (run > kLongestRun) return literal(run);
  if (!known(at_ + run)) return Step::waits;
  const size_t begin = at_ + run;
  const Close close = find(code, run, begin, [&](size_t at) {
    return line_[at] == '`' && line_[at - 1] != '`' && run_length(at) == run;
  });
  if (close.at == std::string::npos) return close.waits ? Step::waits : literal(run);
  std::string_view content = std::string_view(line_).substr(begin, close.at - begin);
  if (content.size() > 2 && content.front() == ' ' && content.back() == ' ') {
    content = content.substr(1, content.size() - 2);  // "`` `x` ``"
  }
  Style style = base_;
  style.code = true;
  const std::string marks = out_.styled() ? "" : std::string(run, '`');
  show(marks, base_);
  show(content, style);
  show(marks, base_);
  move_to(close.at + run);
  return Step::taken;
}

// `at` is where a mark of `length` begins: the end of a run of that length, or of three.
bool InlineRenderer::emphasis_closes(size_t at, char mark, size_t length) const {
  if (line_[at] != mark || byte_at(at + length) == mark || inside_word(byte_at(at + length), mark))
    return false;
  size_t begin = at;
  while (begin > at_ && line_[begin - 1] == mark && at - begin <= kLongestRun) --begin;
  const size_t run = at + length - begin;
  return run_length(at) == length && (run == length || run == kLongestRun) &&
         !is_blank_or_end(byte_at(begin - 1));
}

InlineRenderer::Step InlineRenderer::emphasis(char mark) {
  const size_t run = run_length(at_);
  if (!known(at_ + run)) return run <= kLongestRun ? Step::waits : literal(run);
  if (run > kLongestRun || is_blank_or_end(byte_at(at_ + run)) || inside_word(before_, mark))
    return literal(run);
  const Close close = find(mark == '*' ? star : underline, run, at_ + run + 1,
                           [&](size_t at) { return emphasis_closes(at, mark, run); });
  if (close.at == std::string::npos) return close.waits ? Step::waits : literal(run);
  Style style = base_;
  style.italic = style.italic || run != 2;
  style.bold = style.bold || run != 1;
  const std::string_view line = line_;
  show_span(line.substr(at_, run), line.substr(at_ + run, close.at - at_ - run), style);
  move_to(close.at + run);
  return Step::taken;
}

InlineRenderer::Step InlineRenderer::strike() {
  const size_t run = run_length(at_);
  if (!known(at_ + run)) return run <= 2 ? Step::waits : literal(run);
  if (run != 2 || is_blank_or_end(byte_at(at_ + 2))) return literal(run);
  const Close close = find(tilde, 2, at_ + 3, [&](size_t at) {
    return line_[at] == '~' && byte_at(at + 1) == '~' && !is_blank_or_end(line_[at - 1]);
  });
  if (close.at == std::string::npos) return close.waits ? Step::waits : literal(2);
  Style style = base_;
  style.struck = true;
  show_span("~~", std::string_view(line_).substr(at_ + 2, close.at - at_ - 2), style);
  move_to(close.at + 2);
  return Step::taken;
}

// Between dollars stands mathematics, unless they stand for money: "$5 or $6".
InlineRenderer::Step InlineRenderer::dollars() {
  if (!known(at_ + 1)) return Step::waits;
  if (byte_at(at_ + 1) == '$') return math(2, "$$", two_dollars);
  if (is_blank_or_end(byte_at(at_ + 1)) || is_word(before_)) return literal(1);
  const Close close = find(dollar, 1, at_ + 2, [&](size_t at) {
    return line_[at] == '$' && !is_blank_or_end(line_[at - 1]) && line_[at - 1] != '\\' &&
           !is_digit(byte_at(at + 1));
  });
  if (close.at == std::string::npos) return close.waits ? Step::waits : literal(1);
  show(latex_text(std::string_view(line_).substr(at_ + 1, close.at - at_ - 1)), base_);
  move_to(close.at + 1);
  return Step::taken;
}

InlineRenderer::Step InlineRenderer::math(size_t open_length, std::string_view close_text, Mark mark) {
  const Close close = find(mark, close_text.size(), at_ + open_length,
                           [&](size_t at) { return line_.compare(at, close_text.size(), close_text) == 0; });
  if (close.at == std::string::npos) return close.waits ? Step::waits : literal(open_length);
  const std::string shown =
      latex_text(std::string_view(line_).substr(at_ + open_length, close.at - at_ - open_length));
  if (shown.empty()) return literal(open_length + close_text.size());
  show(shown, base_);
  move_to(close.at + close_text.size());
  return Step::taken;
}

InlineRenderer::Step InlineRenderer::link_or_image() {
  const bool image = line_[at_] == '!';
  if (image && !known(at_ + 1)) return Step::waits;
  if (image && byte_at(at_ + 1) != '[') return literal(1);
  const size_t begin = at_ + (image ? 2 : 1);
  const Close text = find(link, 1, begin, [&](size_t at) { return line_[at] == '[' || line_[at] == ']'; });
  if (text.at == std::string::npos) return text.waits ? Step::waits : literal(begin - at_);
  if (line_[text.at] == '[' || byte_at(text.at + 1) != '(') return literal(begin - at_);
  const size_t address = text.at + 2;
  const size_t end = line_.find_first_of(") \t<>", address);
  if (end == std::string::npos && line_.size() - at_ < kMostHeld) return undecided(begin - at_);
  if (end == std::string::npos || line_[end] != ')' || end - at_ >= kMostHeld) return literal(begin - at_);
  const std::string_view line = line_;
  show_link(line.substr(begin, text.at - begin), line.substr(address, end - address), image);
  move_to(end + 1);
  return Step::taken;
}

InlineRenderer::Step InlineRenderer::autolink() {
  const std::string_view rest = std::string_view(line_).substr(at_ + 1);
  const std::string_view schemes[] = {"https://", "http://", "mailto:"};
  const bool possible = std::any_of(std::begin(schemes), std::end(schemes), [&](std::string_view scheme) {
    return rest.substr(0, scheme.size()) == scheme.substr(0, rest.size());
  });
  if (!possible) return literal(1);
  const size_t end = rest.find_first_of("> \t<");
  if (end == std::string_view::npos) return rest.size() < kMostHeld ? undecided(1) : literal(1);
  if (rest[end] != '>' || rest.find(':') > end || end >= kMostHeld) return literal(1);
  show_link("", rest.substr(0, end), false);
  move_to(at_ + end + 2);
  return Step::taken;
}

void InlineRenderer::show_span(std::string_view marks, std::string_view content, Style style) {
  if (!out_.styled()) show(marks, base_);
  if (depth_ < kDeepestEmphasis) {
    InlineRenderer(out_, style, depth_ + 1).render(content);
  } else {
    show(content, style);
  }
  if (!out_.styled()) show(marks, base_);
}

void InlineRenderer::show_link(std::string_view text, std::string_view address, bool image) {
  Style style = base_;
  style.underlined = true;
  if (image) show("image: ", base_);
  if (text.empty() || text == address) return show(address, style);
  show_span("", text, style);
  if (!address.empty()) show(" (" + std::string(address) + ")", base_);
}

}  // namespace reckon::cli
