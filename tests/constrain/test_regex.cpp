#include <algorithm>
#include <functional>
#include <set>

#include "tests/constrain/forms.hpp"

namespace reckon::constrain {
namespace {

void expect_regex(std::string_view form, const std::vector<std::string>& right,
                  const std::vector<std::string>& wrong) {
  expect_texts(compile_regex, form, right, wrong);
}

TEST(Regex, MatchesTheWholeText) {
  expect_regex("ab|c", {"ab", "c"}, {"", "a", "abc", "xc"});
  expect_regex("^ab|c$", {"ab", "c"}, {"abx", "xc"});
  expect_regex("", {""}, {"a"});
  expect_regex("a|", {"", "a"}, {"aa"});
}

TEST(Regex, ClassesHoldTheirCharactersOnly) {
  expect_regex("[a-c_\\d][^a-c\\s][-x][x-]", {"b9--", "_dxx"}, {"d9--", "ba--", "b --"});
  expect_regex("\\d\\D\\w\\W\\s\\S", {"1a_- x", "0é9é\tz"}, {"aa_- x", "11_- x", "1aéé x"});
  expect_regex(
      ".", {"a", "é", "𝄞", "\u0085"},
      {"\n", "\r", "\u2028", "\u2029", "ab", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf"});
  expect_regex("[é-ü]+", {"éöü"}, {"z", "ý"});
  expect_regex("[^x]", {"é", "\n", "\xF4\x8F\xBF\xBF"}, {"x", "\xed\xbf\xbf"});
  expect_regex("\\p{L}+\\p{N}\\P{L}", {"Жλa5!", "é²\n"}, {"5a5!", "Ж5a"});
}

// The characters that ECMAScript's \s takes.
TEST(Regex, WhiteSpaceIsAllOfUnicodes) {
  const std::vector<std::string> spaces = {"\t",     "\n",     "\v",     "\f",     "\r",     " ",
                                           "\u00A0", "\u1680", "\u2000", "\u200A", "\u2028", "\u2029",
                                           "\u202F", "\u205F", "\u3000", "\uFEFF"};
  const std::vector<std::string> others = {"a", "\b", "\u001C", "\u0085", "\u180E", "\u200B", "\u2060"};
  for (const char* form : {"\\s", "[\\s]", "[^\\S]"}) expect_regex(form, spaces, others);
  for (const char* form : {"\\S", "[\\S]", "[^\\s]"}) expect_regex(form, others, spaces);
}

TEST(Regex, RepetitionsKeepToTheirCounts) {
  expect_regex("a{2}b{1,}c{0,2}d*?e+?f??", {"aabe", "aabbccddeef"}, {"abe", "aae", "aabccce"});
  expect_regex("(?:ab){2,3}", {"abab", "ababab"}, {"ab", "abababab"});
  expect_regex("a{0,2}b", {"b", "aab"}, {"aaab"});
  expect_regex("a{0}b", {"b"}, {"ab"});
}

TEST(Regex, GroupsAndEscapes) {
  expect_regex("(?<year>\\d{4})-(?P<month>\\d\\d)", {"2024-02"}, {"2024-2"});
  expect_regex("\\x41\\u00e9\\u{1D11E}\\.\\*\\\\\\/\\n\\t\\0", {std::string("Aé𝄞.*\\/\n\t\0", 14)}, {"A"});
  expect_regex("}]", {"}]"}, {""});
}

TEST(Regex, ErrorsNameWhatIsNotRegularAndWhere) {
  expect_error(compile_regex, "(a)\\1", "line 1, column 4: a backreference");
  expect_error(compile_regex, "\\k<x>", "a backreference");
  for (const char* look : {"a(?=b)", "a(?!b)", "a(?<=b)", "a(?<!b)"})
    expect_error(compile_regex, look, "column 2: lookaround");
  expect_error(compile_regex, "a\\b", "column 2: a word boundary");
  expect_error(compile_regex, "a{,2}", "column 2: a repetition without its least count");
  expect_error(compile_regex, "a++", "column 3: a possessive repetition");
  expect_error(compile_regex, "(?>a)", "column 1: a group of this kind");
  expect_error(compile_regex, "(?i)a", "column 1: a group of this kind");
  expect_error(compile_regex, "a**", "column 3: a repetition of a repetition");
  expect_error(compile_regex, "*a", "column 1: nothing to repeat");
  expect_error(compile_regex, "a(b", "column 2: a group that does not end");
  expect_error(compile_regex, "ab)", "column 3: a ) without its (");
  expect_error(compile_regex, "a[bc", "column 2: a class that does not end");
  expect_error(compile_regex, "[z-a]", "column 2: a range that is none");
  expect_error(compile_regex, "[\\d-z]", "column 2: a range that is none");
  expect_error(compile_regex, "[[:alpha:]]", "column 2: a named class");
  expect_error(compile_regex, "a^b", "column 2: an anchor in the middle");
  expect_error(compile_regex, "a$b", "column 3: $ is not at the end");
  expect_error(compile_regex, "(^a)", "column 2: an anchor in the middle");
  expect_error(compile_regex, "\\q", "column 1: an unknown escape");
  expect_error(compile_regex, "\\p{Greek}", "column 1: a property");
  expect_error(compile_regex, "a\\", "column 2: a \\ at the end");
  expect_error(compile_regex, "a{3,1}", "column 2: {3,1}");
  expect_error(compile_regex, "a{99999999999}", "expected at most 100000");
  expect_error(compile_regex, "\\u{110000}", "U+110000 is no character");
  expect_error(compile_regex, "[^\\d\\D]", "no text matches");
  expect_error(compile_regex, "é\xff", "column 2: byte 0xFF; expected UTF-8");
}

TEST(Regex, HostilePatternsAreRefusedOrBounded) {
  expect_error(compile_regex, repeated("(", 100'000), "nested more than 200 deep");
  expect_error(compile_regex, repeated("(a{100000})", 10), "too large");
  const Grammar power = compile_regex(repeated("(", 20) + "a" + repeated("){99}", 20));
  EXPECT_TRUE(begins(power, repeated("a", 2000)));
  // Exponential for a matcher that goes back.
  const Grammar ambiguous = compile_regex("(a|aa|a*)*(a*)*b");
  EXPECT_TRUE(matches(ambiguous, repeated("a", 3000) + "b"));
  EXPECT_FALSE(matches(ambiguous, repeated("a", 3000)));
  EXPECT_TRUE(matches(compile_regex("(a?){300}a{300}"), repeated("a", 450)));
}

// A pattern as a tree, printed as a regular expression and matched by trying all ways to cut the text.
class Tree {
 public:
  explicit Tree(uint64_t& random, int depth = 0) {
    const auto draw = [&](uint64_t n) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      return (random >> 33) % n;
    };
    kind_ = static_cast<Kind>(depth < 3 ? draw(6) : draw(2));
    if (kind_ == Kind::letter) letter_ = static_cast<char>('a' + draw(2));
    if (kind_ == Kind::sequence || kind_ == Kind::choice || kind_ == Kind::repeat)
      parts_.emplace_back(random, depth + 1);
    if (kind_ == Kind::sequence || kind_ == Kind::choice) parts_.emplace_back(random, depth + 1);
    if (kind_ == Kind::repeat) {
      least_ = draw(3);
      most_ = least_ + draw(3);
      if (draw(3) == 0) most_ = SIZE_MAX;
    }
  }

  std::string text() const {
    switch (kind_) {
      case Kind::letter: return {letter_};
      case Kind::any: return "[ab]";
      case Kind::empty: return "(?:)";
      case Kind::sequence: return parts_[0].text() + parts_[1].text();
      case Kind::choice: return "(" + parts_[0].text() + "|" + parts_[1].text() + ")";
      case Kind::repeat: break;
    }
    const std::string most = most_ == SIZE_MAX ? "" : std::to_string(most_);
    return "(?:" + parts_[0].text() + "){" + std::to_string(least_) + "," + most + "}";
  }

  // Where matches that begin at these places end.
  std::set<size_t> ends(const std::string& t, const std::set<size_t>& from) const {
    std::set<size_t> out;
    switch (kind_) {
      case Kind::empty: return from;
      case Kind::letter:
      case Kind::any:
        for (size_t i : from)
          if (i < t.size() && (kind_ == Kind::any || t[i] == letter_)) out.insert(i + 1);
        return out;
      case Kind::sequence: return parts_[1].ends(t, parts_[0].ends(t, from));
      case Kind::choice:
        out = parts_[0].ends(t, from);
        out.merge(parts_[1].ends(t, from));
        return out;
      case Kind::repeat: break;
    }
    std::set<size_t> now = from;
    for (size_t n = 0; n <= std::min(most_, least_ + t.size() + 1); n++) {
      if (n >= least_) out.insert(now.begin(), now.end());
      now = parts_[0].ends(t, now);
    }
    return out;
  }

 private:
  enum class Kind { letter, any, sequence, choice, repeat, empty };
  Kind kind_;
  char letter_ = 'a';
  size_t least_ = 0, most_ = 0;
  std::vector<Tree> parts_;
};

TEST(Regex, AgreesWithAnExhaustiveMatcherOnAllShortTexts) {
  uint64_t random = 1;
  size_t n_matching = 0, n_not = 0;
  for (int i = 0; i < 1500; i++) {
    const Tree tree(random);
    SCOPED_TRACE(tree.text());
    const Grammar grammar = compile_regex(tree.text());
    Matcher matcher(grammar, "test");
    for (size_t length = 0; length <= 6; length++) {
      for (size_t bits = 0; bits < size_t{1} << length; bits++) {
        std::string text;
        for (size_t b = 0; b < length; b++) text += (bits >> b & 1) != 0 ? 'b' : 'a';
        const bool wanted = tree.ends(text, {0}).count(length) != 0;
        (wanted ? n_matching : n_not)++;
        ASSERT_EQ(matcher.can_end(matcher.next(matcher.start(), text)), wanted) << text;
      }
    }
  }
  EXPECT_GT(n_matching, 5000u);
  EXPECT_GT(n_not, 5000u);
}

}  // namespace
}  // namespace reckon::constrain
