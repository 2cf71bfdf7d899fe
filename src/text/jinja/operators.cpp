#include "text/jinja/operators.hpp"

#include <cmath>
#include <limits>

#include "text/jinja/format.hpp"
#include "text/jinja/printing.hpp"
#include "text/jinja/text_ops.hpp"

namespace reckon::text::jinja {
namespace {

[[noreturn]] void fail_operands(const char* symbol, const Value& a, const Value& b) {
  for (const Value* value : {&a, &b}) {
    if (value->is(Kind::undefined)) throw Failure(value->undefined_reason());
  }
  throw Failure(std::string("unsupported operand types for ") + symbol + ": " + type_name(a) + " and " +
                type_name(b));
}

[[noreturn]] void fail_overflow() { throw Failure("integer overflow: more than 127 bits"); }
[[noreturn]] void fail_zero_division() { throw Failure("division by zero"); }

Value add_texts(Runtime& runtime, const Value& a, const Value& b) {
  const bool markup = a.as_text().markup || b.as_text().markup;
  TextBuilder out(runtime);
  for (const Value* part : {&a, &b}) {
    const bool escape = markup && !part->as_text().markup;
    out.add(escape ? escape_html(runtime, part->view()) : std::string(part->view()));
  }
  return runtime.text(out.take(), markup);
}

Value add_sequences(Runtime& runtime, const Value& a, const Value& b) {
  const Values& first = a.as_sequence().items;
  const Values& second = b.as_sequence().items;
  runtime.check_items(first.size() + second.size());
  Values items = first;
  items.insert(items.end(), second.begin(), second.end());
  return runtime.sequence(a.as_sequence().type, std::move(items));
}

Value add(Runtime& runtime, const Value& a, const Value& b) {
  if (a.is_integral() && b.is_integral()) {
    Integer sum = 0;
    if (__builtin_add_overflow(a.as_integer(), b.as_integer(), &sum)) fail_overflow();
    return Value::integer(sum);
  }
  if (a.is_number() && b.is_number()) return Value::floating(a.as_floating() + b.as_floating());
  if (a.is(Kind::text) && b.is(Kind::text)) return add_texts(runtime, a, b);
  for (const SequenceType type : {SequenceType::list, SequenceType::tuple}) {
    if (is_sequence(a, type) && is_sequence(b, type)) return add_sequences(runtime, a, b);
  }
  fail_operands("+", a, b);
}

Value subtract(const Value& a, const Value& b) {
  if (!a.is_number() || !b.is_number()) fail_operands("-", a, b);
  if (!a.is_integral() || !b.is_integral()) return Value::floating(a.as_floating() - b.as_floating());
  Integer difference = 0;
  if (__builtin_sub_overflow(a.as_integer(), b.as_integer(), &difference)) fail_overflow();
  return Value::integer(difference);
}

Value repeat(Runtime& runtime, const Value& value, Integer count) {
  if (value.is(Kind::text)) {
    TextBuilder out(runtime);
    out.repeat(value.view(), count);
    return runtime.text(out.take(), value.as_text().markup);
  }
  const Sequence& sequence = value.as_sequence();
  Values items;
  if (count > 0 && !sequence.items.empty()) {
    const auto size = static_cast<Integer>(sequence.items.size());
    runtime.check_items(count > Integer{1} << 40 ? UINT64_MAX : static_cast<uint64_t>(count * size));
    runtime.step(static_cast<uint64_t>(count * size));
    for (Integer i = 0; i < count; ++i)
      items.insert(items.end(), sequence.items.begin(), sequence.items.end());
  }
  return runtime.sequence(sequence.type, std::move(items));
}

bool is_repeatable(const Value& value) {
  return value.is(Kind::text) || is_sequence(value, SequenceType::list) ||
         is_sequence(value, SequenceType::tuple);
}

Value multiply(Runtime& runtime, const Value& a, const Value& b) {
  if (a.is_integral() && b.is_integral()) {
    Integer product = 0;
    if (__builtin_mul_overflow(a.as_integer(), b.as_integer(), &product)) fail_overflow();
    return Value::integer(product);
  }
  if (a.is_number() && b.is_number()) return Value::floating(a.as_floating() * b.as_floating());
  if (is_repeatable(a) && b.is_integral()) return repeat(runtime, a, b.as_integer());
  if (is_repeatable(b) && a.is_integral()) return repeat(runtime, b, a.as_integer());
  fail_operands("*", a, b);
}

Value divide(const Value& a, const Value& b) {
  if (!a.is_number() || !b.is_number()) fail_operands("/", a, b);
  if (b.as_floating() == 0.0) fail_zero_division();
  return Value::floating(a.as_floating() / b.as_floating());
}

// Quotient rounded down and a remainder with the divisor's sign, as Python divides.
struct Division {
  Integer quotient, remainder;
};

Division divide_integers(Integer a, Integer b) {
  if (b == 0) fail_zero_division();
  if (b == -1) {  // the one quotient that can overflow
    Integer quotient = 0;
    if (__builtin_sub_overflow(Integer{0}, a, &quotient)) fail_overflow();
    return {quotient, 0};
  }
  Division result{a / b, a % b};
  if (result.remainder != 0 && (result.remainder < 0) != (b < 0)) {
    --result.quotient;
    result.remainder += b;
  }
  return result;
}

double float_modulo(double a, double b) {
  if (b == 0.0) fail_zero_division();
  const double remainder = std::fmod(a, b);
  if (remainder == 0.0) return std::copysign(0.0, b);
  return (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

double float_floor_division(double a, double b) {
  const double quotient = (a - float_modulo(a, b)) / b;
  if (quotient == 0.0) return std::copysign(0.0, a / b);
  const double whole = std::floor(quotient);
  return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

Value floor_divide(const Value& a, const Value& b) {
  if (!a.is_number() || !b.is_number()) fail_operands("//", a, b);
  if (a.is_integral() && b.is_integral()) {
    return Value::integer(divide_integers(a.as_integer(), b.as_integer()).quotient);
  }
  return Value::floating(float_floor_division(a.as_floating(), b.as_floating()));
}

Value modulo(Runtime& runtime, const Value& a, const Value& b) {
  if (a.is(Kind::text)) return format_percent(runtime, a, b);
  if (!a.is_number() || !b.is_number()) fail_operands("%", a, b);
  if (a.is_integral() && b.is_integral()) {
    return Value::integer(divide_integers(a.as_integer(), b.as_integer()).remainder);
  }
  return Value::floating(float_modulo(a.as_floating(), b.as_floating()));
}

Value integer_power(Integer base, Integer exponent) {
  Integer result = 1;
  while (true) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) fail_overflow();
    exponent >>= 1;
    if (exponent == 0) return Value::integer(result);
    if (base == 0 || base == 1) return Value::integer(result * base);
    if (__builtin_mul_overflow(base, base, &base)) fail_overflow();
  }
}

Value power(const Value& a, const Value& b) {
  if (!a.is_number() || !b.is_number()) fail_operands("**", a, b);
  if (a.is_integral() && b.is_integral() && b.as_integer() >= 0)
    return integer_power(a.as_integer(), b.as_integer());
  const double x = a.as_floating();
  const double y = b.as_floating();
  if (x == 0.0 && y < 0) fail_zero_division();
  if (x < 0 && std::isfinite(y) && y != std::floor(y)) throw Failure("the power is a complex number");
  const double result = std::pow(x, y);
  if (std::isinf(result) && std::isfinite(x) && std::isfinite(y)) throw Failure("the power is too large");
  return Value::floating(result);
}

bool equal_items(Runtime& runtime, const Values& a, const Values& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!equal(runtime, a[i], b[i])) return false;
  }
  return true;
}

bool equal_dicts(Runtime& runtime, const Dict& a, const Dict& b) {
  if (a.entries.size() != b.entries.size()) return false;
  for (const auto& [key, value] : a.entries) {
    runtime.step();
    const Value* other = b.find(runtime, key);
    if (other == nullptr || !equal(runtime, value, *other)) return false;
  }
  return true;
}

int compare_sequences(Runtime& runtime, const Values& a, const Values& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (!equal(runtime, a[i], b[i])) return compare(runtime, a[i], b[i]);
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

}  // namespace

Value apply(Runtime& runtime, BinaryOperator op, const Value& a, const Value& b) {
  switch (op) {
    case BinaryOperator::add: return add(runtime, a, b);
    case BinaryOperator::subtract: return subtract(a, b);
    case BinaryOperator::multiply: return multiply(runtime, a, b);
    case BinaryOperator::divide: return divide(a, b);
    case BinaryOperator::floor_divide: return floor_divide(a, b);
    case BinaryOperator::modulo: return modulo(runtime, a, b);
    case BinaryOperator::power: return power(a, b);
  }
  return Value();
}

Value negate(const Value& value) {
  if (value.is(Kind::floating)) return Value::floating(-value.as_floating());
  if (value.is_integral()) return subtract(Value::integer(0), value);
  if (value.is(Kind::undefined)) throw Failure(value.undefined_reason());
  throw Failure("bad operand type for unary -: " + type_name(value));
}

Value plus(const Value& value) {
  if (value.is(Kind::floating)) return value;
  if (value.is_integral()) return Value::integer(value.as_integer());
  if (value.is(Kind::undefined)) throw Failure(value.undefined_reason());
  throw Failure("bad operand type for unary +: " + type_name(value));
}

bool equal(Runtime& runtime, const Value& a, const Value& b) {
  const Nesting nesting(runtime);
  runtime.step();
  if (a.is_number() && b.is_number()) return equal_numbers(a, b);
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::undefined: return true;
    case Kind::text:
      if (a.view().size() == b.view().size()) runtime.step_bytes(a.view().size());
      return a.view() == b.view();
    case Kind::sequence: {
      const Sequence& left = a.as_sequence();
      const Sequence& right = b.as_sequence();
      if (&left == &right) return true;
      return left.type == right.type && equal_items(runtime, left.items, right.items);
    }
    case Kind::dict: return a.same_object(b) || equal_dicts(runtime, a.as_dict(), b.as_dict());
    default: return a.same_object(b);
  }
}

int compare(Runtime& runtime, const Value& a, const Value& b) {
  const Nesting nesting(runtime);
  runtime.step();
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.is(Kind::text) && b.is(Kind::text)) {
    runtime.step_bytes(std::min(a.view().size(), b.view().size()));
    const int order = a.view().compare(b.view());  // the order of UTF-8 is the order of code points
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  for (const SequenceType type : {SequenceType::list, SequenceType::tuple}) {
    if (is_sequence(a, type) && is_sequence(b, type)) {
      return compare_sequences(runtime, a.as_sequence().items, b.as_sequence().items);
    }
  }
  fail_operands("<", a, b);
}

bool contains(Runtime& runtime, const Value& container, const Value& item) {
  if (container.is(Kind::text)) {
    if (item.is(Kind::undefined)) throw Failure(item.undefined_reason());
    if (!item.is(Kind::text))
      throw Failure("'in <string>' needs a string on its left, not " + type_name(item));
    runtime.step_bytes(search_cost(container.view(), item.view()));
    return find_in(container.view(), item.view()) != std::string_view::npos;
  }
  if (container.is(Kind::dict)) {
    if (item.is(Kind::undefined)) return false;
    if (!is_hashable_key(item)) throw Failure("a " + type_name(item) + " can't be a key of a dict");
    return container.as_dict().find(runtime, item) != nullptr;
  }
  if (!is_iterable(container)) throw Failure("a " + type_name(container) + " has no items to look for");
  Cursor cursor(container);
  for (Value candidate; cursor.next(runtime, candidate);) {
    if (equal(runtime, candidate, item)) return true;
  }
  return false;
}

Value call(Runtime& runtime, const Value& function, CallArguments& arguments) {
  runtime.step_texts(arguments);
  if (function.is(Kind::callable)) return function.as_callable().call(runtime, arguments);
  if (function.is(Kind::undefined)) throw Failure(function.undefined_reason());
  if (function.is(Kind::loop)) throw Failure("recursive loops are not supported");
  throw Failure("a " + type_name(function) + " can't be called");
}

}  // namespace reckon::text::jinja
