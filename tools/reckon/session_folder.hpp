// Where sessions lie, and what they may be called.
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

namespace reckon::cli {

// $XDG_DATA_HOME/reckon or ~/.local/share/reckon. Throws UsageError if neither variable is there.
std::string data_folder();

// A file in the folder of sessions. The name has no slash, no dot in front, no control character, not more
// than 100 bytes, and does not end in .json: that is a file. Throws UsageError.
std::string session_path(const std::string& name);
// The same; the folder is made (mode 0700) if it is not there. Throws UsageError, Error(io).
std::string session_path_to_write(const std::string& name);
// Also where that can't be told: reading it says why.
bool session_exists(const std::string& name);

// Does this name a file (of a conversation, as JSON) rather than a session? It has a slash or ends in .json.
bool names_file(const std::string& name);

// Gives the session's file another name too, which must be free. Sessions are replaced, never changed, so the
// two may share the bytes until one of them goes on; where the file system can't do that (`link` fails), they
// are copied. Throws Error(io).
using Link = int (*)(const char* from, const char* to);
void copy_session(const std::string& from, const std::string& to, Link link = ::link);

// In order of their names; none where the folder is not there. Throws Error(io) if it can't be read.
std::vector<std::string> session_names();

// Throws UsageError, naming one that is called nearly so.
void check_session_exists(const std::string& name);

}  // namespace reckon::cli
