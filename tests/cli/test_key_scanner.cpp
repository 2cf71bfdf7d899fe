// The keys that terminals send as sequences.
#include "tools/reckon/key_scanner.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace reckon::cli {
namespace {

std::string got_for(const std::string& bytes) {
  KeyScanner scanner;
  std::string got;
  for (const char byte : bytes) got += scanner.feed(byte);
  return got;
}

TEST(KeyScanner, KnowsTheKeysThatMoveWhateverSendsThem) {
  for (const auto& [key, sequences] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {keys::kUp, {"\x1b[A", "\x1bOA", "\x1b[1;2A", "\x1b[a"}},
           {keys::kDown, {"\x1b[B", "\x1bOB"}},
           {keys::kRight, {"\x1b[C", "\x1bOC", "\x1b[1;2C"}},
           {keys::kLeft, {"\x1b[D", "\x1bOD"}},
           {keys::kHome, {"\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\x1b[1;5H"}},
           {keys::kEnd, {"\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~", "\x1b[1;5F"}},
           {keys::kDelete, {"\x1b[3~", "\x1b[3;2~"}},
           {keys::kPreviousWord,
            {"\x1b[1;5D", "\x1b[1;3D", "\x1b[1;7D", "\x1b[5D", "\x1bOd", "\x1b\x1b[D",
             "\x1b"
             "b"}},
           {keys::kNextWord,
            {"\x1b[1;5C", "\x1b[1;3C", "\x1b[1;6C", "\x1bOc", "\x1b\x1bOC",
             "\x1b"
             "f"}},
           {keys::kDeleteWord,
            {"\x1b[3;5~", "\x1b[3;3~", "\x1b[3^",
             "\x1b"
             "d"}}}) {
    for (const std::string& sequence : sequences) EXPECT_EQ(got_for(sequence), key) << sequence.substr(1);
  }
}

TEST(KeyScanner, SwallowsOtherSequencesWhole) {
  for (const std::string sequence :
       {"\x1b[5~", "\x1b[6~", "\x1b[15~", "\x1b[15;5~", "\x1b[2~", "\x1bOP", "\x1b[1;2P", "\x1b[[A", "\x1b[Z",
        "\x1b[1;5A", "\x1b[200;1;99x", "\x1b[?1;2c", "\x1b[I", "\x1b[<0;1;1M", "\x1b[ q", "\x1b[E"}) {
    EXPECT_EQ(got_for(sequence + "x"), "x") << sequence.substr(1);
  }
}

TEST(KeyScanner, LeavesTheRestAsItIs) {
  for (const std::string text : {"a[5~b", "\r\n\t\x7f\x01", "\x1bx", "\x1b\x1bx", "\x1b\r", "中é"}) {
    EXPECT_EQ(got_for(text), text);
  }
}

TEST(KeyScanner, AControlEndsASequenceThatDoesNotEnd) {
  EXPECT_EQ(got_for("\x1b[1;\rx"), "\rx");
  EXPECT_EQ(got_for("\x1b[\x1b[Dx"), std::string(keys::kLeft) + "x");
  EXPECT_EQ(got_for("\x1bO\xc3\xa9"), "é");
}

}  // namespace
}  // namespace reckon::cli
