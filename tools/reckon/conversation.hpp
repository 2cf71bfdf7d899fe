// A conversation as a file.
#pragma once

#include <string>
#include <vector>

#include <reckon/model.hpp>

namespace reckon::cli {

// Written atomically. Replaces a conversation, but no other file. Throws Error(io).
void save_conversation(const std::string& file, const std::string& model,
                       const std::vector<Message>& messages);

// Throws Error: io, malformed_file (naming file, key and what was expected), unsupported (a newer version).
std::vector<Message> load_conversation(const std::string& file);

}  // namespace reckon::cli
