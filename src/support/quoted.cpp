#include "support/quoted.hpp"

#include <fmt/format.h>

namespace reckon::support {

std::string quoted(std::string_view text, size_t max_bytes) {
  std::string out = "\"";
  for (const unsigned char c : text.substr(0, max_bytes)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c >= 0x7f) {
      out += fmt::format("\\x{:02x}", c);
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
  if (text.size() > max_bytes) out += fmt::format("... ({} bytes)", text.size());
  return out;
}

}  // namespace reckon::support
