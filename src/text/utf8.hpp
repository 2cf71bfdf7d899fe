// UTF-8, strictly: overlong forms, surrogates and values past U+10FFFF are invalid.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reckon::text {

struct Utf8Unit {
  char32_t code_point = 0;  // of an invalid byte: the byte itself
  size_t length = 0;        // in bytes; 1 for an invalid byte, so that every byte belongs to exactly one unit
  bool valid = false;
};

// The character that starts at text[at], or the one byte there that starts none. at < text.size().
Utf8Unit decode_utf8(std::string_view text, size_t at);
bool is_utf8(std::string_view text);  // characters and nothing else

// How many bytes at the start of a text that is not empty belong together, and whether they are a character,
// or the beginning of one that the text cuts off.
struct Utf8Piece {
  size_t size;
  bool whole, unfinished;
};
Utf8Piece first_utf8_piece(std::string_view text);

// code_point is a Unicode scalar value.
void append_utf8(std::string& out, char32_t code_point);

}  // namespace reckon::text
