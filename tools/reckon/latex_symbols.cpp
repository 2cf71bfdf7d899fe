#include "latex_symbols.hpp"

#include <unordered_map>

namespace reckon::cli {
namespace {

using SymbolTable = std::unordered_map<std::string_view, std::string_view>;

// clang-format off
const SymbolTable& symbols() {
  static const SymbolTable table{
      // Greek.
      {"alpha", "α"}, {"beta", "β"}, {"gamma", "γ"}, {"delta", "δ"}, {"epsilon", "ε"}, {"varepsilon", "ε"},
      {"zeta", "ζ"}, {"eta", "η"}, {"theta", "θ"}, {"vartheta", "ϑ"}, {"iota", "ι"}, {"kappa", "κ"},
      {"lambda", "λ"}, {"mu", "μ"}, {"nu", "ν"}, {"xi", "ξ"}, {"pi", "π"}, {"varpi", "ϖ"}, {"rho", "ρ"},
      {"varrho", "ϱ"}, {"sigma", "σ"}, {"varsigma", "ς"}, {"tau", "τ"}, {"upsilon", "υ"}, {"phi", "φ"},
      {"varphi", "φ"}, {"chi", "χ"}, {"psi", "ψ"}, {"omega", "ω"}, {"Gamma", "Γ"}, {"Delta", "Δ"},
      {"Theta", "Θ"}, {"Lambda", "Λ"}, {"Xi", "Ξ"}, {"Pi", "Π"}, {"Sigma", "Σ"}, {"Upsilon", "Υ"},
      {"Phi", "Φ"}, {"Psi", "Ψ"}, {"Omega", "Ω"},
      // Operations.
      {"times", "×"}, {"cdot", "·"}, {"div", "÷"}, {"pm", "±"}, {"mp", "∓"}, {"ast", "∗"}, {"star", "⋆"},
      {"circ", "∘"}, {"bullet", "•"}, {"oplus", "⊕"}, {"otimes", "⊗"}, {"cup", "∪"}, {"cap", "∩"},
      {"setminus", "∖"}, {"wedge", "∧"}, {"land", "∧"}, {"vee", "∨"}, {"lor", "∨"}, {"neg", "¬"},
      {"lnot", "¬"}, {"sum", "∑"}, {"prod", "∏"}, {"int", "∫"}, {"iint", "∬"}, {"oint", "∮"},
      {"partial", "∂"}, {"nabla", "∇"}, {"bmod", "mod"}, {"surd", "√"},
      // Relations.
      {"le", "≤"}, {"leq", "≤"}, {"leqslant", "≤"}, {"ge", "≥"}, {"geq", "≥"}, {"geqslant", "≥"}, {"ll", "≪"},
      {"gg", "≫"}, {"lt", "<"}, {"gt", ">"}, {"ne", "≠"}, {"neq", "≠"}, {"equiv", "≡"}, {"approx", "≈"},
      {"sim", "∼"}, {"simeq", "≃"}, {"cong", "≅"}, {"propto", "∝"}, {"in", "∈"}, {"notin", "∉"}, {"ni", "∋"},
      {"subset", "⊂"}, {"subseteq", "⊆"}, {"supset", "⊃"}, {"supseteq", "⊇"}, {"mid", "|"}, {"nmid", "∤"},
      {"parallel", "∥"}, {"perp", "⊥"}, {"models", "⊨"}, {"vdash", "⊢"},
      // Arrows.
      {"to", "→"}, {"rightarrow", "→"}, {"longrightarrow", "→"}, {"leftarrow", "←"}, {"gets", "←"},
      {"Rightarrow", "⇒"}, {"Longrightarrow", "⇒"}, {"implies", "⇒"}, {"Leftarrow", "⇐"},
      {"leftrightarrow", "↔"}, {"Leftrightarrow", "⇔"}, {"iff", "⇔"}, {"mapsto", "↦"}, {"uparrow", "↑"},
      {"downarrow", "↓"},
      // Others.
      {"infty", "∞"}, {"forall", "∀"}, {"exists", "∃"}, {"nexists", "∄"}, {"emptyset", "∅"},
      {"varnothing", "∅"}, {"angle", "∠"}, {"triangle", "△"}, {"square", "□"}, {"blacksquare", "■"},
      {"checkmark", "✓"}, {"therefore", "∴"}, {"because", "∵"}, {"ldots", "…"}, {"dots", "…"}, {"cdots", "⋯"},
      {"vdots", "⋮"}, {"ddots", "⋱"}, {"prime", "′"}, {"degree", "°"}, {"hbar", "ℏ"}, {"ell", "ℓ"},
      {"Re", "ℜ"}, {"Im", "ℑ"}, {"aleph", "ℵ"}, {"langle", "⟨"}, {"rangle", "⟩"}, {"lfloor", "⌊"},
      {"rfloor", "⌋"}, {"lceil", "⌈"}, {"rceil", "⌉"}, {"lvert", "|"}, {"rvert", "|"}, {"vert", "|"},
      {"Vert", "‖"}, {"lVert", "‖"}, {"rVert", "‖"}, {"backslash", "\\"}, {"dagger", "†"}, {"colon", ":"},
      // Names of functions.
      {"sin", "sin"}, {"cos", "cos"}, {"tan", "tan"}, {"cot", "cot"}, {"sec", "sec"}, {"csc", "csc"},
      {"arcsin", "arcsin"}, {"arccos", "arccos"}, {"arctan", "arctan"}, {"sinh", "sinh"}, {"cosh", "cosh"},
      {"tanh", "tanh"}, {"log", "log"}, {"ln", "ln"}, {"lg", "lg"}, {"exp", "exp"}, {"lim", "lim"}, {"limsup", "lim sup"},
      {"liminf", "lim inf"}, {"nonumber", ""}, {"notag", ""},
      {"max", "max"}, {"min", "min"}, {"sup", "sup"}, {"inf", "inf"}, {"gcd", "gcd"}, {"lcm", "lcm"},
      {"det", "det"}, {"dim", "dim"}, {"ker", "ker"}, {"deg", "deg"}, {"arg", "arg"}, {"Pr", "Pr"},
      {"mod", "mod"},
      // Blanks and characters with a meaning of their own.
      {",", " "}, {";", " "}, {":", " "}, {" ", " "}, {"!", ""}, {"quad", "  "}, {"qquad", "    "},
      {"{", "{"}, {"}", "}"}, {"%", "%"}, {"$", "$"}, {"&", "&"}, {"#", "#"}, {"_", "_"}, {"|", "‖"},
      // What only lays out.
      {"left", ""}, {"right", ""}, {"big", ""}, {"Big", ""}, {"bigg", ""}, {"Bigg", ""}, {"bigl", ""},
      {"bigr", ""}, {"Bigl", ""}, {"Bigr", ""}, {"biggl", ""}, {"biggr", ""}, {"displaystyle", ""},
      {"textstyle", ""}, {"limits", ""}, {"nolimits", ""}, {"hfill", " "},
  };
  return table;
}

const SymbolTable& raised_forms() {
  static const SymbolTable table{
      {"0", "⁰"}, {"1", "¹"}, {"2", "²"}, {"3", "³"}, {"4", "⁴"}, {"5", "⁵"}, {"6", "⁶"}, {"7", "⁷"},
      {"8", "⁸"}, {"9", "⁹"}, {"+", "⁺"}, {"-", "⁻"}, {"=", "⁼"}, {"(", "⁽"}, {")", "⁾"}, {"n", "ⁿ"},
      {"i", "ⁱ"}, {"k", "ᵏ"}, {"m", "ᵐ"}, {"x", "ˣ"}, {"T", "ᵀ"}, {"∘", "°"}, {"′", "′"}, {" ", ""},
  };
  return table;
}

const SymbolTable& lowered_forms() {
  static const SymbolTable table{
      {"0", "₀"}, {"1", "₁"}, {"2", "₂"}, {"3", "₃"}, {"4", "₄"}, {"5", "₅"}, {"6", "₆"}, {"7", "₇"},
      {"8", "₈"}, {"9", "₉"}, {"+", "₊"}, {"-", "₋"}, {"=", "₌"}, {"(", "₍"}, {")", "₎"}, {"a", "ₐ"},
      {"e", "ₑ"}, {"h", "ₕ"}, {"i", "ᵢ"}, {"j", "ⱼ"}, {"k", "ₖ"}, {"l", "ₗ"}, {"m", "ₘ"}, {"n", "ₙ"},
      {"o", "ₒ"}, {"p", "ₚ"}, {"r", "ᵣ"}, {"s", "ₛ"}, {"t", "ₜ"}, {"u", "ᵤ"}, {"v", "ᵥ"}, {"x", "ₓ"},
      {" ", ""},
  };
  return table;
}
// clang-format on

size_t character_length(std::string_view text) {
  size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
  return length;
}

std::optional<std::string> put_through(const SymbolTable& table, std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t length = character_length(text);
    const auto found = table.find(text.substr(0, length));
    if (found == table.end()) return std::nullopt;
    result += found->second;
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace

std::optional<std::string_view> latex_symbol(std::string_view name) {
  const auto found = symbols().find(name);
  return found == symbols().end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> raised(std::string_view text) { return put_through(raised_forms(), text); }
std::optional<std::string> lowered(std::string_view text) { return put_through(lowered_forms(), text); }

}  // namespace reckon::cli
