// Text with LaTeX in it, as plain text.
#pragma once

#include <string>
#include <string_view>

namespace reckon::answer {

// Fractions become ((a)/(b)), roots sqrt(a), braces after ^ and _ round brackets, \{ \} braces; products are
// written with *; letters are lower case; commands, characters and signs that don't change the meaning
// (spaces, sizes, fonts, $, currency, percent, degrees) become spaces or nothing; other commands stay, with
// their backslash. Runs of spaces become one, there are none at the ends, and no control characters.
// Any bytes go in, valid UTF-8 comes out; linear.
std::string plain_math(std::string_view text);

}  // namespace reckon::answer
