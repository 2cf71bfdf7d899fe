// The person's own editor for a text.
#pragma once

#include <optional>
#include <string>

namespace reckon::cli {

// Opens `text` in $VISUAL, or else $EDITOR, or else vi, and waits for its end. What the file holds then,
// without line breaks at its end; none if the editor failed. The terminal is in the mode programs expect.
std::optional<std::string> edit_text(const std::string& text);

}  // namespace reckon::cli
