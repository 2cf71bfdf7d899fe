// Filters that make numbers.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "text/jinja/builtins.hpp"
#include "text/jinja/code_points.hpp"
#include "text/jinja/literals.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/params.hpp"
#include "text/jinja/text_ops.hpp"

namespace reckon::text::jinja {
namespace {

using Arguments = CallArguments&;

// Digits with single underscores between them, as Python's int() and float() take; empty when malformed.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits += text[i];
      continue;
    }
    const auto alphanumeric = [&](size_t at) {
      return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
    };
    if (i == 0 || !alphanumeric(i - 1) || !alphanumeric(i + 1)) return std::nullopt;
  }
  return digits;
}

// int(text, base): empty when the text is no integer.
std::optional<Integer> parse_integer(std::string_view text, Integer base) {
  text = strip(text, nullptr, Side::both);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const char marker = text.size() > 1 && text[0] == '0' ? static_cast<char>(text[1] | 0x20) : '\0';
  const Integer marked = marker == 'x' ? 16 : marker == 'o' ? 8 : marker == 'b' ? 2 : 0;
  if (marked != 0 && (base == 0 || base == marked)) {
    text.remove_prefix(2);
    if (!text.empty() && text[0] == '_') text.remove_prefix(1);
    base = marked;
  }
  const bool plain_zero_only = base == 0 && text.size() > 1 && text[0] == '0';
  if (base == 0) base = 10;
  const auto digits = without_underscores(text);
  if (!digits || digits->empty()) return std::nullopt;
  Integer value = 0;
  for (const char c : *digits) {
    const Integer digit = digit_value(c);
    if (digit >= base) return std::nullopt;
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value)) {
      throw Failure("integer overflow: more than 127 bits");
    }
  }
  if (plain_zero_only && value != 0) return std::nullopt;
  return negative ? -value : value;
}

std::optional<double> parse_float(std::string_view text) {
  text = strip(text, nullptr, Side::both);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const auto digits = without_underscores(text);
  if (!digits || digits->empty()) return std::nullopt;
  if (digits->find_first_of("xXpP(") != std::string::npos || (*digits)[0] == '-') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), value);
  if (end != digits->data() + digits->size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {  // too large or too small: the exponent's sign tells
    const size_t e = digits->find_first_of("eE");
    const bool tiny = e != std::string::npos && digits->find('-', e) != std::string::npos;
    value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
  } else if (error != std::errc()) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

Integer truncate_to_integer(double value) {
  if (!(std::fabs(value) < 1.7e38)) throw Failure("the number is too large for an integer");
  return static_cast<Integer>(value);
}

Value to_int(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("int", arguments, {"default", "base"});
  Value otherwise = params.get(0) != nullptr ? *params.get(0) : Value::integer(0);
  if (subject.is(Kind::undefined)) throw Failure(subject.undefined_reason());
  if (subject.is_integral()) return Value::integer(subject.as_integer());
  if (subject.is(Kind::floating)) {
    const double number = subject.as_floating();
    if (std::isnan(number)) return otherwise;
    if (std::isinf(number)) throw Failure("infinity can't become an integer");
    return Value::integer(truncate_to_integer(number));
  }
  if (!subject.is(Kind::text)) return otherwise;
  runtime.step(1 + subject.view().size() / 8);
  const Integer base = params.integer(1, 10);
  if (base == 0 || (base >= 2 && base <= 36)) {
    if (const auto value = parse_integer(subject.view(), base)) return Value::integer(*value);
  }
  const auto number = parse_float(subject.view());  // so that "42.23" becomes 42
  if (!number || !std::isfinite(*number)) return otherwise;
  return Value::integer(truncate_to_integer(*number));
}

Value to_float(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("float", arguments, {"default"});
  if (subject.is(Kind::undefined)) throw Failure(subject.undefined_reason());
  if (subject.is_number()) return Value::floating(subject.as_floating());
  if (subject.is(Kind::text)) {
    runtime.step(1 + subject.view().size() / 8);
    if (const auto value = parse_float(subject.view())) return Value::floating(*value);
  }
  return params.get(0) != nullptr ? *params.get(0) : Value::floating(0.0);
}

Value absolute(Runtime&, const Value& subject, Arguments arguments) {
  const Params params("abs", arguments, {});
  if (subject.is(Kind::floating)) return Value::floating(std::fabs(subject.as_floating()));
  if (subject.is_integral()) return subject.as_integer() < 0 ? negate(subject) : plus(subject);
  if (subject.is(Kind::undefined)) throw Failure(subject.undefined_reason());
  throw Failure("abs needs a number, not " + type_name(subject));
}

// Correctly rounded to decimal places, halves to even, through the decimal digits as Python does.
double round_to_places(double value, Integer places) {
  if (!std::isfinite(value) || places > 323) return value;
  if (places < -308) return std::copysign(0.0, value);
  if (places >= 0) {
    const std::string digits = fmt::format("{:.{}f}", value, static_cast<int>(places));
    double rounded = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
    return rounded;
  }
  const double scale = std::pow(10.0, static_cast<double>(-places));
  return std::nearbyint(value / scale) * scale;
}

Value round_common(const Value& subject, Integer places) {
  if (!subject.is_integral()) return Value::floating(round_to_places(subject.as_floating(), places));
  const Integer value = subject.as_integer();
  if (places >= 0) return Value::integer(value);
  if (places < -38) return Value::integer(0);
  Integer scale = 1;
  for (Integer i = places; i < 0; ++i) scale *= 10;
  Integer quotient = value / scale;
  const Integer rest = value % scale < 0 ? -(value % scale) : value % scale;
  const bool up = rest > scale - rest || (rest == scale - rest && quotient % 2 != 0);
  if (up) quotient += value < 0 ? -1 : 1;
  Integer rounded = 0;
  if (__builtin_mul_overflow(quotient, scale, &rounded))
    throw Failure("integer overflow: more than 127 bits");
  return Value::integer(rounded);
}

Value round_number(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("round", arguments, {"precision", "method"});
  const std::string_view method = params.text(1, "common");
  if (method != "common" && method != "ceil" && method != "floor") {
    throw Failure("round's method must be common, ceil or floor");
  }
  if (subject.is(Kind::undefined)) throw Failure(subject.undefined_reason());
  if (!subject.is_number()) throw Failure("round needs a number, not " + type_name(subject));
  const Integer places = params.integer(0, 0);
  if (method == "common") return round_common(subject, places);
  const Value scale = apply(runtime, BinaryOperator::power, Value::integer(10), Value::integer(places));
  const double scaled = apply(runtime, BinaryOperator::multiply, subject, scale).as_floating();
  if (!std::isfinite(scaled)) throw Failure("the number is too large to round");
  const double whole = method == "ceil" ? std::ceil(scaled) : std::floor(scaled);
  return apply(runtime, BinaryOperator::divide, Value::integer(truncate_to_integer(whole)), scale);
}

Value sum(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("sum", arguments, {"attribute", "start"});
  Value total = params.get(1) != nullptr ? *params.get(1) : Value::integer(0);
  if (total.is(Kind::text)) throw Failure("sum can't add strings; use join");
  Cursor cursor(subject);
  for (Value item; cursor.next(runtime, item);) {
    total = apply(runtime, BinaryOperator::add, total,
                  params.given(0) ? get_path(runtime, item, *params.get(0)) : item);
  }
  return total;
}

Value length(Runtime&, const Value& subject, Arguments arguments) {
  const Params params("length", arguments, {});
  if (!is_iterable(subject) || subject.is(Kind::iterator))
    throw Failure("a " + type_name(subject) + " has no length");
  return Value::integer(static_cast<Integer>(*Cursor(subject).known_length()));
}

constexpr FilterEntry number_filter_table[] = {
    {"abs", absolute},  {"count", length},       {"float", to_float}, {"int", to_int},
    {"length", length}, {"round", round_number}, {"sum", sum},
};

}  // namespace

std::span<const FilterEntry> number_filters() { return number_filter_table; }

}  // namespace reckon::text::jinja
