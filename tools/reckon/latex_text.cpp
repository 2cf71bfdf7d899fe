#include "latex_text.hpp"

#include <array>
#include <unordered_map>

#include "ascii.hpp"
#include "latex_symbols.hpp"

namespace reckon::cli {
namespace {

constexpr int kDeepest = 24;  // groups within groups

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool one_character(std::string_view text) {
  size_t starts = 0;
  for (const char c : text) starts += is_continuation(c) ? 0 : 1;
  return starts == 1;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") + 1 - begin);
}

// Does `text` read as one thing above a fraction's line, or below it, where 1/2x would mislead?
bool reads_as_one(std::string_view text, bool below) {
  if (one_character(text)) return true;
  for (const char c : text) {
    const bool number = (c >= '0' && c <= '9') || c == '.';
    const bool word = is_letter(c) || is_continuation(c) || static_cast<unsigned char>(c) >= 0x80;
    if (!number && (below || !word)) return false;
  }
  return true;
}

std::string in_parentheses_unless(bool bare, std::string_view text) {
  return bare ? std::string(text) : "(" + std::string(text) + ")";
}

std::string script(char mark, const std::string& argument) {
  const std::string_view text = trimmed(argument);
  if (const auto form = mark == '^' ? raised(text) : lowered(text)) return *form;
  return mark + in_parentheses_unless(one_character(text), text);
}

using Arguments = std::array<std::string, 2>;

std::string fraction(const Arguments& of) {
  const std::string_view above = trimmed(of[0]);
  const std::string_view below = trimmed(of[1]);
  return in_parentheses_unless(reads_as_one(above, false), above) + "/" +
         in_parentheses_unless(reads_as_one(below, true), below);
}

std::string with_mark(const Arguments& of, const char* mark, const char* name) {
  return one_character(of[0]) ? of[0] + mark : std::string(name) + "(" + of[0] + ")";
}

struct CommandForm {
  int arguments;
  std::string (*text)(const Arguments& of);
};

std::string content(const Arguments& of) { return of[0]; }

std::string boxed(const Arguments& of) { return "[ " + std::string(trimmed(of[0])) + " ]"; }

const CommandForm* find_form(std::string_view name) {
  static const std::unordered_map<std::string_view, CommandForm> forms{
      {"boxed", {1, boxed}},
      {"fbox", {1, boxed}},
      {"frac", {2, fraction}},
      {"dfrac", {2, fraction}},
      {"tfrac", {2, fraction}},
      {"cfrac", {2, fraction}},
      {"binom", {2, [](const Arguments& of) { return "C(" + of[0] + ", " + of[1] + ")"; }}},
      {"pmod", {1, [](const Arguments& of) { return "(mod " + of[0] + ")"; }}},
      {"overline", {1, [](const Arguments& of) { return with_mark(of, "\u0305", "overline"); }}},
      {"bar", {1, [](const Arguments& of) { return with_mark(of, "\u0304", "bar"); }}},
      {"hat", {1, [](const Arguments& of) { return with_mark(of, "\u0302", "hat"); }}},
      {"vec", {1, [](const Arguments& of) { return with_mark(of, "\u20d7", "vec"); }}},
      {"tag", {1, [](const Arguments& of) { return " (" + of[0] + ")"; }}},
      {"label", {1, [](const Arguments&) { return std::string(); }}},
      {"text", {1, content}},
      {"textbf", {1, content}},
      {"textit", {1, content}},
      {"textrm", {1, content}},
      {"mbox", {1, content}},
      {"mathrm", {1, content}},
      {"mathbf", {1, content}},
      {"mathit", {1, content}},
      {"mathsf", {1, content}},
      {"mathcal", {1, content}},
      {"boldsymbol", {1, content}},
      {"operatorname", {1, content}},
      {"mathbb",
       {1,
        [](const Arguments& of) -> std::string {
          static const std::unordered_map<std::string_view, const char*> sets{
              {"N", "ℕ"}, {"Z", "ℤ"}, {"Q", "ℚ"}, {"R", "ℝ"}, {"C", "ℂ"}, {"P", "ℙ"}};
          const auto found = sets.find(of[0]);
          return found == sets.end() ? of[0] : found->second;
        }}},
  };
  const auto found = forms.find(name);
  return found == forms.end() ? nullptr : &found->second;
}

// What stands for \begin and \end of an environment, and between its rows.
struct Environment {
  const char* begin;
  const char* end;
  const char* row;
};

const Environment* find_environment(std::string_view name) {
  static constexpr Environment kLines{"", "", "\n"};
  static const std::unordered_map<std::string_view, Environment> environments{
      {"aligned", kLines},
      {"align", kLines},
      {"align*", kLines},
      {"gather", kLines},
      {"gather*", kLines},
      {"gathered", kLines},
      {"equation", kLines},
      {"equation*", kLines},
      {"split", kLines},
      {"multline", kLines},
      {"eqnarray", kLines},
      {"eqnarray*", kLines},
      {"multline*", kLines},
      {"cases", {"{ ", "", "; "}},
      {"matrix", {"", "", "; "}},
      {"pmatrix", {"(", ")", "; "}},
      {"bmatrix", {"[", "]", "; "}},
      {"vmatrix", {"|", "|", "; "}},
  };
  const auto found = environments.find(name);
  return found == environments.end() ? nullptr : &found->second;
}

// Reads the source once, from the left.
class Converter {
 public:
  explicit Converter(std::string_view source) : source_(source) {}

  // Up to the brace that closes the group, or to the end.
  std::string sequence(bool in_group);
  bool at_end() const { return at_ >= source_.size(); }

 private:
  std::string item();
  std::string group();
  std::string command();
  std::string_view command_name();
  std::string environment(bool begins, size_t start);
  std::string root(size_t start);
  std::optional<std::string> argument();
  void skip_blanks();
  void skip_spacing();
  std::string character();
  std::string written_since(size_t start) const { return std::string(source_.substr(start, at_ - start)); }

  std::string_view source_;
  size_t at_ = 0;
  int depth_ = 0;
  const char* row_ = "\n";  // what \\ stands for
};

std::string Converter::sequence(bool in_group) {
  std::string text;
  while (!at_end() && !(in_group && source_[at_] == '}')) text += item();
  return text;
}

// "[6pt]" behind a row.
void Converter::skip_spacing() {
  if (at_end() || source_[at_] != '[') return;
  const size_t end = source_.substr(0, at_ + 16).find(']', at_);
  if (end != std::string_view::npos && is_digit(source_[at_ + 1])) at_ = end + 1;
}

std::string Converter::character() {
  const size_t start = at_++;
  while (!at_end() && is_continuation(source_[at_])) ++at_;
  return written_since(start);
}

void Converter::skip_blanks() {
  while (!at_end() && (source_[at_] == ' ' || source_[at_] == '\n' || source_[at_] == '\t')) ++at_;
}

std::string Converter::item() {
  const char c = source_[at_];
  if (c == '\\') return command();
  if (c == '{') return group();
  if (c == '^' || c == '_') {
    ++at_;
    const auto what = argument();
    return what ? script(c, *what) : std::string(1, c);
  }
  if (c == ' ' || c == '\n' || c == '\t') {
    skip_blanks();
    return " ";
  }
  if (c == '&' || c == '~') {
    ++at_;
    return c == '~' ? " " : "";
  }
  return character();
}

// A group that has no end, or lies too deep, keeps its brace.
std::string Converter::group() {
  ++at_;
  if (depth_ >= kDeepest) return "{";
  ++depth_;
  std::string inside = sequence(true);
  --depth_;
  if (at_end()) return "{" + inside;
  ++at_;
  return inside;
}

// What follows a command, ^ or _: a group, a command or a character.
std::optional<std::string> Converter::argument() {
  skip_blanks();
  if (at_end() || source_[at_] == '}' || source_[at_] == '&') return std::nullopt;
  if (source_[at_] == '^' || source_[at_] == '_') return std::nullopt;
  if (depth_ >= kDeepest) return std::nullopt;
  ++depth_;
  std::string text = item();
  --depth_;
  return text;
}

std::string_view Converter::command_name() {
  const size_t start = ++at_;
  if (at_end()) return {};
  if (!is_letter(source_[at_])) return source_.substr(start, character().size());
  while (!at_end() && is_letter(source_[at_])) ++at_;
  return source_.substr(start, at_ - start);
}

std::string Converter::command() {
  const size_t start = at_;
  const std::string_view name = command_name();
  if (name == "\\") {
    skip_spacing();
    skip_blanks();
    return row_;
  }
  if (name == "sqrt") return root(start);
  if (name == "begin" || name == "end") return environment(name == "begin", start);
  if (name == "left" || name == "right") {
    if (!at_end() && source_[at_] == '.') ++at_;  // an invisible delimiter
    return "";
  }
  // "x\\to 0" has no blank in it, "x \\to 0" was written with air around the arrow.
  if (name == "to" && start > 0 && source_[start - 1] != ' ') skip_blanks();
  if (const auto symbol = latex_symbol(name)) return std::string(*symbol);
  const CommandForm* form = find_form(name);
  if (form == nullptr) return written_since(start);
  Arguments arguments;
  for (int i = 0; i < form->arguments; ++i) {
    auto text = argument();
    if (!text) return written_since(start);
    arguments[static_cast<size_t>(i)] = std::move(*text);
  }
  return form->text(arguments);
}

std::string Converter::root(size_t start) {
  std::string sign = "√";
  if (!at_end() && source_[at_] == '[') {
    const size_t end = source_.substr(0, at_ + 16).find(']', at_);  // a degree is short
    if (end == std::string_view::npos) return written_since(start);
    const std::string degree(trimmed(source_.substr(at_ + 1, end - at_ - 1)));
    at_ = end + 1;
    const auto form = raised(degree);
    sign = degree == "3" ? "∛" : degree == "4" ? "∜" : form ? *form + "√" : "(" + degree + ")√";
  }
  const auto under = argument();
  return under ? sign + in_parentheses_unless(reads_as_one(*under, true), *under) : written_since(start);
}

std::string Converter::environment(bool begins, size_t start) {
  const size_t end = at_ < source_.size() && source_[at_] == '{' ? source_.substr(0, at_ + 16).find('}', at_)
                                                                 : std::string_view::npos;
  if (end == std::string_view::npos) return written_since(start);
  const Environment* known = find_environment(source_.substr(at_ + 1, end - at_ - 1));
  at_ = end + 1;
  if (known == nullptr) return written_since(start);
  row_ = begins ? known->row : "\n";
  if (begins) skip_blanks();
  return begins ? known->begin : known->end;
}

}  // namespace

std::string latex_text(std::string_view source) { return Converter(trimmed(source)).sequence(false); }

std::optional<int> latex_arguments(std::string_view name) {
  if (name == "sqrt") return 1;
  if (const CommandForm* form = find_form(name)) return form->arguments;
  // Symbols of letters only: "\," or "\_" in a text may mean something else.
  if (!name.empty() && is_letter(name[0]) && latex_symbol(name)) return 0;
  return std::nullopt;
}

}  // namespace reckon::cli
