// Where sessions lie, and what they may be called.
#pragma once

#include <string>
#include <vector>

namespace reckon::cli {

// $XDG_DATA_HOME/reckon or ~/.local/share/reckon. Throws UsageError if neither variable is there.
std::string data_folder();

// A file in the folder of sessions, which is made (mode 0700) if it is not there. The name has no slash, no
// dot in front, no control character, not more than 100 bytes, and does not end in .json: that is a file.
// Throws UsageError, Error(io).
std::string session_path(const std::string& name);
bool session_exists(const std::string& name);

// Does this name a file (of a conversation, as JSON) rather than a session? It has a slash or ends in .json.
bool names_file(const std::string& name);

std::vector<std::string> session_names();  // in order of their names

// Throws UsageError, naming one that is called nearly so.
void check_session_exists(const std::string& name);

}  // namespace reckon::cli
