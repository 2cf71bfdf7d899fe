// Filters that apply a filter, a test or a lookup to each item of a list.
#include <algorithm>

#include "text/jinja/builtins.hpp"
#include "text/jinja/code_points.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/params.hpp"

namespace reckon::text::jinja {
namespace {

using Arguments = CallArguments&;

std::string_view name_argument(const CallArguments& arguments, size_t index, const char* what) {
  const Value& name = arguments.positional[index];
  if (!name.is(Kind::text)) throw Failure(std::string("the name of a ") + what + " must be a string");
  return name.view();
}

CallArguments rest_of(Runtime& runtime, const CallArguments& arguments, size_t from) {
  runtime.step(arguments.positional.size());
  runtime.step_texts(arguments);
  for (const auto& argument : arguments.keyword) runtime.step_bytes(argument.first.size());
  return {
      Values(arguments.positional.begin() + static_cast<std::ptrdiff_t>(from), arguments.positional.end()),
      arguments.keyword};
}

Value map_attribute(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("map", arguments, {"attribute", "default"});
  Values mapped;
  Cursor cursor(subject);
  for (Value item; cursor.next(runtime, item);) {
    Value found = get_path(runtime, item, *params.get(0));
    if (found.is(Kind::undefined) && params.given(1)) found = *params.get(1);
    mapped.push_back(std::move(found));
  }
  return runtime.iterator(std::move(mapped));
}

Value map(Runtime& runtime, const Value& subject, Arguments arguments) {
  if (!is_true(subject)) return runtime.iterator({});
  const bool by_attribute = std::any_of(arguments.keyword.begin(), arguments.keyword.end(),
                                        [](const auto& argument) { return argument.first == "attribute"; });
  if (arguments.positional.empty() && by_attribute) return map_attribute(runtime, subject, arguments);
  if (arguments.positional.empty()) throw Failure("map needs the name of a filter, or attribute=");
  const std::string_view name = name_argument(arguments, 0, "filter");
  const Filter filter = find_filter(name);
  if (filter == nullptr) throw Failure("there is no filter named '" + std::string(name) + "'");
  const Nesting nesting(runtime);  // a filter to map with can be map
  Values mapped;
  Cursor cursor(subject);
  for (Value item; cursor.next(runtime, item);) {
    CallArguments rest = rest_of(runtime, arguments, 1);
    runtime.step_text(item);
    mapped.push_back(filter(runtime, item, rest));
  }
  return runtime.iterator(std::move(mapped));
}

template <bool Wanted, bool ByAttribute>
Value select(Runtime& runtime, const Value& subject, Arguments arguments) {
  if (!is_true(subject)) return runtime.iterator({});
  constexpr size_t name_at = ByAttribute ? 1 : 0;
  if (arguments.positional.size() < name_at)
    throw Failure("selectattr and rejectattr need the name of an attribute");
  Test test = nullptr;
  if (arguments.positional.size() > name_at) {
    const std::string_view name = name_argument(arguments, name_at, "test");
    test = find_test(name);
    if (test == nullptr) throw Failure("there is no test named '" + std::string(name) + "'");
  }
  Values selected;
  Cursor cursor(subject);
  for (Value item; cursor.next(runtime, item);) {
    const Value tested = ByAttribute ? get_path(runtime, item, arguments.positional[0]) : item;
    CallArguments rest = test != nullptr ? rest_of(runtime, arguments, name_at + 1) : CallArguments{};
    runtime.step_text(tested);
    const bool passes = test != nullptr ? test(runtime, tested, rest) : is_true(tested);
    if (passes == Wanted) selected.push_back(std::move(item));
  }
  return runtime.iterator(std::move(selected));
}

constexpr FilterEntry selection_filter_table[] = {
    {"map", map},
    {"reject", select<false, false>},
    {"rejectattr", select<false, true>},
    {"select", select<true, false>},
    {"selectattr", select<true, true>},
};

constexpr std::string_view unsupported_filters[] = {"filesizeformat", "pprint",   "random", "striptags",
                                                    "urlize",         "wordwrap", "xmlattr"};

template <size_t Index>
Value unsupported(Runtime&, const Value&, Arguments) {
  throw Failure("the filter '" + std::string(unsupported_filters[Index]) + "' is not supported");
}

template <size_t... Index>
Filter find_unsupported(std::string_view name, std::index_sequence<Index...>) {
  Filter found = nullptr;
  ((unsupported_filters[Index] == name ? void(found = unsupported<Index>) : void()), ...);
  return found;
}

}  // namespace

std::span<const FilterEntry> selection_filters() { return selection_filter_table; }

Filter find_filter(std::string_view name) {
  for (const auto table : {text_filters(), number_filters(), sequence_filters(), selection_filters()}) {
    for (const FilterEntry& entry : table)
      if (entry.name == name) return entry.filter;
  }
  return find_unsupported(name, std::make_index_sequence<std::size(unsupported_filters)>());
}

Value get_path(Runtime& runtime, const Value& object, const Value& path) {
  if (path.is(Kind::none)) return object;
  if (!path.is(Kind::text)) return get_item(runtime, object, path);
  Value found = object;
  std::string_view rest = path.view();
  for (bool more = true; more;) {
    const size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    more = dot != std::string_view::npos;
    if (more) rest.remove_prefix(dot + 1);
    const bool digits = !part.empty() && part.size() < 19 &&
                        std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    found = digits ? get_item(runtime, found, Value::integer(std::stoll(std::string(part))))
                   : get_item(runtime, found, runtime.text(std::string(part)));
  }
  return found;
}

Value comparison_key(Runtime& runtime, const Value& value, bool case_sensitive) {
  if (case_sensitive || !value.is(Kind::text)) return value;
  runtime.step(1 + value.view().size() / 8);
  return runtime.text(to_lower(value.view()));
}

}  // namespace reckon::text::jinja
