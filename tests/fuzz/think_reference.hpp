// The think splitter's rules (src/text/think_splitter.hpp) on a whole text at once, which leaves nothing to
// hold back.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "text/think_splitter.hpp"

namespace reckon::fuzz {

// What is shown, adjacent pieces of the same phase in one.
using Shown = std::vector<std::pair<text::Phase, std::string>>;

inline void append(Shown& shown, text::Phase phase, std::string_view text) {
  if (text.empty()) return;
  if (shown.empty() || shown.back().first != phase) shown.emplace_back(phase, "");
  shown.back().second += text;
}

class ThinkReference {
 public:
  ThinkReference(text::ThinkTags tags, text::Phase start)
      : tags_(std::move(tags)), phase_(start), has_thought_(start == text::Phase::thinking) {}

  // All the text up to a tag token that begins another phase, or to the end; whole characters.
  void stretch(std::string text);
  void begin(text::Phase phase);

  text::Phase phase() const { return phase_; }
  const Shown& shown() const { return shown_; }

 private:
  bool take_tag_in_front(std::string& text);
  size_t close_in(const std::string& text) const;
  void show(std::string_view text);

  text::ThinkTags tags_;
  text::Phase phase_;
  bool has_thought_, at_start_ = true;
  Shown shown_;
};

}  // namespace reckon::fuzz
