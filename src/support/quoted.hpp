// Names and strings of a file as error messages show them.
#pragma once

#include <string>
#include <string_view>

namespace reckon::support {

// `text` in quotes: control characters and bytes outside ASCII as \xNN (a file must not be able to send
// escape sequences to a terminal), cut after `max_bytes` bytes with the full length named.
std::string quoted(std::string_view text, size_t max_bytes = 64);

}  // namespace reckon::support
