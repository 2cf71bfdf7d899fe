#include "answer/brackets.hpp"

#include <algorithm>
#include <vector>

#include "text/ascii.hpp"

namespace reckon::answer {
namespace {

constexpr char kErased = '\x03';

// A bracket behind or in front of an operand means a product or an argument: 2(3), f(x), (2)3.
bool begins_operand(char c) {
  return text::is_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80 || c == '.' ||
         c == '\\' || c == '(' || c == '[' || c == '{';
}
bool ends_operand(char c) {
  return text::is_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80 || c == '.' ||
         c == ')' || c == ']' || c == '}';
}
bool is_one_of(char c, std::string_view set) { return c == '\0' || set.find(c) != std::string_view::npos; }

class Simplifier {
 public:
  explicit Simplifier(std::string_view text) : out_(text) {}
  std::string run();

 private:
  // What is known of the text since a bracket was opened, at its own level and in what was merged into it.
  struct Level {
    size_t open = 0;
    char before = '\0';  // what precedes it but for spaces; 0: nothing
    size_t n_chars = 0;
    bool digits = true;  // nothing but those and points
    bool list = false;   // a comma
    bool sum = false;    // a plus or minus
    bool relation = false;
  };

  void character(char c);
  void close(size_t at);
  bool redundant(const Level& level, char after) const;
  char after(size_t at) const;
  static void merge(Level& outer, const Level& inner);

  std::string out_;
  std::vector<Level> levels_{Level{}};
  char last_ = '\0';
};

std::string Simplifier::run() {
  for (size_t at = 0; at < out_.size(); at++) {
    const char c = out_[at];
    if (c == ' ') continue;
    if (c == '(' || c == '[' || c == '{') {
      levels_.push_back({.open = at, .before = last_});
    } else if (c == ')' || c == ']' || c == '}') {
      close(at);
    } else {
      character(c);
    }
    last_ = c;
  }
  std::erase(out_, kErased);
  return std::move(out_);
}

void Simplifier::character(char c) {
  Level& level = levels_.back();
  const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;  // a byte of the same character
  if (!continues) level.n_chars++;
  level.digits &= text::is_digit(c) || c == '.';
  level.list |= c == ',';
  level.sum |= c == '+' || c == '-';
  level.relation |= c == '=' || c == '<' || c == '>';
}

void Simplifier::close(size_t at) {
  Level& top = levels_.back();
  if (levels_.size() == 1) {
    top.digits = false;
    top.n_chars++;
    return;
  }
  const Level level = top;
  levels_.pop_back();
  Level& outer = levels_.back();
  const bool round = out_[level.open] == '(' && out_[at] == ')';
  if (round && level.n_chars > 0 && redundant(level, after(at))) {
    out_[level.open] = out_[at] = kErased;
    return merge(outer, level);
  }
  if (level.list) {
    if (out_[level.open] == '(') out_[level.open] = kListBegin;
    if (out_[at] == ')') out_[at] = kListEnd;
  }
  outer.n_chars += level.n_chars + 2;
  outer.digits = false;
}

void Simplifier::merge(Level& outer, const Level& inner) {
  outer.n_chars += inner.n_chars;
  outer.digits &= inner.digits;
  outer.list |= inner.list;
  outer.sum |= inner.sum;
  outer.relation |= inner.relation;
}

bool Simplifier::redundant(const Level& level, char after) const {
  const char before = level.before;
  if (before == '(' && after == ')') return true;  // ((...))
  if (level.list) return false;
  if (before == '\0' && after == '\0') return true;
  if (level.digits || level.n_chars == 1) {
    if (before == '^' || before == '_') return !text::is_digit(after) && after != '.';
    if (!ends_operand(before) && !begins_operand(after)) return true;
  }
  return !level.sum && !level.relation && is_one_of(before, "+-=,([{<>") && is_one_of(after, "+-*/=,)]}<>");
}

// Spaces come one by one.
char Simplifier::after(size_t at) const {
  if (at + 1 < out_.size() && out_[at + 1] == ' ') at++;
  return at + 1 < out_.size() ? out_[at + 1] : '\0';
}

}  // namespace

std::string simplified_brackets(std::string_view text) { return Simplifier(text).run(); }

}  // namespace reckon::answer
