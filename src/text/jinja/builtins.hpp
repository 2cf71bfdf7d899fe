// Jinja's filters, tests and global functions, by name.
#pragma once

#include <optional>
#include <span>

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

using Filter = Value (*)(Runtime&, const Value& subject, CallArguments&);
using Test = bool (*)(Runtime&, const Value& subject, CallArguments&);

Filter find_filter(std::string_view name);  // nullptr for a name Jinja doesn't have either
Test find_test(std::string_view name);
// Empty when there is no such global.
std::optional<Value> find_global(Runtime& runtime, std::string_view name);

// Parts of the filters' table, by file.
struct FilterEntry {
  std::string_view name;
  Filter filter;
};
std::span<const FilterEntry> text_filters();
std::span<const FilterEntry> number_filters();
std::span<const FilterEntry> sequence_filters();
std::span<const FilterEntry> selection_filters();

std::string format_time(LocalTime time, std::string_view format);  // strftime in the C locale

// Looks up what Jinja's `attribute` arguments name: 'a.b.0'.
Value get_path(Runtime& runtime, const Value& object, const Value& path);
// A text in lower case when case does not matter, any other value as it is.
Value comparison_key(Runtime& runtime, const Value& value, bool case_sensitive);

}  // namespace reckon::text::jinja
