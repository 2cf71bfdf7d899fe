#include "text/jinja/lexer.hpp"

#include <algorithm>

#include "text/jinja/code_points.hpp"
#include "text/jinja/literals.hpp"

namespace reckon::text::jinja {
namespace {

constexpr size_t npos = std::string_view::npos;
constexpr size_t longest_name = 1000;  // bytes: names are copied and compared at the price of a step

// Every line end as \n, and without the last one.
std::string normalize(std::string_view source) {
  std::string out = normalize_newlines(source);
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) text_and_tag();
    add(TokenType::end);
    return std::move(tokens_);
  }

 private:
  bool looking_at(std::string_view text, size_t at) const { return source_.substr(at, text.size()) == text; }
  size_t skip_space(size_t at) const { return at + leading_space(source_.substr(at)); }
  [[noreturn]] void fail(const std::string& message) const { throw SyntaxFailure(line_, message); }

  void add(TokenType type, std::string text = {}) { tokens_.push_back(Token{type, line_, std::move(text)}); }

  void move_to(size_t end) {
    line_ += static_cast<uint32_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_),
                                              source_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    at_ = end;
  }

  size_t find_tag(size_t from) const {
    for (size_t at = source_.find('{', from); at != npos; at = source_.find('{', at + 1)) {
      if (at + 1 < source_.size() && std::string_view("{%#").find(source_[at + 1]) != npos) return at;
    }
    return source_.size();
  }

  char sign_at(size_t at) const {
    return at < source_.size() && (source_[at] == '-' || source_[at] == '+') ? source_[at] : '\0';
  }

  // Data up to `end`, trimmed for the tag that follows: its minus takes all white space, and a block or
  // comment alone on its line takes the indentation before it.
  void add_data(size_t end, char sign, bool strips_line) {
    std::string_view text = source_.substr(at_, end - at_);
    if (sign == '-') {
      text = strip_trailing_space(text);
    } else if (sign == '\0' && strips_line) {
      const size_t newline = text.rfind('\n');
      const size_t line_start = newline == npos ? 0 : newline + 1;
      const bool starts_line = newline != npos || at_ == 0 || source_[at_ - 1] == '\n';
      const std::string_view indentation = text.substr(line_start);
      if (starts_line && leading_space(indentation) == indentation.size()) text = text.substr(0, line_start);
    }
    if (!text.empty()) add(TokenType::data, std::string(text));
    move_to(end);
  }

  void text_and_tag() {
    const size_t tag = find_tag(at_);
    if (tag == source_.size()) {
      add_data(tag, '+', false);
      return;
    }
    const char kind = source_[tag + 1];
    const char sign = sign_at(tag + 2);
    add_data(tag, sign, kind != '{');
    const size_t inside = tag + (sign != '\0' ? 3 : 2);
    if (kind == '#') return comment(inside);
    if (kind == '%') {
      if (const size_t raw_end = raw_tag_end(inside); raw_end != npos) return raw(raw_end);
    }
    add(kind == '{' ? TokenType::variable_begin : TokenType::block_begin);
    move_to(inside);
    expression(kind == '{');
  }

  // Where the text after a tag's closing mark at `mark` goes on; `sign` is what precedes the mark.
  size_t after_tag(size_t mark, char sign, bool trims_newline) const {
    const size_t end = mark + 2;
    if (sign == '-') return skip_space(end);
    return trims_newline && sign == '\0' && end < source_.size() && source_[end] == '\n' ? end + 1 : end;
  }

  void comment(size_t start) {
    const size_t mark = source_.find("#}", start);
    if (mark == npos) fail("a comment is not closed");
    move_to(after_tag(mark, mark > start ? sign_at(mark - 1) : '\0', true));
  }

  size_t raw_tag_end(size_t at) const {
    at = skip_space(at);
    if (!looking_at("raw", at)) return npos;
    at = skip_space(at + 3);
    if (looking_at("-%}", at)) return skip_space(at + 3);
    return looking_at("%}", at) ? at + 2 : npos;
  }

  void raw(size_t start) {
    move_to(start);
    for (size_t tag = source_.find("{%", start); tag != npos; tag = source_.find("{%", tag + 1)) {
      const char sign = sign_at(tag + 2);
      size_t at = skip_space(tag + (sign != '\0' ? 3 : 2));
      if (!looking_at("endraw", at)) continue;
      at = skip_space(at + 6);
      const char closing = sign_at(at);
      const size_t mark = at + (closing != '\0' ? 1 : 0);
      if (!looking_at("%}", mark)) continue;
      add_data(tag, sign, true);
      return move_to(after_tag(mark, closing, true));
    }
    fail("a raw block is not closed");
  }

  bool end_of_tag(bool variable) {
    if (!open_.empty()) return false;
    const char sign = sign_at(at_);
    const size_t mark = at_ + (sign != '\0' ? 1 : 0);
    if (!looking_at(variable ? "}}" : "%}", mark) || (variable && sign == '+')) return false;
    add(variable ? TokenType::variable_end : TokenType::block_end);
    move_to(after_tag(mark, sign, !variable));
    return true;
  }

  void expression(bool variable) {
    while (at_ < source_.size()) {
      if (end_of_tag(variable)) return;
      const CodePoint point = decode_at(source_, at_);
      if (is_space(point.value)) {
        move_to(skip_space(at_));
      } else if (point.value >= '0' && point.value <= '9') {
        number();
      } else if (is_identifier_start(point.value)) {
        name();
      } else if (point.value == '\'' || point.value == '"') {
        string();
      } else {
        symbol();
      }
    }
    if (!open_.empty()) fail(std::string("a '") + open_.back() + "' is missing");
  }

  void name() {
    size_t end = at_;
    while (end < source_.size() && is_identifier_part(decode_at(source_, end).value)) {
      end += decode_at(source_, end).size;
    }
    if (end - at_ > longest_name) {
      fail("a name of " + std::to_string(end - at_) + " bytes; expected at most " +
           std::to_string(longest_name));
    }
    add(TokenType::name, std::string(source_.substr(at_, end - at_)));
    move_to(end);
  }

  void number() {
    const bool after_dot = at_ > 0 && source_[at_ - 1] == '.';
    const size_t float_end = after_dot ? npos : find_float_end(source_, at_);
    const size_t end = float_end != npos ? float_end : find_integer_end(source_, at_);
    add(float_end != npos ? TokenType::floating : TokenType::integer);
    Token& token = tokens_.back();
    const std::string_view digits = source_.substr(at_, end - at_);
    if (float_end != npos) {
      token.floating = parse_float_literal(digits);
    } else if (!parse_integer_literal(digits, token.integer)) {
      fail("an integer is larger than 127 bits");
    }
    move_to(end);
  }

  void string() {
    const char quote = source_[at_];
    size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote) end += source_[end] == '\\' ? 2 : 1;
    if (end >= source_.size()) fail("a string is not closed");
    std::string error;
    add(TokenType::string, unescape(source_.substr(at_ + 1, end - at_ - 1), error));
    if (!error.empty()) fail(error);
    move_to(end + 1);
  }

  void symbol() {
    static constexpr std::string_view symbols[] = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/",
                                                   "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                                   ">",  "<",  "=",  ".",  ":",  "|",  ",", ";"};
    const auto* found = std::find_if(std::begin(symbols), std::end(symbols),
                                     [this](std::string_view symbol) { return looking_at(symbol, at_); });
    if (found == std::end(symbols)) {
      fail("unexpected character '" + std::string(source_.substr(at_, decode_at(source_, at_).size)) + "'");
    }
    balance((*found)[0]);
    add(TokenType::symbol, std::string(*found));
    move_to(at_ + found->size());
  }

  void balance(char c) {
    if (c == '{') open_ += '}';
    if (c == '(') open_ += ')';
    if (c == '[') open_ += ']';
    if (c != '}' && c != ')' && c != ']') return;
    if (open_.empty() || open_.back() != c) fail(std::string("unexpected '") + c + "'");
    open_.pop_back();
  }

  std::string_view source_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  std::string open_;  // closing brackets that are due, the next one last
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) {
  if (!is_valid_utf8(source)) throw SyntaxFailure(1, "the template is not valid UTF-8");
  const std::string normalized = normalize(source);
  return Lexer(normalized).run();
}

std::string describe(const Token& token) {
  switch (token.type) {
    case TokenType::data: return "text";
    case TokenType::variable_begin: return "'{{'";
    case TokenType::variable_end: return "'}}'";
    case TokenType::block_begin: return "'{%'";
    case TokenType::block_end: return "'%}'";
    case TokenType::string: return "a string";
    case TokenType::integer:
    case TokenType::floating: return "a number";
    case TokenType::end: return "the end of the template";
    default: return "'" + token.text + "'";
  }
}

}  // namespace reckon::text::jinja
