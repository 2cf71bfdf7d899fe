// The lines of results that `reckon batch` and `reckon eval --out` write.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command.hpp"

namespace reckon::cli::testing {

// What is in the lines without what differs between runs (times), by custom_id or, for lines without, by
// "line N". Fails the test for a line that is not whole or comes twice.
std::map<std::string, nlohmann::json> results_of(const std::string& file);

// The whole lines of a file that is being written.
size_t line_count(const std::string& file);

}  // namespace reckon::cli::testing
