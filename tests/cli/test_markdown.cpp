// Markdown as shown on a terminal: tables of what is written and what is shown.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "tools/reckon/markdown_stream.hpp"
#include "tools/reckon/terminal.hpp"

namespace reckon::cli {
namespace {

struct MarkdownCase {
  std::string source;
  std::string shown;
};

std::string shown(const std::vector<std::string>& parts, int columns, bool styled) {
  MarkdownStream stream(columns, styled);
  std::string text;
  for (const std::string& part : parts) text += stream.push(part);
  return text + stream.finish();
}

// Whole, cut in two anywhere, and a byte at a time.
void expect_shown(const std::vector<MarkdownCase>& cases, bool styled, int columns = 40) {
  for (const auto& [source, wanted] : cases) {
    const std::string whole = shown({source}, columns, styled);
    EXPECT_EQ(whole, wanted) << source;
    std::vector<std::string> bytes;
    for (size_t cut = 0; cut < source.size(); ++cut) {
      ASSERT_EQ(shown({source.substr(0, cut), source.substr(cut)}, columns, styled), whole)
          << source << " at " << cut;
      bytes.emplace_back(1, source[cut]);
    }
    EXPECT_EQ(shown(bytes, columns, styled), whole) << source;
  }
}

std::string sgr(const std::string& codes, const std::string& text) {
  return "\x1b[" + codes + "m" + text + "\x1b[0m";
}

TEST(Markdown, ShowsEmphasisAndCode) {
  expect_shown({{"a **bold** word", "a " + sgr("1", "bold") + " word\n"},
                {"*it* and _it_", sgr("3", "it") + " and " + sgr("3", "it") + "\n"},
                {"***both***", sgr("1;3", "both") + "\n"},
                {"**a *b* c**", sgr("1", "a") + " " + sgr("1;3", "b") + sgr("1", " c") + "\n"},
                {"**a *b***", sgr("1", "a") + " " + sgr("1;3", "b") + "\n"},
                {"__bold__", sgr("1", "bold") + "\n"},
                {"这是**重点**内容", "这是" + sgr("1", "重") + sgr("1", "点") + "内容\n"},
                {"~~gone~~", sgr("9", "gone") + "\n"},
                {"use `x*y*z`", "use " + sgr("36", "x*y*z") + "\n"},
                {"`` a`b ``", sgr("36", "a`b") + "\n"},
                {"**two words**", sgr("1", "two") + sgr("1", " words") + "\n"}},
               true);
}

TEST(Markdown, LeavesMarksThatOpenNothing) {
  const std::vector<MarkdownCase> cases{{"2 * 3 * 4", "2 * 3 * 4\n"},
                                        {"2*3*4 and 2**3**4", "2*3*4 and 2**3**4\n"},
                                        {"snake_case_name", "snake_case_name\n"},
                                        {"a **b", "a **b\n"},
                                        {"a *b\nc* d", "a *b\nc* d\n"},
                                        {"a `b", "a `b\n"},
                                        {"**", "**\n"},
                                        {"a ****", "a ****\n"},
                                        {"~~", "~~\n"},
                                        {"[a] (b)", "[a] (b)\n"},
                                        {"[a", "[a\n"},
                                        {"!", "!\n"},
                                        {"a < b > c", "a < b > c\n"},
                                        {"<b>", "<b>\n"},
                                        {"costs $5 or $6", "costs $5 or $6\n"},
                                        {"$", "$\n"},
                                        {"C:\\dir\\unknown", "C:\\dir\\unknown\n"},
                                        {"\\*not\\*", "*not*\n"},
                                        {"#hash", "#hash\n"},
                                        {"-5 is less", "-5 is less\n"},
                                        {"3.5 is more", "3.5 is more\n"}};
  expect_shown(cases, true);
  expect_shown(cases, false);
}

TEST(Markdown, KeepsTheMarksWhereNothingIsStyled) {
  expect_shown({{"a **bold** *word* `code` ~~gone~~", "a **bold** *word* `code` ~~gone~~\n"},
                {"# Title\n## Next", "# Title\n## Next\n"},
                {"```py\nx = 1\n```", "```py\nx = 1\n```\n"},
                {"[text](https://a.b)", "text (https://a.b)\n"}},
               false);
}

TEST(Markdown, ShowsHeadings) {
  expect_shown({{"# A", sgr("1;4", "A") + "\n"},
                {"### A `b`\ntext", sgr("1", "A") + " " + sgr("1;36", "b") + "\ntext\n"},
                {"####### no", "####### no\n"},
                {"#", "#\n"}},
               true);
}

TEST(Markdown, ShowsLinks) {
  expect_shown({{"see [the page](https://a.b/c).",
                 "see " + sgr("4", "the") + sgr("4", " page") + " (https://a.b/c).\n"},
                {"[https://a.b](https://a.b)", sgr("4", "https://a.b") + "\n"},
                {"<https://a.b>", sgr("4", "https://a.b") + "\n"},
                {"![alt](x.png)", "image: " + sgr("4", "alt") + " (x.png)\n"}},
               true);
}

TEST(Markdown, ShowsLists) {
  expect_shown({{"- a\n- b", "• a\n• b\n"},
                {"* a\n+ b", "• a\n• b\n"},
                {"1. a\n2. b\n10. c", "1. a\n2. b\n10. c\n"},
                {"2) x", "2) x\n"},
                {"- a\n  - b\n    - c\n- d", "• a\n  ◦ b\n    ▪ c\n• d\n"},
                {"1. a\n   - b\n   more\n2. c", "1. a\n   ◦ b\n   more\n2. c\n"},
                {"1. a\n  - b\n2. c", "1. a\n   ◦ b\n2. c\n"},
                {"- a\n\n  b\n\nc", "• a\n\n  b\n\nc\n"},
                {"-\n- a", "•\n• a\n"},
                {"- - a", "• ◦ a\n"},
                {"1. `x`\n", "1. `x`\n"}},
               false);
}

TEST(Markdown, BreaksLinesBetweenWordsBehindTheMargin) {
  expect_shown({{"one two three four", "one two\nthree four\n"},
                {"- one two three four", "• one two\n  three\n  four\n"},
                {"> one two three four", "│ one two\n│ three\n│ four\n"},
                {"abcdefghijklmnop", "abcdefghij\nklmnop\n"},
                {"a abcdefghijklmnop", "a\nabcdefghij\nklmnop\n"},
                {"中文中文中文中文", "中文中文中\n文中文\n"},
                {"a中文中文中文中文", "a中文中文\n中文中文\n"}},
               false, 10);
}

TEST(Markdown, ShowsQuotesAndRules) {
  expect_shown({{"> a\n> b", "│ a\n│ b\n"},
                {"> a\n>\n> b", "│ a\n│\n│ b\n"},
                {"> > a", "│ │ a\n"},
                {"> - a\n>   - b", "│ • a\n│   ◦ b\n"},
                {"a\n\n---\n\nb", "a\n\n──────────\n\nb\n"},
                {"***", "──────────\n"},
                {"* * *", "──────────\n"},
                {"__", "__\n"}},
               false, 10);
}

TEST(Markdown, ShowsCodeAsItIs) {
  expect_shown({{"```python\nx = **1**\n\n    y\n```\nend", sgr("2", "    python") + "\n    " +
                                                                sgr("36", "x = **1**") + "\n\n    " +
                                                                sgr("36", "    y") + "\nend\n"},
                {"```\na", "    " + sgr("36", "a") + "\n"},
                {"~~~\n```\n~~~", "    " + sgr("36", "```") + "\n"},
                {"````\n```\n````\nx", "    " + sgr("36", "```") + "\nx\n"},
                {"- a\n  ```\n  b\n  ```\n- c", "• a\n      " + sgr("36", "b") + "\n• c\n"},
                {"1. ```\n   b\n   ```\nc", "1.     " + sgr("36", "b") + "\nc\n"},
                {"> ```\n> b\n> ```", "│     " + sgr("36", "b") + "\n"},
                {"```x``` y", sgr("36", "x") + " y\n"}},
               true);
}

// Nothing stands behind the marker, and yet the line ends.
TEST(Markdown, AnItemOfCodeWithoutALineEndsItsLine) {
  expect_shown({{"- ~~~", "•\n"}, {"- ~~~\n~~~\ntext", "•\ntext\n"}}, true);
}

TEST(Markdown, ShowsMathematics) {
  expect_shown({{"so \\(x^2\\) and $y_1$.", "so x² and y₁.\n"},
                {"The answer is \\boxed{15}.", "The answer is [ 15 ].\n"},
                {"**Answer:** $\\boxed{\\frac{1}{2}}$", "**Answer:** [ 1/2 ]\n"},
                {"$$\nx = \\frac{1}{2}\n$$\nend", "    x = 1/2\nend\n"},
                {"\\[ 7 + 8 = 15 \\]", "    7 + 8 = 15\n"},
                {"\\[\na \\\\ b\n\\].", "    a\n    b.\n"},
                {"> \\[\n> a\n> \\]", "│     a\n"},
                {"1. so\n   \\[ a \\]\n2. b", "1. so\n       a\n2. b\n"},
                {"\\begin{align*}\na &= b \\\\\nc &= \\frac12 \\\\\n\\end{align*}\nend",
                 "    a = b\n    c = 1/2\nend\n"},
                {"\\begin{cases} a \\\\ b \\end{cases}", "    a\n    b\n"},
                {"\\begin{equation} a \\end{equation}", "    a\n"},
                {"\\begin{align}\na\n\nb", "\\begin{align}\na\n\nb\n"},
                {"\\begin{itemize}", "\\begin{itemize}\n"},
                {"a $$x^2$$ b \\[ c \\] d", "a x² b c d\n"},
                {"\\[ a\n\nb", "\\[ a\n\nb\n"},
                {"$$ a", "$$ a\n"},
                {"$$$$", "$$$$\n"},
                {"2 \\times 3 \\le 7", "2 × 3 ≤ 7\n"},
                {"\\frac{1}", "\\frac{1}\n"},
                {"\\boxed{", "\\boxed{\n"}},
               false);
}

TEST(Markdown, AlignsTables) {
  expect_shown({{"| a | long |\n|:--|-----:|\n| xyz | 1 |\n| y | 22 |\nend",
                 "a   │ long\n────┼─────\nxyz │    1\ny   │   22\nend\n"},
                {"|a|b|\n|-|:-:|\n|1|中文中|\n|2|x|", "a │   b\n──┼───────\n1 │ 中文中\n2 │   x\n"},
                {"|a|\n|-|\n|x|y|", "a │\n──┼──\nx │ y\n"},
                {"|a\\|b|c|\n|-|-|", "a|b │ c\n────┼──\n"},
                {"|x| = 3\n", "|x| = 3\n"},
                {"| no | table |\n| here |", "| no | table |\n| here |\n"},
                {"- l\n  | a |\n  |---|\n  | 1 |", "• l\n  a\n  ─\n  1\n"}},
               false);
}

TEST(Markdown, FitsTablesToTheWidth) {
  const std::string table = "| name | text |\n|---|---|\n| a | one two three four |";
  expect_shown({{table, "name │ text\n─────┼───────────────────\na    │ one two three four\n"}}, false, 40);
  expect_shown({{table, "name │ text\n─────┼──────────\na    │ one two\n     │ three\n     │ four\n"}}, false,
               16);
  expect_shown({{table, "name: a\ntext: one\ntwo three\nfour\n"}}, false, 9);
}

// What the marks do not account for is there, in its order.
TEST(Markdown, LosesNoCharacters) {
  std::mt19937 random(7);
  const std::vector<std::string> parts{
      "a", "b ",  "1. ", "- ",  "\n",  "\n\n", "  ", "**", "*", "_",  "`",  "```\n", "|",        "|-|\n",
      "$", "\\(", "\\)", "\\[", "\\]", "$$",   "[",  "](", ")", "> ", "# ", "中",    "\\boxed{", "}"};
  const auto letters = [](const std::string& text) {
    std::string kept;
    for (const char c : text) {
      if (c == 'Q' || c == 'Z') kept += c;
    }
    return kept;
  };
  for (int round = 0; round < 2000; ++round) {
    std::string source;
    for (int i = 0; i < 30; ++i) source += parts[random() % parts.size()];
    const std::string whole = shown({source}, 30, false);
    std::string wanted = source;
    for (size_t at = 0; (at = wanted.find("\\boxed")) != std::string::npos;) wanted.erase(at, 6);
    std::string text = whole;
    for (size_t at = 0; (at = text.find("\\boxed")) != std::string::npos;) text.erase(at, 6);
    ASSERT_EQ(letters(text), letters(wanted)) << source << "\n---\n" << whole;
    const size_t cut = random() % source.size();
    ASSERT_EQ(shown({source.substr(0, cut), source.substr(cut)}, 30, false), whole) << source;
  }
}

TEST(Markdown, TakesAnyBytesAndLetsNoneDriveTheTerminal) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    std::string source;
    for (int i = 0; i < 60; ++i)
      source += static_cast<char>(random() % 3 == 0 ? "*`_|$[\n\\"[random() % 8] : random() % 256);
    const std::string whole = shown({source}, 20, false);
    EXPECT_EQ(whole.find('\x1b'), std::string::npos);
    for (std::string_view rest = whole; !rest.empty();) {
      const Character character = first_character(rest);
      ASSERT_TRUE(character.valid) << source;
      rest.remove_prefix(character.bytes);
    }
    const size_t cut = random() % source.size();
    EXPECT_EQ(shown({source.substr(0, cut), source.substr(cut)}, 20, false), whole);
  }
  EXPECT_EQ(shown({"a\x1b[31mb\xff"}, 40, true), "a\xe2\x90\x9b[31mb\xef\xbf\xbd\n");
}

// Quadratic time would be minutes.
TEST(Markdown, TakesLinearTimeWhateverTheText) {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string part :
       {"*a ", "**a ",     "`a ``b ", "[",  "[a",      "[a](",  "![",   "<http://", "$a ", "\\(", "\\[",
        "$$",  "\\boxed{", "_a ",     "> ", "- ",      "|",     "|-",   "#",        "* ",  "~~a", "\\frac{",
        "a",   " ",        "*",       "`",  "| a |\n", "```\n", "$$\n", "1. ",      "\\"}) {
    std::string source;
    while (source.size() < 60'000) source += part;
    EXPECT_LE(shown({source}, 80, true).size(), 20 * source.size()) << part;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Markdown, ShowsWordsAsTheyCome) {
  MarkdownStream stream(80, false);
  EXPECT_EQ(stream.push("The su"), "The");
  EXPECT_EQ(stream.push("m of **7"), " sum of");
  EXPECT_EQ(stream.push(" and"), "");
  EXPECT_EQ(stream.push(" 8**"), "");
  EXPECT_EQ(stream.push(" is"), " **7 and 8**");
  EXPECT_EQ(stream.push("\n"), " is\n");
}

}  // namespace
}  // namespace reckon::cli
