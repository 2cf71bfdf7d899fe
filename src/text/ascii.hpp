// What kind of ASCII character a byte is; every other byte is none.
#pragma once

namespace reckon::text {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace reckon::text
