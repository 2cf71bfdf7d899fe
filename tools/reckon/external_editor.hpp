// The person's own editor for a text.
#pragma once

#include <string>

namespace reckon::cli {

// Opens `text` in $VISUAL, or else $EDITOR, or else vi, and waits for its end. What the file holds then,
// without line breaks at its end. The terminal is in the mode programs expect. Throws Error(io): the editor
// failed, or the file could not be written or read.
std::string edit_text(const std::string& text);

}  // namespace reckon::cli
