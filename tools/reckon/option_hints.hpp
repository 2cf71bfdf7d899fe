// What is said where a word of the command line is none that the command knows.
#pragma once

#include <string>
#include <string_view>

#include "options.hpp"

namespace reckon::cli {

// A short name of another program's options, of several letters: "-ngl".
bool is_foreign_short(std::string_view name);

// `word` begins with a dash; what may have been meant follows.
std::string unknown_option(const Command& command, const std::string& word);
// `word` does not.
std::string one_too_many(const Command& command, const std::string& word);

}  // namespace reckon::cli
