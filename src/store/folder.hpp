#pragma once

#include <string>
#include <vector>

namespace reckon::store {

// Makes `folder` and what leads to it, readable by this user only (mode 0700), unless they are there. Throws
// Error(io).
void make_private_folder(const std::string& folder);

// Names of what is in a folder; none of one that can't be read. (The iterators of libstdc++ 12 end the
// process where they find no memory.)
std::vector<std::string> names_in(const std::string& folder);

}  // namespace reckon::store
