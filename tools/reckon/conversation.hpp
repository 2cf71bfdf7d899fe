// A conversation, and as a file.
#pragma once

#include <string>
#include <vector>

#include <reckon/model.hpp>

namespace reckon::cli {

// Does it end with a question and its answer?
bool ends_with_exchange(const std::vector<Message>& messages);

// Written atomically. Replaces a conversation, but no other file. Throws Error(io).
void save_conversation(const std::string& file, const std::string& model,
                       const std::vector<Message>& messages);

// Throws Error: io, malformed_file (naming file, key and what was expected), unsupported (a newer version).
std::vector<Message> load_conversation(const std::string& file);

}  // namespace reckon::cli
