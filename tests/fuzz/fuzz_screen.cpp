// What a model writes, shown on a terminal: Markdown and LaTeX, in pieces that end at \x01. The first byte
// says how wide the terminal is and whether it has styles.
#include "fuzz/target.hpp"
#include "text/utf8.hpp"
#include "tools/reckon/latex_text.hpp"
#include "tools/reckon/markdown_stream.hpp"

namespace reckon::fuzz {
namespace {

using cli::MarkdownStream;

// Whole characters, line breaks, tabs of code, and sequences that set a style: nothing else may reach the
// terminal.
void check_harmless(std::string_view shown, bool styled) {
  for (size_t at = 0; at < shown.size();) {
    if (styled && shown.substr(at, 2) == "\x1b[") {
      at = shown.find_first_not_of("0123456789;", at + 2);
      FUZZ_CHECK(at != std::string_view::npos && shown[at] == 'm');
      at++;
      continue;
    }
    const text::Utf8Unit unit = text::decode_utf8(shown, at);
    const bool control = unit.code_point < 0x20 || (unit.code_point >= 0x7F && unit.code_point < 0xA0);
    FUZZ_CHECK(unit.valid && (!control || unit.code_point == '\n' || unit.code_point == '\t'));
    at += unit.length;
  }
}

void run(Input input) {
  const uint8_t mode = input.byte();
  const int columns = 1 + mode % 64;
  const bool styled = mode & 128;
  MarkdownStream in_pieces(columns, styled), at_once(columns, styled);
  std::string shown, text;
  while (!input.empty()) {
    const std::string_view piece = input.field('\x01');
    shown += in_pieces.push(piece);
    text += piece;
  }
  shown += in_pieces.finish();
  std::string whole = at_once.push(text);
  whole += at_once.finish();
  FUZZ_CHECK(shown == whole);
  check_harmless(whole, styled);
  FUZZ_CHECK(whole.empty() || whole.ends_with('\n'));
  FUZZ_CHECK(cli::latex_text(text) == cli::latex_text(text));
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
