#include "run/stop_matcher.hpp"

#include <gtest/gtest.h>

#include <reckon/error.hpp>

#include "tests/cpu_stopwatch.hpp"

namespace reckon::run {
namespace {

// Everything shown when `text` arrives in pieces of `cut` bytes.
std::string shown(StopMatcher matcher, std::string_view text, size_t cut) {
  std::string out;
  for (size_t i = 0; i < text.size(); i += cut) out += matcher.feed(text.substr(i, cut));
  return matcher.matched() ? out : out + matcher.finish();
}

void expect_shown(const std::vector<std::string>& stops, std::string_view text, std::string_view expected) {
  for (size_t cut = 1; cut <= text.size(); cut++)
    EXPECT_EQ(shown(StopMatcher(stops), text, cut), expected) << cut;
}

TEST(StopMatcher, EndsBeforeTheFirstMatchAtAnyCut) {
  expect_shown({"END", "\n\n"}, "one two\n\nEND", "one two");
}

TEST(StopMatcher, ShowsEverythingWithoutAMatch) { expect_shown({"END"}, "an EN and an E", "an EN and an E"); }

TEST(StopMatcher, ShowsEverythingWithoutStopStrings) { expect_shown({}, "text", "text"); }

TEST(StopMatcher, TakesTheShorterOfTwoWithTheSameBeginning) { expect_shown({"abcd", "ab"}, "xxabcd", "xx"); }

TEST(StopMatcher, FindsAStopInsideTheBeginningOfAnother) { expect_shown({"abcd", "bc"}, "xabcx", "xa"); }

TEST(StopMatcher, FallsBackToASuffixThatIsABeginning) { expect_shown({"aab"}, "aaaab", "aa"); }

TEST(StopMatcher, HoldsBackOnlyWhatMayBecomeAStop) {
  StopMatcher m({"<end>"});
  EXPECT_EQ(m.feed("a<e"), "a");
  EXPECT_EQ(m.feed("x<"), "<ex");
  EXPECT_EQ(m.feed("end>tail"), "");
  EXPECT_TRUE(m.matched());
  EXPECT_EQ(m.feed("more"), "");
}

TEST(StopMatcher, ReleasesTheHeldTextAtTheEnd) {
  StopMatcher m({"END"});
  EXPECT_EQ(m.feed("xEN"), "x");
  EXPECT_EQ(m.finish(), "EN");
}

TEST(StopMatcher, RefusesBadStopStrings) {
  auto code = [](const std::vector<std::string>& stops) {
    try {
      StopMatcher m(stops);
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find("stop"), std::string::npos);
      return e.code();
    }
    return ErrorCode::io;
  };
  EXPECT_EQ(code({""}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({"ok", "\xff"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code(std::vector<std::string>(10'001, "x")), ErrorCode::invalid_argument);
  EXPECT_EQ(code({std::string((1 << 20) + 1, 'x')}), ErrorCode::invalid_argument);
}

// 1,399 beginnings of one text, in any order; the shortest is there first.
TEST(StopMatcher, StringsThatAreAllBeginningsOfEachOther) {
  std::vector<std::string> stops;
  for (size_t length = 1400; length > 1; length--) stops.push_back("<" + std::string(length - 1, 'a'));
  const std::string text = std::string(1000, '<') + "b";
  const test::CpuStopwatch watch;
  EXPECT_EQ(shown(StopMatcher(stops), text + "<aaaa", 3), text);
  stops.erase(stops.end() - 1000, stops.end());
  EXPECT_EQ(shown(StopMatcher(stops), "x<" + std::string(1001, 'a'), 3), "x")
      << "at the shortest that is left";
  EXPECT_EQ(shown(StopMatcher(stops), "x<" + std::string(1000, 'a') + "b", 3),
            "x<" + std::string(1000, 'a') + "b");
  EXPECT_LT(watch.seconds(), 5);
}

// A mebibyte is held back for as long as it may become the stop string; no byte of it is looked at twice.
TEST(StopMatcher, OneStringOfAMebibyte) {
  const std::string stop = std::string((1 << 20) - 1, 'a') + "b";
  StopMatcher matcher({stop});
  const test::CpuStopwatch watch;
  const std::string letters(stop.size() - 1, 'a');
  EXPECT_EQ(matcher.feed(letters), "");
  for (int i = 0; i < 1000; i++) EXPECT_EQ(matcher.feed("a"), "a");
  EXPECT_EQ(matcher.feed("c"), letters + "c");
  EXPECT_EQ(matcher.feed("x" + stop), "x");
  EXPECT_TRUE(matcher.matched());
  EXPECT_LT(watch.seconds(), 10);
}

TEST(StopMatcher, TenThousandStringsThatShareTheirBeginning) {
  std::vector<std::string> stops;
  for (int i = 0; i < 10'000; i++) stops.push_back("aaaaaaaaaaaaaaaa" + std::to_string(i) + "!");
  std::string text(100'000, 'a');
  const test::CpuStopwatch watch;
  EXPECT_EQ(shown(StopMatcher(stops), text + "9999!", 7), text.substr(0, text.size() - 16));
  EXPECT_LT(watch.seconds(), 5);
}

}  // namespace
}  // namespace reckon::run
