#include "support/quoted.hpp"

#include <gtest/gtest.h>

namespace reckon::support {
namespace {

TEST(Quoted, KeepsPlainText) { EXPECT_EQ(quoted("blk.0.attn_q.weight"), "\"blk.0.attn_q.weight\""); }

TEST(Quoted, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(quoted(std::string_view("\x1b[2J\0\n\xff", 7)), R"("\x1b[2J\x00\x0a\xff")");
  EXPECT_EQ(quoted("a\"b\\"), R"("a\"b\\")");
}

TEST(Quoted, CutsLongTextAndSaysSo) {
  EXPECT_EQ(quoted("abcdef", 6), "\"abcdef\"");
  EXPECT_EQ(quoted("abcdefg", 6), "\"abcdef\"... (7 bytes)");
}

}  // namespace
}  // namespace reckon::support
