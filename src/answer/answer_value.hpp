// The value of a number as answers write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reckon::answer {

// The canonical text of a product or quotient of decimal numbers ("-3/4", "0.75", "3*10^2", "1e3", "1 1/2",
// "1(1/2)", "2^10", brackets around any of it): a reduced fraction of 64-bit integers, "7" or "-3/4"; of one
// decimal number that does not fit, its digits and the power of ten, "314159265358979323846e-20". None for
// anything else, division by zero, and what does not fit. Lower case; no spaces but in "1 1/2". Linear.
std::optional<std::string> answer_value(std::string_view text);

}  // namespace reckon::answer
