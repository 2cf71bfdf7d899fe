// The lines of a chat that begin with a slash.
#pragma once

#include <span>
#include <string>

#include "chat.hpp"
#include "line_editor.hpp"

namespace reckon::cli {

struct ChatCommand {
  const char* name;
  const char* placeholder;  // of its argument; empty if it takes none
  const char* help;         // for /help
  void (*action)(Chat& chat, const std::string& argument);
};
std::span<const ChatCommand> chat_commands();

// What Tab finds at the end of a line: commands, behind /set the settings, behind /load the sessions.
Completion complete_chat_line(const Chat& chat, const std::string& line);

// What /help shows.
std::string chat_help();

// Does what the line says. Throws UsageError, Error.
void run_chat_command(Chat& chat, const std::string& line);

}  // namespace reckon::cli
