#include "thought_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "output.hpp"
#include "terminal_modes.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kLongestSentence = 2000;  // bytes looked at

// The line breaks with which models set off a thought say nothing here.
std::string_view without_leading_breaks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of("\r\n"), text.size()));
}

bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// In steps that can be read while it runs.
std::string running_time(double ms) {
  return ms < 99950 ? fmt::format("{:.1f} s", ms / 1000) : format_ms(ms);
}

}  // namespace

size_t current_sentence(std::string_view text, size_t from) {
  size_t begin = from;
  for (size_t at = from; at + 1 < text.size(); ++at) {
    const bool ends = text[at] == '\n' ||
                      ((text[at] == '.' || text[at] == '!' || text[at] == '?') && is_white(text[at + 1]));
    if (!ends) continue;
    const size_t next =
        std::find_if_not(text.begin() + static_cast<ptrdiff_t>(at) + 1, text.end(), is_white) - text.begin();
    if (next == text.size()) break;  // nothing of the next one yet: the last one stays
    begin = next;
    at = next - 1;
  }
  return begin;
}

std::string end_in_columns(std::string_view text, int columns) {
  int left = columns_of(text);
  if (left <= columns) return std::string(text);
  while (!text.empty() && left > columns - 1) {
    const Character character = first_character(text);
    left -= character.columns;
    text.remove_prefix(character.bytes);
  }
  return columns > 0 ? "…" + std::string(text) : "";
}

void ThoughtView::set_dim(bool on) {
  if (on == dim_ || !use_colour()) return;
  dim_ = on;
  // A signal in between ends dim mode once too often, not once too rarely.
  if (on) terminal_modes::set_dim(true);
  standard_error().write(on ? "\x1b[2m" : "\x1b[0m");
  if (!on) terminal_modes::set_dim(false);
}

void ThoughtView::add(std::string_view text, uint64_t tokens, double elapsed_ms) {
  text_ += begun_ ? text : without_leading_breaks(text);
  tokens_ = tokens;
  elapsed_ms_ = elapsed_ms;
  if (text_.empty()) return;
  begun_ = true;
  if (folded_) {
    if (line_.due()) show_line();
  } else {
    show_trace();
  }
}

void ThoughtView::show_trace() {
  if (shown_ == text_.size()) return;
  left_.go_back();
  set_dim(true);
  traced_ = true;
  const std::string_view text = std::string_view(text_).substr(shown_);
  standard_error().write_foreign(text);
  shown_ = text_.size();
}

void ThoughtView::end_trace() {
  if (!traced_) return;
  const bool complete_line = standard_error().at_line_start();
  left_.leave(standard_error());
  set_dim(false);
  if (!complete_line) standard_error().write("\n");
  traced_ = false;
}

std::string ThoughtView::line_text() const {
  std::string figures;
  if (tokens_ > 0) {
    figures = fmt::format("{} · {} token{}", running_time(elapsed_ms_), tokens_, tokens_ == 1 ? "" : "s");
  }
  if (paused_) return figures.empty() ? kPausedText : fmt::format("{} · {}", kPausedText, figures);
  if (tokens_ > 1 && elapsed_ms_ > 0) {  // the first one comes with the prompt
    figures += fmt::format(" · {:.1f} tok/s", static_cast<double>(tokens_ - 1) * 1000 / elapsed_ms_);
  }
  const int room = terminal_width() - 1 - columns_of(figures) - 3;
  if (room < 8) return figures;
  std::string_view sentence = std::string_view(text_).substr(sentence_);
  return figures + " · " + end_in_columns(one_line(sentence), room);
}

void ThoughtView::show_line() {
  const size_t from = text_.size() > kLongestSentence ? text_.size() - kLongestSentence : 0;
  size_t start = std::max(sentence_, from);
  while (start < text_.size() && (static_cast<unsigned char>(text_[start]) & 0xc0) == 0x80) ++start;
  sentence_ = current_sentence(text_, start);
  line_.show(line_text(), true);
}

void ThoughtView::toggle() {
  folded_ = !folded_;
  if (!begun_) return;
  if (folded_) {
    end_trace();
    show_line();
  } else {
    line_.clear();
    show_trace();
    if (paused_) show_pause();
  }
}

void ThoughtView::show_pause() {
  end_trace();
  show_line();
}

void ThoughtView::set_paused(bool paused) {
  paused_ = paused;
  if (begun_ && folded_) return show_line();
  if (paused) {
    show_pause();
  } else {
    line_.clear();
  }
}

// An empty line sets the answer off where both are on a terminal.
void ThoughtView::end(bool answer_follows) {
  if (!begun_) return;
  line_.clear();
  const bool traced = shown_ > 0;
  end_trace();
  if (folded_) dim_line(fmt::format("thought for {}, {} tokens", format_ms(elapsed_ms_), tokens_));
  const bool together = standard_error().terminal() && standard_output().terminal();
  if (answer_follows && together && (traced || folded_)) standard_error().write("\n");
  begun_ = false;
}

}  // namespace reckon::cli
