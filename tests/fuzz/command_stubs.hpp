#pragma once

#include <string>

namespace reckon::fuzz {

// What every file holds that an option names.
std::string& file_content();

}  // namespace reckon::fuzz
