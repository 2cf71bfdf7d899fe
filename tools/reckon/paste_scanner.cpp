#include "paste_scanner.hpp"

#include <utility>

namespace reckon::cli {

std::vector<PasteScanner::Unit> PasteScanner::feed(char byte) {
  const std::string_view mark = pasting_ ? kPasteEnd : kPasteBegin;
  std::vector<Unit> units;
  held_ += byte;
  if (held_ == mark) {
    pasting_ = !pasting_;
    after_return_ = false;
    newlines_ = 0;
    held_.clear();
  }
  if (mark.starts_with(held_)) return units;
  // Not a mark; its last byte may begin one.
  const std::string bytes = std::exchange(held_, {});
  const bool begins = bytes.size() > 1 && byte == mark.front();
  for (const char b : std::string_view(bytes).substr(0, bytes.size() - (begins ? 1 : 0))) add(b, units);
  if (begins) held_ = byte;
  return units;
}

void PasteScanner::add(char byte, std::vector<Unit>& units) {
  if (pasting_) return add_pasted(byte, units);
  units.push_back({Kind::key, byte});
}

// Terminals send \r where there was a line break, some \n or both. Other controls are no text.
void PasteScanner::add_pasted(char byte, std::vector<Unit>& units) {
  const bool second_of_two = std::exchange(after_return_, byte == '\r') && byte == '\n';
  if (byte == '\r' || byte == '\n') {
    newlines_ += second_of_two ? 0 : 1;
    return;
  }
  const auto code = static_cast<unsigned char>(byte);
  if ((code < 0x20 && byte != '\t') || code == 0x7f) return;
  for (; newlines_ > 0; --newlines_) units.push_back({Kind::newline, '\n'});
  units.push_back({Kind::pasted, byte});
}

}  // namespace reckon::cli
