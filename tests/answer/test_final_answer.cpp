// What counts as an answer, and which answers are the same.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include <reckon/answer.hpp>

#include "text/utf8.hpp"

namespace reckon {
namespace {

TEST(FinalAnswer, IsWhatTheLastBoxHolds) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"(The sum is \boxed{579}.)", "579"},
      {R"(First \boxed{1}, then \boxed{2}. Done)", "2"},
      {R"(\[ \boxed{\frac{1}{2}} \])", R"(\frac{1}{2})"},
      {R"(\boxed{\sqrt{\frac{a}{b}}} is it)", R"(\sqrt{\frac{a}{b}})"},
      {R"(\boxed{\{1, 2\}})", R"(\{1, 2\})"},
      {R"(\boxed{\left\{1\right.})", R"(\left\{1\right.)"},
      {R"(\fbox{12})", "12"},
      {R"(\boxed 5)", "5"},
      {R"($\boxed 17$.)", "17"},
      {R"(\boxed {7})", "7"},
      {"\\boxed{ 8\n}", "8"},
      {R"(\\boxed{9})", "9"},
      {R"(\boxed{\boxed{4}})", "4"},
      {R"(a { in front, \boxed{3})", "3"},
      {R"(a } in front, \boxed{3})", "3"},
      {R"(\boxedup{3} \boxed{2})", "2"},
      {R"(\boxed{6} and then \boxed{1)", "6"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(final_answer(text), expected) << text;
}

TEST(FinalAnswer, IsElseTheLastLine) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"42", "42"},
      {"I add.\n\n42\n\n", "42"},
      {"one\r\ntwo.\r\n", "two"},
      {"**Answer:** 5", "5"},
      {"**Answer: 5**", "5"},
      {"Answer: 5.", "5"},
      {"The answer is 5.", "5"},
      {"So, the final answer is: **5**.", "5"},
      {"Final answer: 1/2", "1/2"},
      {"Therefore the answer is $x = 5$.", "$x = 5$"},
      {"#### 42", "42"},
      {"**Yes**", "Yes"},
      {"`7`", "7"},
      {"Answer", "Answer"},
      {"- 5", "- 5"},
      {"Answering that is hard", "Answering that is hard"},
      {"The sum is 12.", "The sum is 12"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(final_answer(text), expected) << text;
}

TEST(FinalAnswer, IsNotThereWhereNothingIsSaid) {
  for (const char* text : {"", " \n\t\n", "***", R"(\boxed{})", R"(so 12: \boxed{ })"}) {
    EXPECT_EQ(final_answer(text), std::nullopt) << text;
  }
}

TEST(FinalAnswer, OfACutTextIsABoxThatIsClosed) {
  EXPECT_EQ(final_answer(R"(It is \boxed{5} beca)", false), "5");
  EXPECT_EQ(final_answer(R"(It is \boxed{5)", false), std::nullopt);
  EXPECT_EQ(final_answer(R"(It is \boxed 5)", false), std::nullopt) << "it may go on";
  EXPECT_EQ(final_answer(R"(It is \boxed 5 )", false), "5");
  EXPECT_EQ(final_answer("It is 5", false), std::nullopt);
  EXPECT_EQ(final_answer(R"(\boxed{1} no, \boxed{\frac{1}{2})", false), "1");
}

// Each row: answers that mean the same.
const std::vector<std::vector<std::string>> kEqual = {
    {"1/2",
     "0.5",
     R"(\frac12)",
     R"(\frac{1}{2})",
     R"(\dfrac12)",
     R"(\tfrac{1}{2})",
     ".5",
     "0.50",
     "2/4",
     R"($\frac{1}{2}$)",
     R"(\(\frac 1 2\))",
     R"(\left(\frac{1}{2}\right))",
     "½",
     "50e-2",
     R"(5 \times 10^{-1})",
     "(1)/(2)",
     "+1/2",
     R"(\frac{\frac{1}{1}}{2})",
     R"(x = \frac12)",
     R"(2^{-1})"},
    {"-1/2", R"(-\frac{1}{2})", R"(\frac{-1}{2})", R"(\frac{1}{-2})", "−0.5", "–.5", "- 1/2", "(-1/2)",
     R"(-\left(\frac12\right))"},
    {"1000", "1,000", R"(1\,000)", "1000.0", "1{,}000", R"(1,\!000)", "1 000", "1e3", "10^3", "1 000",
     "$1,000", R"(\$1000)", "€1000", "1,000.00", R"(1.0 \cdot 10^3)", "1000.", "１０００", R"(10^{3})",
     "1000 dollars"},
    {"1234567", "1,234,567", R"(1\;234\;567)", "1234567 people"},
    {"5", "5 apples", "x = 5", "x=5", R"(\text{5})", "5.", " 5 ", "5.0", "10/2", "n = 5", "f(2) = 5",
     R"(x \in 5)", "2 + 3 = 5", "+5", R"(\mathbf{5})", "5 red apples"},
    {"12", "12 cm", R"(12\text{ cm})", R"(12\ \mathrm{cm})", R"(12\,\text{cm})", "12cm", "12 cm^2",
     R"(12\text{ cm}^2)", "12 km/h", "12 m", "12 sq. ft", "12 µm", "x = 12 meters", "12 m/s^2", "12.0 hours"},
    {"50", "50%", R"(50\%)", "50 %", "50 percent"},
    {"90", "90°", R"(90^\circ)", R"(90^{\circ})", "90 degrees", R"(90\degree)", "90°C"},
    {"300", R"(3\times10^2)", "3e2", R"(3 \times 10^{2})", "3*10^2", "3·10^2", "3 × 10^2", "3E+2"},
    {"1.5", "3/2", "1 1/2", R"(1\frac{1}{2})", R"(1 \frac12)", "1½", R"(\frac{3}{2})"},
    {"yes", "Yes", "YES", R"(\text{Yes})", "Yes.", R"(\textbf{yes})"},
    {"B", "(B)", "b", R"(\text{(B)})", "B.", R"(\mathrm{B})"},
    {"(1, 2)", "(1,2)", R"(\left(1, 2\right))", "( 1 , 2.0 )", "(1,4/2)", R"(\left( 1,\, 2 \right))",
     "(x, y) = (1, 2)"},
    {R"(\{1, 2\})", R"(\left\{ 1, 2 \right\})", R"(\{1,2\})", "{1, 2}", R"(\lbrace 1,2 \rbrace)"},
    {"[0, 1)", "[0,1)", R"(\left[0, 1\right))", "[0.0, 1)"},
    {"(0.5, 1]", "(1/2,1]", R"(x \in \left(\tfrac12, 1\right])"},
    {R"((-\infty, 3])", "(-∞,3]", R"(\left(-\infty, 3\right])"},
    {"1, 2", "1,2", "1 , 2"},
    {"x^2+1", "x^{2} + 1", "(x^2 + 1)", R"(x^2\,+\,1)", "f(x) = x^2+1", "X²+1"},
    {"x^2y", "x^{2}y"},
    {"x^10", "x^{10}"},
    {R"(\sqrt{3})", R"(\sqrt3)", "sqrt(3)", "√3", R"(\sqrt {3})"},
    {R"(2\sqrt{3})", "2√3", "2sqrt(3)", R"(2 \sqrt{3})"},
    {R"(\frac{\sqrt{3}}{2})", R"(\dfrac{\sqrt3}{2})", "sqrt(3)/2", "√3/2"},
    {R"(\frac{x+1}{2})", "(x+1)/2", R"(\dfrac{x + 1}{2})"},
    {R"(\frac{x}{2}+1)", "x/2 + 1", "x/2+1"},
    {R"(\pi)", "pi", "π"},
    {R"(2\pi)", "2pi", R"(2 \pi)", "2π"},
    {"x≤3", R"(x \le 3)", R"(x \leq 3)", "x <= 3"},
    {"0", "-0", "0.0", "0/7", "+0", "0 apples", "0e5"},
    {"123456789012345678901234567890", "123,456,789,012,345,678,901,234,567,890",
     "123456789012345678901234567890.0", "12345678901234567890123456789e1"},
    {"3.14159265358979323846264", "03.141592653589793238462640"},
    {"1e30", "10e29", "1000000000000000000000000000000", R"(1 \times 10^{30})"},
    {"New York", "new york", R"(\text{New York})"},
    {R"(\text{no solution})", "No solution", "no  solution."},
};

TEST(NormalisedAnswer, IsTheSameForEqualAnswers) {
  for (const auto& group : kEqual) {
    for (const std::string& answer : group) {
      EXPECT_EQ(normalised_answer(answer), normalised_answer(group.front()))
          << answer << " and " << group.front();
    }
  }
}

TEST(NormalisedAnswer, DiffersBetweenTheGroups) {
  for (size_t i = 0; i < kEqual.size(); i++) {
    for (size_t j = 0; j < i; j++) {
      EXPECT_NE(normalised_answer(kEqual[i].front()), normalised_answer(kEqual[j].front()))
          << kEqual[i].front() << " and " << kEqual[j].front();
    }
  }
}

TEST(NormalisedAnswer, DiffersForAnswersThatOnlyLookAlike) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"12", "1 2"},
      {"12", "1, 2"},
      {"5", "-5"},
      {"1/3", "0.333"},
      {"1/0", "0"},
      {"5", "5x"},
      {"5", "5 x"},
      {"5", "5m"},
      {"5", "5 million"},
      {"2", R"(2\pi)"},
      {"2", "2 pi"},
      {"2", R"(2 \text{ or } 3)"},
      {"3", "x = 2 or x = 3"},
      {"2", "x = 1, y = 2"},
      {"(1, 2)", "(2, 1)"},
      {"(1, 2)", "[1, 2]"},
      {"(1, 234)", "1234"},
      {"(1,000)", "1000"},
      {"1,00", "100"},
      {"0,123", "123"},
      {"1234,567", "1234567"},
      {"x^2y", "x^{2y}"},
      {"(a+b)/c", "a+b/c"},
      {"2(3)", "23"},
      {"(2)3", "23"},
      {"f(x)", "fx"},
      {"(x+1)^2", "x+1^2"},
      {"-(x+1)", "-x+1"},
      {"1/(2x)", "1/2x"},
      {"x<3", "x≤3"},
      {"x>3", "x<3"},
      {"5!", "5"},
      {"1/2/3", "1/(2/3)"},
      {"3 remainder 2", "3"},
      {"101_2", "101"},
      {"123456789012345678901234567890", "123456789012345678901234567891"},
      {"3.14159265358979323846264", "3.14159265358979323846263"},
      {"1e30", "1e31"},
      {"1e999999999", "1e999999998"},
      {"A", "B"},
      {"yes", "no"},
      {R"(\sqrt{3})", "3"},
      {R"(\sqrt[3]{2})", R"(3\sqrt{2})"},
      {"5 pm", "5"},
      {"10:30", "1030"},
      {"3 half", "3"},
  };
  for (const auto& [a, b] : cases) {
    EXPECT_NE(normalised_answer(a), normalised_answer(b)) << a << " and " << b;
  }
}

TEST(NormalisedAnswer, IsReadable) {
  EXPECT_EQ(normalised_answer(R"(\frac{6}{4})"), "3/2");
  EXPECT_EQ(normalised_answer("$1,000.50$"), "2001/2");
  EXPECT_EQ(normalised_answer(R"(\left( 0.5, \infty \right))"), "(1/2,inf)");
  EXPECT_EQ(normalised_answer("3.14159265358979323846"), "314159265358979323846e-20");
  EXPECT_EQ(normalised_answer("12 cm"), "12");
}

TEST(NormalisedAnswer, IsItsOwnNormalForm) {
  for (const auto& group : kEqual) {
    const std::string key = normalised_answer(group.front());
    EXPECT_EQ(normalised_answer(key), key);
  }
}

bool is_utf8(const std::string& text) {
  for (size_t i = 0; i < text.size();) {
    const text::Utf8Unit unit = text::decode_utf8(text, i);
    if (!unit.valid) return false;
    i += unit.length;
  }
  return true;
}

TEST(NormalisedAnswer, TakesAnyBytes) {
  std::mt19937 random(5);
  const std::vector<std::string> pieces = {
      "\\frac", "{", "}",  "\\boxed", "\\sqrt", "[", "]", "(", ")",    "1",    "0", ",", ".",      "^", "_",
      "=",      " ", "\\", "cm",      "e",      "-", "/", "*", "\xff", "\xe2", "é", "√", "\\text", "°", "\n"};
  for (int i = 0; i < 20'000; i++) {
    std::string text;
    for (size_t n = random() % 24; n > 0; n--) text += pieces[random() % pieces.size()];
    const std::string key = normalised_answer(text);
    ASSERT_TRUE(is_utf8(key)) << text;
    for (char c : key) ASSERT_GE(static_cast<unsigned char>(c), 0x20) << text;
    final_answer(text, i % 2 == 0);
  }
}

// Characters of several bytes in a root's degree once led past its bracket, and past the text's end.
TEST(NormalisedAnswer, OfARootTakesTheDegreeAndNothingBehindIt) {
  EXPECT_EQ(normalised_answer("\\sqrt[é]{2}"), "sqrt[é]2");
  EXPECT_EQ(normalised_answer("√[３]2"), "sqrt[3]2");
  for (const char* degree : {"é", "€", "✓3", "３", "3\xad\xdb\x90", "×s\xad\x90"}) {
    const std::string key = normalised_answer("\\sqrt[" + std::string(degree) + "]");
    EXPECT_TRUE(is_utf8(key)) << degree;
    EXPECT_EQ(key.find('\0'), std::string::npos) << degree;
    EXPECT_TRUE(key.ends_with(']')) << degree << ": " << key;
  }
}

// A quadratic pass over a quarter of a megabyte would take minutes.
TEST(NormalisedAnswer, IsLinear) {
  const auto start = std::chrono::steady_clock::now();
  for (const char* piece :
       {"{",       "}",       "(",       ")",  "((1)",    "{a}",    "\\boxed{", "\\boxed ", "\\frac",
        "\\frac{", "\\frac1", "\\sqrt[", "^{", "^\\circ", "1 111 ", "1,000,",   "1,",       "(1,",
        "1 ",      "12 cm ",  "=",       " ",  "\\",      "\\{",    "√",        "1/",       "1*",
        "9",       "-",       "**",      "#",  "{,}",     "\n",     "x "}) {
    std::string text;
    while (text.size() < (1 << 18)) text += piece;
    normalised_answer(text);
    normalised_answer(text + std::string(text.size(), ')'));
    final_answer(text);
    final_answer(text + std::string(text.size(), '}'));
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took.count(), 60.0);
}

}  // namespace
}  // namespace reckon
