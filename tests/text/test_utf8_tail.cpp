#include "text/utf8_tail.hpp"

#include <gtest/gtest.h>

namespace reckon::text {
namespace {

std::string whole(std::string_view bytes) {
  Utf8Tail tail;
  std::string out = tail.feed(bytes);
  return out + tail.finish();
}

TEST(Utf8Tail, HoldsUnfinishedCharacters) {
  Utf8Tail tail;
  EXPECT_EQ(tail.feed("a\xF0\x9F"), "a");
  EXPECT_FALSE(tail.empty());
  EXPECT_EQ(tail.feed("\x98"), "");
  EXPECT_EQ(tail.feed("\x80z"), "😀z");
  EXPECT_TRUE(tail.empty());
  EXPECT_EQ(tail.finish(), "");
}

TEST(Utf8Tail, ReplacesWhatCannotBecomeACharacter) {
  EXPECT_EQ(whole("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(whole("\xC0\x80"), "\uFFFD\uFFFD");                      // overlong
  EXPECT_EQ(whole("\xE0\x80\x80"), "\uFFFD\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(whole("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // a surrogate
  EXPECT_EQ(whole("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond the last code point
  EXPECT_EQ(whole("\xF0\x9F\x98z"), "\uFFFDz");
  EXPECT_EQ(whole("\xE2\x82"), "\uFFFD");
}

TEST(Utf8Tail, GivesTheSameTextForEveryCut) {
  const std::string bytes = "aé€😀\xFF\xC3z\xF0\x9F\x98\xE2\x82\xAC\xED\xA0\x80\xC3";
  const std::string expected = whole(bytes);
  for (size_t first = 0; first <= bytes.size(); ++first) {
    for (size_t second = first; second <= bytes.size(); ++second) {
      Utf8Tail tail;
      std::string out = tail.feed(bytes.substr(0, first));
      out += tail.feed(bytes.substr(first, second - first));
      out += tail.feed(bytes.substr(second));
      EXPECT_EQ(out + tail.finish(), expected) << first << " " << second;
    }
  }
}

}  // namespace
}  // namespace reckon::text
