// The characters that stand for LaTeX's symbols.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reckon::cli {

// What a command without arguments stands for ("times": "×"); none for other commands. `name` is without its
// backslash.
std::optional<std::string_view> latex_symbol(std::string_view name);

// `text` in raised or lowered characters; none if one of them has no such form.
std::optional<std::string> raised(std::string_view text);
std::optional<std::string> lowered(std::string_view text);

}  // namespace reckon::cli
