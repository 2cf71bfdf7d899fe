// What a terminal says was pasted.
#include "tools/reckon/paste_scanner.hpp"

#include <gtest/gtest.h>

namespace reckon::cli {
namespace {

using Kind = PasteScanner::Kind;

// Keys as they are, pasted bytes in capitals behind ', pasted line breaks as |.
std::string scanned(PasteScanner& scanner, std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    for (const PasteScanner::Unit& unit : scanner.feed(byte)) {
      if (unit.kind == Kind::pasted) text += '\'';
      text += unit.kind == Kind::newline ? '|' : unit.byte;
    }
  }
  return text;
}

std::string scanned(const std::string& bytes) {
  PasteScanner scanner;
  return scanned(scanner, bytes);
}

TEST(PasteScanner, TellsPastedBytesFromKeys) {
  EXPECT_EQ(scanned("a\r\x1b[200~bc\x1b[201~d\r"), "a\r'b'cd\r");
}

TEST(PasteScanner, LineBreaksAreLineBreaksHoweverTheyAreSent) {
  for (const std::string end : {"\r", "\n", "\r\n"}) {
    EXPECT_EQ(scanned("\x1b[200~a" + end + end + "b\x1b[201~"), "'a||'b");
  }
}

TEST(PasteScanner, LineBreaksAtTheEndDoNotSendTheLine) {
  EXPECT_EQ(scanned("\x1b[200~a\rb\r\r\x1b[201~\r"), "'a|'b\r");
}

TEST(PasteScanner, EscapesThatAreNoMarksStayKeys) {
  EXPECT_EQ(scanned("\x1b[A\x1b[20~\x1b\x1b[200~a\x1b[201~\x1b[B"), "\x1b[A\x1b[20~\x1b'a\x1b[B");
}

TEST(PasteScanner, ControlsInWhatIsPastedAreNoCommands) {
  EXPECT_EQ(scanned("\x1b[200~a\x03\x04\x1b[A\tb\x7f\x1b[201~"), "'a'['A'\t'b");
}

TEST(PasteScanner, AMarkMayComeInPieces) {
  PasteScanner scanner;
  EXPECT_EQ(scanned(scanner, "\x1b[2"), "");
  EXPECT_FALSE(scanner.pasting());
  EXPECT_EQ(scanned(scanner, "00~x\x1b[20"), "'x");
  EXPECT_TRUE(scanner.pasting());
  EXPECT_EQ(scanned(scanner, "1~y"), "y");
}

}  // namespace
}  // namespace reckon::cli
