#include "tests/constrain/forms.hpp"

namespace reckon::constrain {
namespace {

void expect_gbnf(std::string_view form, const std::vector<std::string>& right,
                 const std::vector<std::string>& wrong) {
  expect_texts(compile_gbnf, form, right, wrong);
}

TEST(Gbnf, LiteralsAndAlternatives) {
  expect_gbnf(R"(root ::= "yes" | "no" | "may" "be")", {"yes", "no", "maybe"},
              {"", "ye", "yesno", "may", "be"});
}

TEST(Gbnf, ClassesHoldTheirCharactersOnly) {
  expect_gbnf("root ::= [a-cx] [^0-9] [-z] [\\]\\\\^] .", {"a-z^\n", "xaz\\é", "c\"-]𝄞"},
              {"d-z^.", "a5z^.", "a-y^.", "a-z[.", "a-z^", "a-z^\xff"});
}

TEST(Gbnf, RepetitionsKeepToTheirCounts) {
  expect_gbnf(R"(root ::= "a"* "b"+ "c"? "d"{2} "e"{1,} "f"{0,2})", {"bdde", "aabbcddeeff", "bcddef"},
              {"dde", "bde", "bdd", "bddefff", "abccdde"});
}

TEST(Gbnf, EscapesStandForTheirCharacters) {
  expect_gbnf(R"(root ::= "\x41\u00e9\U0001D11E\n\t\r\\\"\[\]")", {"Aé𝄞\n\t\r\\\"[]"}, {"A"});
}

TEST(Gbnf, RulesCommentsAndLines) {
  expect_gbnf(R"(# a list of numbers
root   ::= "[" (number
           ("," number)* )? "]"   # may be empty
number ::= "0"
         | [1-9] [0-9]*
)",
              {"[]", "[0]", "[10,2,0]"}, {"[01]", "[,]", "[1,]", "1"});
}

TEST(Gbnf, RulesAreContextFree) {
  expect_gbnf(R"g(root ::= "(" root ")" | "x")g", {"x", "((x))"}, {"((x)", "(x))", "()"});
  expect_gbnf(R"(root ::= "a" root "a" | "b" root "b" | "c")", {"c", "abcba"}, {"abcab"});
}

TEST(Gbnf, AnAlternativeMayBeEmpty) {
  expect_gbnf("root ::= \"a\" | \"\" | (\"b\" | ) \"c\"", {"", "a", "c", "bc"}, {"b", "ac"});
}

TEST(Gbnf, LoopsOfNothingEnd) {
  expect_gbnf("root ::= ( \"\"* )* \"a\"", {"a"}, {"", "aa"});
  expect_gbnf("root ::= ((\"a\"? \"b\"*)* | \"\")+", {"", "abba", "bbb"}, {"c"});
  expect_gbnf("root ::= x*\nx ::= \"a\"? y?\ny ::= \"b\"*", {"", "ab", "bba"}, {"c"});
  expect_gbnf("root ::= root | \"a\"", {"a"}, {"", "aa"});
}

TEST(Gbnf, RepetitionOfEndsIsALoop) {
  const Grammar grammar = compile_gbnf("root ::= \"a\" root | \"b\"");
  Matcher matcher(grammar, "test");
  const Matcher::State one = matcher.next(matcher.start(), 'a');
  EXPECT_EQ(matcher.next(one, 'a'), one);  // no stack grows
}

TEST(Gbnf, AlternativesThatNeverEndAreLeftOut) {
  const Grammar grammar = compile_gbnf("root ::= \"a\" loop | \"b\"\nloop ::= \"x\" loop");
  EXPECT_FALSE(begins(grammar, "a"));
  EXPECT_TRUE(matches(grammar, "b"));
}

TEST(Gbnf, ErrorsNameThePlace) {
  expect_error(compile_gbnf, "", "expected a rule \"root\"");
  expect_error(compile_gbnf, "a ::= \"x\"", "expected a rule \"root\"");
  expect_error(compile_gbnf, "root ::= \"x\"\n  | y", "line 2, column 5: rule \"y\" is not defined");
  expect_error(compile_gbnf, "root = \"x\"", "line 1, column 6: expected ::= after the name \"root\"");
  expect_error(compile_gbnf, "root ::= \"x", "line 1, column 10: a literal that does not end");
  expect_error(compile_gbnf, "root ::= [a", "line 1, column 10: a class that does not end");
  expect_error(compile_gbnf, "root ::= [a-", "line 1, column 10: a class that does not end");
  expect_error(compile_gbnf, "root ::= [z-a]", "line 1, column 11: a range that runs backwards");
  expect_error(compile_gbnf, "root ::= (\"a\"", "line 1, column 14: expected )");
  expect_error(compile_gbnf, "root ::= \"a\")", "line 1, column 13");
  expect_error(compile_gbnf, "root ::= é", "line 1, column 10: expected a literal");
  expect_error(compile_gbnf, "root ::= \"é\\q\"", "line 1, column 13: an unknown escape");
  expect_error(compile_gbnf, "root ::= \"\\u12\"", "expected 4 hexadecimal digits");
  expect_error(compile_gbnf, "root ::= \"\\ud800\"", "U+D800 is no character");
  expect_error(compile_gbnf, "root ::= \"a\"{3,2}", "line 1, column 13: {3,2}");
  expect_error(compile_gbnf, "root ::= \"a\"{x}", "expected a number");
  expect_error(compile_gbnf, "root ::= \"a\"{1000000}", "expected at most 100000");
  expect_error(compile_gbnf, "root ::= \"a\"\nroot ::= \"b\"",
               "line 2, column 1: rule \"root\" is defined twice");
  expect_error(compile_gbnf, "root ::= *", "line 1, column 10");
  expect_error(compile_gbnf, "root ::= <[5]>", "a reference to a token");
  expect_error(compile_gbnf, "root ::= \"\xff\"", "byte 0xFF; expected UTF-8");
  expect_error(compile_gbnf, "root ::= root", "no text matches");
  expect_error(compile_gbnf, "root ::= []", "no text matches");
}

TEST(Gbnf, LeftRecursionIsRefusedByName) {
  expect_error(compile_gbnf, "root ::= root \"a\" | \"b\"", "rule \"root\" is left-recursive");
  expect_error(compile_gbnf, "root ::= a\na ::= b \"x\" | \"y\"\nb ::= a \"z\"", "is left-recursive");
  expect_error(compile_gbnf, "root ::= \"\" space root \"a\" | \"b\"\nspace ::= \" \"*",
               "rule \"root\" is left-recursive");
  expect_error(compile_gbnf, "root ::= (b)* \"x\"\nb ::= root?", "left-recursive");
}

TEST(Gbnf, HostileTextsAreRefusedInTime) {
  expect_error(compile_gbnf, "root ::= " + repeated("(", 100'000), "nested more than 200 deep");
  const Grammar power = compile_gbnf("root ::= " + repeated("(", 10) + "\"a\"" + repeated("){1000}", 10));
  EXPECT_TRUE(begins(power, repeated("a", 5000)));  // of 10^30
  expect_error(compile_gbnf, "root ::= " + repeated("\"a\"{100000} ", 10), "too large");
  std::string chain = "root ::= r0\n";  // each rule is the next one twice: 2^200 letters
  for (int i = 0; i < 200; i++)
    chain += "r" + std::to_string(i) + " ::= r" + std::to_string(i + 1) + " r" + std::to_string(i + 1) + "\n";
  EXPECT_TRUE(begins(compile_gbnf(chain + "r200 ::= \"a\""), "aaaa"));
  std::string names = "root ::= r0\n";  // a chain that is as deep as it is long
  for (int i = 0; i < 20'000; i++) names += "r" + std::to_string(i) + " ::= r" + std::to_string(i + 1) + "\n";
  EXPECT_TRUE(matches(compile_gbnf(names + "r20000 ::= \"a\""), "a"));
}

}  // namespace
}  // namespace reckon::constrain
