// The final answer of a text, and a form in which equal answers are equal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <reckon/export.hpp>

namespace reckon {

// What a text gives as its result: what stands in its last `\boxed{}` or `\fbox{}` (braces may nest;
// `\boxed 5` takes the word), else its last line that is not empty, without Markdown's emphasis and headings,
// without "Answer:", "The answer is" and the like in front, and without a period at the end. None if that is
// empty. Of a text that was cut off (not `whole`) only a box counts, and only one that is closed: its last
// line is half a line. Takes any bytes; time and memory are linear in the text. Throws Error(out_of_memory).
//
//   std::optional<std::string> answer = final_answer("So it is \\boxed{42}.");  // "42"
RECKON_API std::optional<std::string> final_answer(std::string_view text, bool whole = true);

// A key that is the same for answers that mean the same: 1/2, 0.5 and \frac12; 1,000 and 1000.0; "12 cm" and
// 12; "x = 5" and 5; (B) and b. Numbers become reduced fractions of 64-bit integers, computed exactly; those
// that don't fit become their decimal digits. Units, currency, percent and degree signs, spaces and what
// LaTeX needs for its looks are left out; letters become lower case; elements of tuples, sets and intervals
// are taken one by one, in their order. What is not understood is compared as it is written. Takes any bytes
// and gives valid UTF-8; time and memory are linear in the text. Throws Error(out_of_memory).
//
//   bool same = normalised_answer("0.5") == normalised_answer("\\frac12");  // true: both are "1/2"
RECKON_API std::string normalised_answer(std::string_view answer);

}  // namespace reckon
