// What holds for the options of a generation, whoever set them.
#pragma once

#include "tools/reckon/settings.hpp"

namespace reckon::fuzz {

// Aborts unless the library takes them, and a saved session gives them back.
void check_generation_options(const cli::GenerationOptions& options);

// Aborts unless numbers are within the bounds that the table states.
void check_ranges(const std::vector<cli::Option>& table);

}  // namespace reckon::fuzz
