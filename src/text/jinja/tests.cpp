// Jinja's tests: what may follow `is`.
#include <algorithm>

#include "text/jinja/builtins.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/params.hpp"
#include "text/jinja/printing.hpp"
#include "text/jinja/text_methods.hpp"

namespace reckon::text::jinja {
namespace {

using Arguments = CallArguments&;

// Tests of the value alone.
using Predicate = bool (*)(const Value&);

template <Predicate Holds>
bool plain(Runtime&, const Value& subject, Arguments arguments) {
  const Params params("a test", arguments, {});
  return Holds(subject);
}

template <Kind K>
bool has_kind(const Value& value) {
  return value.is(K);
}

bool is_defined(const Value& value) { return !value.is(Kind::undefined); }
bool is_any_number(const Value& value) { return value.is_number(); }
bool is_literally_true(const Value& value) { return value.is(Kind::boolean) && value.as_boolean(); }
bool is_literally_false(const Value& value) { return value.is(Kind::boolean) && !value.as_boolean(); }
bool is_callable(const Value& value) {
  return value.is(Kind::callable) || value.is(Kind::undefined) || value.is(Kind::loop);
}
bool is_escaped(const Value& value) { return value.is(Kind::text) && value.as_text().markup; }

// Has a length and subscripts.
bool is_any_sequence(const Value& value) {
  return is_iterable(value) && !value.is(Kind::iterator) && !is_sequence(value, SequenceType::view);
}

bool can_iterate(const Value& value) { return is_iterable(value) || value.is(Kind::loop); }

bool is_divisible(Runtime& runtime, const Value& subject, const Value& divisor, int remainder) {
  return equal(runtime, apply(runtime, BinaryOperator::modulo, subject, divisor), Value::integer(remainder));
}

template <int Remainder>
bool has_parity(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("odd or even", arguments, {});
  return is_divisible(runtime, subject, Value::integer(2), Remainder);
}

bool divisible_by(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("divisibleby", arguments, {"num"}, 1);
  return is_divisible(runtime, subject, *params.get(0), 0);
}

template <bool (*Holds)(std::string_view)>
bool text_is(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("lower or upper", arguments, {});
  const std::string text = to_text(runtime, subject);
  runtime.step(1 + text.size() / 8);
  return Holds(text);
}

bool is_filter_name(Runtime&, const Value& subject, Arguments arguments) {
  const Params params("filter", arguments, {});
  return subject.is(Kind::text) && find_filter(subject.view()) != nullptr;
}

bool is_test_name(Runtime&, const Value& subject, Arguments arguments) {
  const Params params("test", arguments, {});
  return subject.is(Kind::text) && find_test(subject.view()) != nullptr;
}

bool same_as(Runtime&, const Value& subject, Arguments arguments) {
  const Params params("sameas", arguments, {"other"}, 1);
  return subject.same_object(*params.get(0));
}

bool is_in(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("in", arguments, {"seq"}, 1);
  return contains(runtime, *params.get(0), subject);
}

template <bool Wanted>
bool equals(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("eq or ne", arguments, {""}, 1);
  return equal(runtime, subject, *params.get(0)) == Wanted;
}

// Sign of the order wanted, and whether equality passes as well.
template <int Sign, bool OrEqual>
bool ordered(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("a comparison", arguments, {""}, 1);
  const int order = compare(runtime, subject, *params.get(0));
  return order == Sign || (OrEqual && order == 0);
}

struct Entry {
  std::string_view name;
  Test test;
};

constexpr Entry tests[] = {
    {"!=", equals<false>},
    {"<", ordered<-1, false>},
    {"<=", ordered<-1, true>},
    {"==", equals<true>},
    {">", ordered<1, false>},
    {">=", ordered<1, true>},
    {"boolean", plain<has_kind<Kind::boolean>>},
    {"callable", plain<is_callable>},
    {"defined", plain<is_defined>},
    {"divisibleby", divisible_by},
    {"eq", equals<true>},
    {"equalto", equals<true>},
    {"escaped", plain<is_escaped>},
    {"even", has_parity<0>},
    {"false", plain<is_literally_false>},
    {"filter", is_filter_name},
    {"float", plain<has_kind<Kind::floating>>},
    {"ge", ordered<1, true>},
    {"greaterthan", ordered<1, false>},
    {"gt", ordered<1, false>},
    {"in", is_in},
    {"integer", plain<has_kind<Kind::integer>>},
    {"iterable", plain<can_iterate>},
    {"le", ordered<-1, true>},
    {"lessthan", ordered<-1, false>},
    {"lower", text_is<is_lower_text>},
    {"lt", ordered<-1, false>},
    {"mapping", plain<has_kind<Kind::dict>>},
    {"ne", equals<false>},
    {"none", plain<has_kind<Kind::none>>},
    {"number", plain<is_any_number>},
    {"odd", has_parity<1>},
    {"sameas", same_as},
    {"sequence", plain<is_any_sequence>},
    {"string", plain<has_kind<Kind::text>>},
    {"test", is_test_name},
    {"true", plain<is_literally_true>},
    {"undefined", plain<has_kind<Kind::undefined>>},
    {"upper", text_is<is_upper_text>},
};

}  // namespace

Test find_test(std::string_view name) {
  const auto* found = std::find_if(std::begin(tests), std::end(tests),
                                   [name](const Entry& entry) { return entry.name == name; });
  return found == std::end(tests) ? nullptr : found->test;
}

}  // namespace reckon::text::jinja
