// One field of formatted text: how wide, which sign, how many digits.
#pragma once

#include <optional>
#include <string>

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

struct FormatSpec {
  std::string fill = " ";  // one code point
  char align = 0;          // '<', '>', '^', '=' (between sign and digits), or 0: by type
  char sign = '-';
  bool alternate = false;  // 0x before hexadecimal digits, and so on
  char grouping = 0;       // ',' or '_' between thousands
  uint64_t width = 0;
  std::optional<uint64_t> precision;
  char type = 0;
};

// The mini-language after the colon of '{:...}'.
FormatSpec parse_format_spec(Runtime& runtime, std::string_view spec);
// A decimal number at `position`, moved past it; empty when there is none. Throws Failure beyond the output
// limit.
std::optional<uint64_t> parse_count(Runtime& runtime, std::string_view text, size_t& position);

std::string format_text(Runtime& runtime, const FormatSpec& spec, std::string_view text);
std::string format_integer(Runtime& runtime, const FormatSpec& spec, Integer value);
std::string format_float(Runtime& runtime, const FormatSpec& spec, double value);

}  // namespace reckon::text::jinja
