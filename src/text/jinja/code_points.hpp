// Text as Python's str sees it: code points, white space, letter case. Strings are UTF-8; a byte that is not
// part of a well-formed sequence stands for itself as U+DC00 + byte (Python's "surrogateescape") and is
// written back as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reckon::text::jinja {

struct CodePoint {
  char32_t value;
  uint32_t size;  // bytes
};

CodePoint decode_at(std::string_view text, size_t position);  // position < text.size()
size_t last_point_start(std::string_view text);               // not of an empty text
void append_code_point(std::string& out, char32_t point);
size_t count_code_points(std::string_view text);
// Byte offset of the code point with this index; text.size() when there are fewer.
size_t byte_offset(std::string_view text, size_t index);
bool is_valid_utf8(std::string_view text);

std::u32string to_code_points(std::string_view text);
std::string to_utf8(std::u32string_view points);

bool is_space(char32_t point);  // str.isspace
bool is_letter(char32_t point);
bool is_decimal(char32_t point);
bool is_digit(char32_t point);
bool is_numeric(char32_t point);
bool is_upper_letter(char32_t point);
bool is_lower_letter(char32_t point);
bool is_title_letter(char32_t point);
bool is_printable(char32_t point);
bool is_identifier_start(char32_t point);
bool is_identifier_part(char32_t point);

// Full case mappings (ß becomes SS, a final Σ becomes ς), as str.upper, lower, title, capitalize and
// swapcase.
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
std::string to_title(std::string_view text);
std::string to_capitalized(std::string_view text);
std::string to_swapped_case(std::string_view text);

// Length in bytes of the white space at the start, and the text without white space at its end.
size_t leading_space(std::string_view text);
std::string_view strip_trailing_space(std::string_view text);

}  // namespace reckon::text::jinja
