// A file that one process has to itself.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "descriptor.hpp"

namespace reckon::cli {

// What `open` opens under the name `file`, locked until it is closed. None: another process has it locked.
// Throws Error(io), and what `open` throws.
std::optional<Descriptor> open_locked(const std::string& file, const std::function<Descriptor()>& open);

}  // namespace reckon::cli
