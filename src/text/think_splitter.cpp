#include "text/think_splitter.hpp"

#include <algorithm>
#include <utility>

namespace reckon::text {
namespace {

constexpr std::string_view newlines = "\r\n";
constexpr std::string_view white_space = " \t\r\n\v\f";

// Size of the longest end of `text` that a tag could begin with.
size_t partial_tag(std::string_view text, std::string_view tag) {
  for (size_t size = std::min(text.size(), tag.size() - 1); size > 0; --size) {
    if (text.substr(text.size() - size) == tag.substr(0, size)) return size;
  }
  return 0;
}

std::string_view without_trailing_newlines(std::string_view text) {
  return text.substr(0, text.find_last_not_of(newlines) + 1);  // npos + 1 == 0
}

}  // namespace

Phase start_phase(std::string_view rendered_prompt, const ThinkTags& tags) {
  const std::string_view prompt =
      rendered_prompt.substr(0, rendered_prompt.find_last_not_of(white_space) + 1);
  const bool open = !tags.open.empty() && prompt.size() >= tags.open.size() &&
                    prompt.substr(prompt.size() - tags.open.size()) == tags.open;
  return open ? Phase::thinking : Phase::answer;
}

ThinkSplitter::ThinkSplitter(ThinkTags tags, Phase start)
    : tags_(std::move(tags)),
      open_is_text_(!tags_.open_id && !tags_.open.empty()),
      close_is_text_(!tags_.close_id && !tags_.close.empty()),
      phase_(start),
      has_thought_(start == Phase::thinking) {}

std::vector<ThinkSplitter::Piece> ThinkSplitter::feed(int32_t token, std::string_view bytes) {
  const Phase before = phase_;
  const bool open = tags_.open_id && token == *tags_.open_id;
  const bool close = tags_.close_id && token == *tags_.close_id;
  if (open || close) {
    held_ += tail_.finish();
    const Phase next = open ? Phase::thinking : Phase::answer;
    if (next != phase_) {
      flush();
      begin(next);
    }
  } else {
    held_ += tail_.feed(bytes);
  }
  while (step()) {
  }
  count(before, open || close);
  return std::exchange(pieces_, {});
}

std::vector<ThinkSplitter::Piece> ThinkSplitter::finish() {
  held_ += tail_.finish();
  while (step()) {
  }
  flush();
  return std::exchange(pieces_, {});
}

void ThinkSplitter::count(Phase before, bool tag) {
  if (tag || before == Phase::thinking || phase_ == Phase::thinking) {
    thinking_tokens_ += 1;
    if (phase_ == Phase::thinking) thinking_tokens_ += std::exchange(undecided_tokens_, 0);
  } else if (at_start_) {
    ++undecided_tokens_;
  } else {
    answer_tokens_ += 1 + std::exchange(undecided_tokens_, 0);
  }
}

void ThinkSplitter::begin(Phase phase) {
  phase_ = phase;
  at_start_ = true;
  if (phase == Phase::thinking) has_thought_ = true;
}

void ThinkSplitter::show(std::string_view text) {
  if (text.empty()) return;
  if (!pieces_.empty() && pieces_.back().phase == phase_) {
    pieces_.back().text += text;
  } else {
    pieces_.push_back({phase_, std::string(text)});
  }
  at_start_ = false;
}

// Shows what is held as text: no more of this phase can follow it.
void ThinkSplitter::flush() {
  std::string_view text = held_;
  if (at_start_) text.remove_prefix(std::min(text.find_first_not_of(newlines), text.size()));
  if (phase_ == Phase::thinking) text = without_trailing_newlines(text);
  show(text);
  held_.clear();
}

ThinkSplitter::Found ThinkSplitter::tag_at(std::string_view text, const std::string& tag) const {
  if (text.substr(0, tag.size()) == tag) return Found::whole;
  return tag.substr(0, text.size()) == text ? Found::part : Found::nothing;
}

bool ThinkSplitter::step() {
  if (held_.empty()) return false;
  if (at_start_) return step_at_start();
  return phase_ == Phase::thinking ? step_thinking() : step_answer();
}

// At the beginning of a phase, where white space and a tag may be left out.
bool ThinkSplitter::step_at_start() {
  const size_t space = std::min(held_.find_first_not_of(white_space), held_.size());
  const std::string_view rest = std::string_view(held_).substr(space);
  const bool close_counts = close_is_text_ && (phase_ == Phase::thinking || !has_thought_);
  const Found open = open_is_text_ ? tag_at(rest, tags_.open) : Found::nothing;
  const Found close = close_counts ? tag_at(rest, tags_.close) : Found::nothing;
  if (open == Found::whole) {
    held_.erase(0, space + tags_.open.size());
    begin(Phase::thinking);
    return true;
  }
  if (close == Found::whole) {
    held_.erase(0, space + tags_.close.size());
    begin(Phase::answer);
    return true;
  }
  if (open == Found::part || close == Found::part) return false;
  held_.erase(0, std::min(held_.find_first_not_of(newlines), held_.size()));
  if (held_.empty()) return false;
  return phase_ == Phase::thinking ? step_thinking() : step_answer();
}

bool ThinkSplitter::step_thinking() {
  const std::string_view text = held_;
  const size_t close = close_is_text_ ? text.find(tags_.close) : std::string_view::npos;
  if (close != std::string_view::npos) {
    show(without_trailing_newlines(text.substr(0, close)));
    held_.erase(0, close + tags_.close.size());
    begin(Phase::answer);
    return true;
  }
  const size_t part = close_is_text_ ? partial_tag(text, tags_.close) : 0;
  const std::string_view sure = without_trailing_newlines(text.substr(0, text.size() - part));
  show(sure);
  held_.erase(0, sure.size());
  return false;
}

bool ThinkSplitter::step_answer() {
  const std::string_view text = held_;
  const bool close_counts = close_is_text_ && !has_thought_;
  const size_t close = close_counts ? text.find(tags_.close) : std::string_view::npos;
  if (close != std::string_view::npos) {
    show(text.substr(0, close));
    held_.erase(0, close + tags_.close.size());
    return true;
  }
  const size_t sure = text.size() - (close_counts ? partial_tag(text, tags_.close) : 0);
  show(text.substr(0, sure));
  held_.erase(0, sure);
  return false;
}

}  // namespace reckon::text
