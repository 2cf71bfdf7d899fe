// Words behind a number that say what it counts.
#pragma once

#include <string_view>

namespace reckon::answer {

// Where the unit of "12 cm", "3 km/h" or "5 red apples" begins: what stands before it may be a number; npos
// if the text ends in none. Lower case. A single letter is one only where it is a common unit and a space
// stands in front (5 m, but not 5m, nor 5 x), and words that change the number are none (5 million, 2 pi).
size_t unit_begin(std::string_view text);

}  // namespace reckon::answer
