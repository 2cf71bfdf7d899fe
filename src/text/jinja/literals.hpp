// Numbers and strings as they are written in expressions.
#pragma once

#include "text/jinja/value.hpp"

namespace reckon::text::jinja {

std::string normalize_newlines(std::string_view text);  // \r\n and \r become \n

int digit_value(char c);  // in bases up to 36; 99 for what is no digit

// Where a literal that begins with the digit at `at` ends; npos when it is no float.
size_t find_float_end(std::string_view text, size_t at);
size_t find_integer_end(std::string_view text, size_t at);
double parse_float_literal(std::string_view digits);
bool parse_integer_literal(std::string_view digits, Integer& value);  // false: too large

// The inside of a string literal with its escapes replaced, as Python's unicode-escape does; `error` says why
// not.
std::string unescape(std::string_view text, std::string& error);

}  // namespace reckon::text::jinja
