// LaTeX's mathematics as readable text.
#include <gtest/gtest.h>

#include "tools/reckon/latex_text.hpp"

namespace reckon::cli {
namespace {

struct LatexCase {
  std::string source;
  std::string shown;
};

void expect_shown(const std::vector<LatexCase>& cases) {
  for (const auto& [source, shown] : cases) EXPECT_EQ(latex_text(source), shown) << source;
}

TEST(LatexText, ShowsSymbolsAsCharacters) {
  expect_shown({{"2 \\times 3 \\cdot 4", "2 × 3 · 4"},
                {"a \\le b \\leq c \\geq d \\neq e", "a ≤ b ≤ c ≥ d ≠ e"},
                {"\\alpha\\beta + \\Omega", "αβ + Ω"},
                {"\\lim_{x\\to \\infty} 2\\pi r", "lim_(x→∞) 2π r"},
                {"x \\to 0", "x → 0"},
                {"a \\\\[6pt] b", "a \nb"},
                {"x = 1 \\tag{1}\\label{eq:a}\\nonumber", "x = 1  (1)"},
                {"\\limsup_n a_n", "lim supₙ aₙ"},
                {"x \\in \\mathbb{R}, n \\in \\mathbb{N}", "x ∈ ℝ, n ∈ ℕ"},
                {"\\sum_{i=1}^{n} i", "∑ᵢ₌₁ⁿ i"},
                {"50\\%, \\$5, \\{1\\}", "50%, $5, {1}"},
                {"\\sin x + \\log_2 8", "sin x + log₂ 8"},
                {"a \\implies b", "a ⇒ b"}});
}

TEST(LatexText, ShowsFractionsAndRootsOnALine) {
  expect_shown({{"\\frac{1}{2}", "1/2"},
                {"\\dfrac12", "1/2"},
                {"\\frac{a+b}{2}", "(a+b)/2"},
                {"\\frac{2x}{3y}", "2x/(3y)"},
                {"\\frac{\\frac{1}{2}}{3}", "(1/2)/3"},
                {"\\sqrt{16}", "√16"},
                {"\\sqrt{x+1}", "√(x+1)"},
                {"\\sqrt[3]{8}", "∛8"},
                {"\\sqrt[5]{8}", "⁵√8"},
                {"\\binom{5}{2}", "C(5, 2)"}});
}

TEST(LatexText, RaisesAndLowersWhatHasSuchCharacters) {
  expect_shown({{"x^2", "x²"},
                {"x^{10}", "x¹⁰"},
                {"x^{-1}", "x⁻¹"},
                {"x_1 + x_{12}", "x₁ + x₁₂"},
                {"x^y", "x^y"},
                {"x^{a+b}", "x^(a+b)"},
                {"90^\\circ", "90°"},
                {"a_{max}", "aₘₐₓ"},
                {"a_{XY}", "a_(XY)"},
                {"x^", "x^"},
                {"x^{2^{3}}", "x^(2³)"}});
}

TEST(LatexText, UnwrapsTextAndBoxes) {
  expect_shown({{"\\boxed{15}", "[ 15 ]"},
                {"\\boxed{\\frac{1}{2}}", "[ 1/2 ]"},
                {"5\\text{ apples}", "5 apples"},
                {"\\mathrm{kg}", "kg"},
                {"\\left( \\frac{1}{2} \\right)", "( 1/2 )"},
                {"\\left. x \\right|", " x |"},
                {"\\overline{x} \\vec{v} \\overline{AB}", "x\u0305 v\u20d7 overline(AB)"}});
}

TEST(LatexText, GivesRowsTheirLines) {
  expect_shown({{"\\begin{aligned} a &= 1 \\\\ b &= 2 \\end{aligned}", "a = 1 \nb = 2 "},
                {"\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "(1  2 ; 3  4 )"},
                {"\\begin{strange} x \\end{strange}", "\\begin{strange} x \\end{strange}"}});
}

TEST(LatexText, LeavesWhatItDoesNotKnow) {
  expect_shown({{"\\unknown{x}", "\\unknownx"},
                {"\\frac{1}", "\\frac{1}"},
                {"\\sqrt", "\\sqrt"},
                {"{x", "{x"},
                {"x}", "x}"},
                {"\\", "\\"},
                {"", ""}});
}

TEST(LatexText, IsBoundedInDepthAndTime) {
  const size_t many = 100'000;
  for (const std::string part :
       {"{", "\\frac", "\\frac{", "\\sqrt[", "\\sqrt{", "x^", "\\boxed{", "\\begin{", "\\left", "^{"}) {
    std::string source;
    while (source.size() < many) source += part;
    EXPECT_LE(latex_text(source).size(), 2 * source.size()) << part;
  }
  EXPECT_EQ(latex_text(std::string(3, '{') + "x" + std::string(3, '}')), "x");
  const std::string deep = latex_text(std::string(100, '{') + "x" + std::string(100, '}'));
  EXPECT_NE(deep.find('x'), std::string::npos);
}

TEST(LatexText, TakesAnyBytes) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    for (const std::string& source :
         {c, c + c, "\\" + c, "^" + c, "\\frac" + c, "\\sqrt[" + c + "]" + c, "{" + c}) {
      latex_text(source);
    }
  }
  EXPECT_EQ(latex_text("中\\times文"), "中×文");
}

}  // namespace
}  // namespace reckon::cli
