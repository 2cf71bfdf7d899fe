// LaTeX's mathematics as text that a terminal can show: \frac{1}{2} as 1/2, x^2 as x².
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reckon::cli {

// `source` without the marks around it ($, \(, \[). May have several lines. What it does not know, and what
// is nested too deeply, stays as it is written. Takes linear time.
std::string latex_text(std::string_view source);

// How many arguments in braces a command takes that also makes sense outside of mathematics, where models
// write it at times (\boxed{15}); none for other names.
std::optional<int> latex_arguments(std::string_view name);

}  // namespace reckon::cli
