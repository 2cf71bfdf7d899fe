#include "fuzz/think_reference.hpp"

#include <algorithm>

namespace reckon::fuzz {
namespace {

constexpr const char* kNewlines = "\r\n";
constexpr const char* kWhiteSpace = " \t\r\n\v\f";

}  // namespace

void ThinkReference::begin(text::Phase phase) {
  phase_ = phase;
  at_start_ = true;
  has_thought_ |= phase == text::Phase::thinking;
}

void ThinkReference::show(std::string_view text) {
  if (at_start_) text.remove_prefix(std::min(text.find_first_not_of(kNewlines), text.size()));
  if (phase_ == text::Phase::thinking) text = text.substr(0, text.find_last_not_of(kNewlines) + 1);
  append(shown_, phase_, text);
  at_start_ &= text.empty();
}

// Only white space may stand before it.
bool ThinkReference::take_tag_in_front(std::string& text) {
  const size_t space = std::min(text.find_first_not_of(kWhiteSpace), text.size());
  const bool closes = phase_ == text::Phase::thinking || !has_thought_;
  for (const bool open : {true, false}) {
    const std::string& tag = open ? tags_.open : tags_.close;
    const bool is_text = !(open ? tags_.open_id : tags_.close_id) && (open || closes);
    if (!is_text || text.compare(space, tag.size(), tag) != 0) continue;
    text.erase(0, space + tag.size());
    begin(open ? text::Phase::thinking : text::Phase::answer);
    return true;
  }
  return false;
}

size_t ThinkReference::close_in(const std::string& text) const {
  const bool counts = phase_ == text::Phase::thinking || !has_thought_;
  return counts && !tags_.close_id ? text.find(tags_.close) : std::string::npos;
}

void ThinkReference::stretch(std::string text) {
  while (!text.empty()) {
    if (at_start_ && take_tag_in_front(text)) continue;
    const size_t close = close_in(text);
    if (close == std::string::npos) return show(text);
    show(std::string_view(text).substr(0, close));
    text.erase(0, close + tags_.close.size());
    if (phase_ == text::Phase::thinking) begin(text::Phase::answer);
  }
}

}  // namespace reckon::fuzz
