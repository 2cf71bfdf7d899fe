#include <algorithm>
#include <array>
#include <vector>

#include <reckon/answer.hpp>

#include "support/within_memory.hpp"
#include "text/ascii.hpp"

namespace reckon {
namespace {

using namespace std::string_view_literals;

constexpr auto kBoxes = std::to_array({"boxed"sv, "fbox"sv});
constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text, std::string_view what = kBlanks) {
  const size_t begin = text.find_first_not_of(what);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(what) + 1 - begin);
}

// Finds the box that begins last, in one pass over the text.
class BoxFinder {
 public:
  BoxFinder(std::string_view text, bool whole) : text_(text), whole_(whole) {}
  std::optional<std::string_view> last();

 private:
  struct Brace {
    bool box;
    size_t content;
  };

  size_t escape(size_t at);
  size_t box(size_t at);
  void close(size_t at);
  void take(size_t begin, size_t end);
  size_t box_name(size_t at) const;

  std::string_view text_;
  bool whole_;
  std::vector<Brace> open_;
  std::optional<std::string_view> found_;
};

std::optional<std::string_view> BoxFinder::last() {
  for (size_t at = 0; at < text_.size();) {
    if (text_[at] == '\\') {
      at = escape(at);
      continue;
    }
    if (text_[at] == '{') open_.push_back({false, at + 1});
    if (text_[at] == '}') close(at);
    at++;
  }
  return found_;
}

// Length of a box's name at `at`, 0 if there is none.
size_t BoxFinder::box_name(size_t at) const {
  for (std::string_view name : kBoxes) {
    if (!text_.substr(at).starts_with(name)) continue;
    const size_t end = at + name.size();
    return end < text_.size() && text::is_letter(text_[end]) ? 0 : name.size();
  }
  return 0;
}

// What follows the backslash at `at`: a box, or a character that counts for nothing here (\{, \}, \\).
size_t BoxFinder::escape(size_t at) {
  if (const size_t name = box_name(at + 1)) return box(at + 1 + name);
  if (at + 1 == text_.size()) return at + 1;
  const char c = text_[at + 1];
  const bool doubled = c == '\\' && box_name(at + 2) == 0;
  return at + (c == '{' || c == '}' || doubled ? 2 : 1);
}

// `at`: behind the name. Without braces a box takes the word that follows.
size_t BoxFinder::box(size_t at) {
  at = std::min(text_.find_first_not_of(" \t", at), text_.size());
  if (at < text_.size() && text_[at] == '{') {
    open_.push_back({true, at + 1});
    return at + 1;
  }
  const size_t end = std::min(text_.find_first_of(" \t\r\n\v\f$\\{}", at), text_.size());
  if (end < text_.size() || whole_) take(at, end);
  return end;
}

void BoxFinder::close(size_t at) {
  if (open_.empty()) return;
  const Brace brace = open_.back();
  open_.pop_back();
  if (brace.box) take(brace.content, at);
}

void BoxFinder::take(size_t begin, size_t end) {
  const std::string_view content = text_.substr(begin, end - begin);
  // Inner boxes are closed first, and began later.
  if (!found_ || content.data() > found_->data()) found_ = content;
}

std::string_view last_line(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
  const size_t line_end = text.find_last_of("\r\n");
  return trimmed(line_end == std::string_view::npos ? text : text.substr(line_end + 1));
}

bool take_prefix(std::string_view& text, std::string_view lower_case) {
  if (text.size() < lower_case.size()) return false;
  const bool same = std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char expected, char c) {
    return expected == (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  if (same) text.remove_prefix(lower_case.size());
  return same;
}

// Emphasis and code marks at both ends, headings in front.
std::string_view without_marks(std::string_view line) {
  while (line.starts_with('#')) line.remove_prefix(1);
  return trimmed(line, " \t*_`");
}

// "**Answer:** 5" and "So the final answer is: 5" say 5. "Answer" alone says that.
std::string_view without_introduction(std::string_view line) {
  std::string_view rest = line;
  for (std::string_view word : {"so"sv, "thus"sv, "hence"sv, "therefore"sv}) {
    if (take_prefix(rest, word)) break;
  }
  rest = trimmed(rest, " ,");
  const bool article = take_prefix(rest, "the ");
  take_prefix(rest, "final ");
  if (!take_prefix(rest, "answer")) return line;
  rest = trimmed(rest, " *_");
  const bool colon = take_prefix(rest, ":");
  if (!colon && !(article && take_prefix(rest, "is"))) return line;
  rest = without_marks(rest);
  take_prefix(rest, ":");
  rest = without_marks(rest);
  return rest.empty() ? line : rest;
}

std::string_view without_period(std::string_view line) {
  if (line.ends_with('.') && !line.ends_with("..")) line.remove_suffix(1);
  return line;
}

// Empty if there is none.
std::string_view find_answer(std::string_view text, bool whole) {
  if (const std::optional<std::string_view> box = BoxFinder(text, whole).last()) return trimmed(*box);
  if (!whole) return {};
  const std::string_view line = without_introduction(without_marks(last_line(text)));
  return trimmed(without_marks(without_period(line)));
}

}  // namespace

std::optional<std::string> final_answer(std::string_view text, bool whole) {
  return support::within_memory([&]() -> std::optional<std::string> {
    const std::string_view answer = find_answer(text, whole);
    return answer.empty() ? std::nullopt : std::optional(std::string(answer));
  });
}

}  // namespace reckon
