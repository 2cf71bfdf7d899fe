// A session as a file: the conversation in words, and the state that lets it go on without reading the words
// again. Session::save writes it and Session::restore reads it (session.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <reckon/chat_template.hpp>
#include <reckon/export.hpp>

namespace reckon {

// The part in words. It comes first in the file and has a checksum of its own, so that it can be read where
// the rest is damaged or is of another model.
struct SavedText {
  std::string model = {};   // the model's name, for people
  int64_t saved_at = 0;     // seconds since 1970, UTC; filled in by Session::save
  uint64_t tokens = 0;      // positions in the cache at saving; filled in by Session::save
  bool unfinished = false;  // the last turn can be resumed; filled in by Session::save
  // With the answer of an unfinished turn, as far as it is; without one, the last message is the question.
  std::vector<Message> messages = {};
  std::vector<std::pair<std::string, std::string>> settings = {};  // the application's own: names and values
  std::string thinking = {};                                       // of the last turn, as far as it is
};

// Reads the words of a saved session and nothing else. Throws Error: io, malformed_file (not a saved session,
// or damaged in this part), unsupported (written by a newer version), out_of_memory.
//
//   SavedText text = read_saved_text("a.session");
//   std::cout << text.messages.size() << " messages" << (text.unfinished ? ", unfinished" : "") << '\n';
RECKON_API SavedText read_saved_text(const std::string& path);

// What Session::restore() found.
struct RestoredSession {
  SavedText text;  // its words, whatever became of the state
  // Empty if the state was restored too. Otherwise why it was not: the file is damaged, or the state is of
  // another model or kind of cache. The next turn then computes the conversation from its text.
  std::string refusal;
};

}  // namespace reckon
