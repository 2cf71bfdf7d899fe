// The options of a generation as a saved session keeps them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "settings.hpp"

namespace reckon::cli {

using SavedSettings = std::vector<std::pair<std::string, std::string>>;

// Options that change what is generated and differ from their defaults: names without dashes, exact values.
SavedSettings saved_settings(const GenerationOptions& options);

// Takes the saved values of options that were not given: what was asked for now comes first. Returns a line
// for each that can't be taken (a file says anything).
// `taken`: those that were.
std::vector<std::string> apply_settings(const SavedSettings& saved, GenerationOptions& options,
                                        SavedSettings* taken = nullptr);

// For people: max-tokens 4, stop "=" "#".
std::string settings_text(const SavedSettings& settings);

}  // namespace reckon::cli
