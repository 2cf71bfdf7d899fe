// Round brackets of a formula: those that say nothing, and those around lists.
#pragma once

#include <string>
#include <string_view>

namespace reckon::answer {

// In place of a round bracket at an end of a list: of a tuple, or of an interval whose other end is square.
constexpr char kListBegin = '\x01';
constexpr char kListEnd = '\x02';

// Leaves out round brackets without which the text means the same ((B), (x+1) alone, x^(2), (1)/(2),
// -(a/b)+1), and marks those around lists. Linear. `text` has no control characters and no runs of spaces.
std::string simplified_brackets(std::string_view text);

}  // namespace reckon::answer
