// How a line of Markdown begins, which says what it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reckon::cli {

enum class BlockKind : uint8_t { blank, paragraph, heading, fence, rule, item, table_row, math };

struct LineStart {
  BlockKind kind = BlockKind::paragraph;
  int quotes = 0;     // ">" marks
  size_t indent = 0;  // columns before the marker or the text, behind the quotes
  // Where in the line its text begins: behind the marker; of a paragraph, behind the quotes.
  size_t content = 0;
  std::string marker;  // "##", "-", "12.", "```", "$$", "\\[", "\\begin{align}"
};

// What the line is, as soon as its beginning tells; none while more bytes are needed. `complete`: it is the
// whole line. Headings, items and paragraphs are told before their end.
std::optional<LineStart> line_start(std::string_view line, bool complete);

// Is `line` the end of a code block that `marker` (a run of ` or ~) began?
bool closes_fence(std::string_view line, std::string_view marker);

}  // namespace reckon::cli
