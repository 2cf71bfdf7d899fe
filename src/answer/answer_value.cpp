#include "answer/answer_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "text/ascii.hpp"

namespace reckon::answer {
namespace {

// Reduced; the denominator is positive, neither is the least int64_t.
struct Rational {
  int64_t numerator = 0;
  int64_t denominator = 1;
};

std::optional<Rational> product(const Rational& a, const Rational& b) {
  if (a.numerator == 0 || b.numerator == 0) return Rational{};
  const int64_t g = std::gcd(a.numerator, b.denominator), h = std::gcd(b.numerator, a.denominator);
  Rational r;
  if (__builtin_mul_overflow(a.numerator / g, b.numerator / h, &r.numerator) ||
      __builtin_mul_overflow(a.denominator / h, b.denominator / g, &r.denominator) ||
      r.numerator == std::numeric_limits<int64_t>::min()) {
    return std::nullopt;
  }
  return r;
}

std::optional<Rational> inverse(const Rational& a) {
  if (a.numerator == 0) return std::nullopt;
  return a.numerator < 0 ? Rational{-a.denominator, -a.numerator} : Rational{a.denominator, a.numerator};
}

std::optional<Rational> sum(const Rational& a, const Rational& b) {
  int64_t left = 0, right = 0, top = 0, bottom = 0;
  if (__builtin_mul_overflow(a.numerator, b.denominator, &left) ||
      __builtin_mul_overflow(b.numerator, a.denominator, &right) ||
      __builtin_add_overflow(left, right, &top) ||
      __builtin_mul_overflow(a.denominator, b.denominator, &bottom) ||
      top == std::numeric_limits<int64_t>::min()) {
    return std::nullopt;
  }
  const int64_t g = std::gcd(top, bottom);
  return Rational{top / g, bottom / g};
}

std::optional<Rational> power(const Rational& base, int64_t exponent) {
  constexpr int64_t kMost = 64;  // nothing but 0 and 1 fits beyond it
  if (std::abs(exponent) > kMost) return std::nullopt;
  const std::optional<Rational> factor = exponent < 0 ? inverse(base) : base;
  std::optional<Rational> r = Rational{1, 1};
  for (int64_t i = 0; i < std::abs(exponent) && r && factor; i++) r = product(*r, *factor);
  return factor ? r : std::nullopt;
}

// digits * 10^exponent; digits have no zeros at either end and are empty for 0.
struct Decimal {
  std::string digits;
  int64_t exponent = 0;
};

std::optional<Rational> exact(const Decimal& d) {
  constexpr size_t kMostDigits = 18;
  if (d.digits.size() > kMostDigits) return std::nullopt;
  int64_t digits = 0;
  for (char c : d.digits) digits = digits * 10 + (c - '0');
  const std::optional<Rational> scale = power({10, 1}, d.exponent);
  return scale ? product({digits, 1}, *scale) : std::nullopt;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<std::string> canonical();

 private:
  std::optional<Rational> quotient(int depth);
  std::optional<Rational> factor(int depth);
  std::optional<Rational> primary(int depth);
  std::optional<Rational> with_fraction(const Rational& whole);
  std::optional<Decimal> decimal();
  void fraction_digits(Decimal& number);
  bool scale(Decimal& number);
  std::optional<int64_t> integer();
  std::optional<int64_t> exponent();
  bool take(char c);
  bool take(std::string_view word);
  bool sign();
  bool at_end() const { return at_ == text_.size(); }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  size_t at_ = 0;
};

bool Parser::take(char c) {
  if (next() != c || at_end()) return false;
  at_++;
  return true;
}

bool Parser::take(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

// True for a minus.
bool Parser::sign() {
  if (take('+')) return false;
  return take('-');
}

std::optional<std::string> Parser::canonical() {
  const bool negative = sign();
  const size_t begin = at_;
  if (std::optional<Rational> value = quotient(0); value && at_end()) {
    if (negative) value->numerator = -value->numerator;
    return value->denominator == 1 ? std::to_string(value->numerator)
                                   : fmt::format("{}/{}", value->numerator, value->denominator);
  }
  at_ = begin;
  const std::optional<Decimal> number = decimal();
  if (!number || !at_end()) return std::nullopt;
  return fmt::format("{}{}{}", negative ? "-" : "", number->digits,
                     number->exponent == 0 ? "" : fmt::format("e{}", number->exponent));
}

std::optional<Rational> Parser::quotient(int depth) {
  std::optional<Rational> value = factor(depth);
  while (value && (next() == '*' || next() == '/')) {
    const bool divides = take('/');
    if (!divides) take('*');
    std::optional<Rational> other = factor(depth);
    if (other && divides) other = inverse(*other);
    if (!other) return std::nullopt;
    value = product(*value, *other);
  }
  return value;
}

std::optional<Rational> Parser::factor(int depth) {
  const std::optional<Rational> base = primary(depth);
  if (!base || !take('^')) return base;
  const std::optional<int64_t> raised = exponent();
  return raised ? power(*base, *raised) : std::nullopt;
}

std::optional<Rational> Parser::primary(int depth) {
  constexpr int kDeepest = 8;
  if (take('(')) {
    if (depth == kDeepest) return std::nullopt;
    const bool negative = sign();
    std::optional<Rational> inner = quotient(depth + 1);
    if (!inner || !take(')')) return std::nullopt;
    if (negative) inner->numerator = -inner->numerator;
    return inner;
  }
  const std::optional<Decimal> number = decimal();
  const std::optional<Rational> value = number ? exact(*number) : std::nullopt;
  if (!value || (next() != ' ' && next() != '(')) return value;
  return with_fraction(*value);
}

// "1 1/2" and "1(1/2)" are one and a half.
std::optional<Rational> Parser::with_fraction(const Rational& whole) {
  const bool bracket = next() == '(';
  at_++;
  const std::optional<int64_t> numerator = integer();
  if (!numerator || !take('/')) return std::nullopt;
  const std::optional<int64_t> denominator = integer();
  const bool proper = denominator && *numerator > 0 && *numerator < *denominator && whole.denominator == 1;
  if (!proper || (bracket && !take(')'))) return std::nullopt;
  const std::optional<Rational> part = product({*numerator, 1}, {1, *denominator});
  return part ? sum(whole, *part) : std::nullopt;
}

std::optional<Decimal> Parser::decimal() {
  Decimal number;
  const size_t begin = at_;
  while (text::is_digit(next())) at_++;
  number.digits = text_.substr(begin, at_ - begin);
  fraction_digits(number);
  if (number.digits.empty() || !scale(number)) return std::nullopt;
  number.digits.erase(0, std::min(number.digits.find_first_not_of('0'), number.digits.size()));
  while (number.digits.ends_with('0')) {
    number.digits.pop_back();
    number.exponent++;
  }
  if (number.digits.empty()) number.exponent = 0;
  return number;
}

void Parser::fraction_digits(Decimal& number) {
  if (next() != '.') return;
  const size_t begin = at_ + 1;
  size_t end = begin;
  while (end < text_.size() && text::is_digit(text_[end])) end++;
  number.digits += text_.substr(begin, end - begin);
  number.exponent -= static_cast<int64_t>(end - begin);
  at_ = end;
}

// e3 and *10^3 behind a number. False if the exponent is none.
bool Parser::scale(Decimal& number) {
  if (next() == 'e') {
    at_++;
  } else if (!take("*10^")) {
    return true;
  }
  const std::optional<int64_t> by = exponent();
  if (by) number.exponent += *by;
  return by.has_value();
}

std::optional<int64_t> Parser::integer() {
  constexpr size_t kMostDigits = 9;  // of what counts and of exponents
  const size_t begin = at_;
  int64_t value = 0;
  while (text::is_digit(next()) && at_ - begin < kMostDigits) value = value * 10 + (text_[at_++] - '0');
  if (at_ == begin || text::is_digit(next())) return std::nullopt;
  return value;
}

std::optional<int64_t> Parser::exponent() {
  const bool bracket = take('(');
  const bool negative = sign();
  const std::optional<int64_t> value = integer();
  if (!value || (bracket && !take(')'))) return std::nullopt;
  return negative ? -*value : *value;
}

}  // namespace

std::optional<std::string> answer_value(std::string_view text) { return Parser(text).canonical(); }

}  // namespace reckon::answer
