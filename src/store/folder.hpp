#pragma once

#include <string>

namespace reckon::store {

// Makes `folder` and what leads to it, readable by this user only (mode 0700), unless they are there. Throws
// Error(io).
void make_private_folder(const std::string& folder);

}  // namespace reckon::store
