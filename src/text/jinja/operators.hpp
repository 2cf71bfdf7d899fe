// Python's operators on values: arithmetic, comparison, membership, subscripts and attributes as the sandbox
// allows.
#pragma once

#include <algorithm>
#include <optional>

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

enum class BinaryOperator : uint8_t { add, subtract, multiply, divide, floor_divide, modulo, power };

Value apply(Runtime& runtime, BinaryOperator op, const Value& a, const Value& b);
Value negate(const Value& value);
Value plus(const Value& value);

bool equal(Runtime& runtime, const Value& a, const Value& b);
// -1, 0 or 1; 2 when a NaN is involved. Throws Failure for values that have no order.
int compare(Runtime& runtime, const Value& a, const Value& b);
bool contains(Runtime& runtime, const Value& container, const Value& item);

// obj[key], obj.name: undefined when there is nothing of that name, or nothing a sandboxed template may
// touch.
Value get_item(Runtime& runtime, const Value& object, const Value& key);
Value get_attribute(Runtime& runtime, const Value& object, std::string_view name);
// The attribute alone, without get_attribute's fallback to items.
std::optional<Value> find_attribute(Runtime& runtime, const Value& object, std::string_view name);
// obj[start:stop:step]; each bound an integer or none
Value get_slice(Runtime& runtime, const Value& object, const Value& start, const Value& stop,
                const Value& step);

// A method bound to its object; empty when the type has none of that name. Throws Failure for those Python
// has and this engine doesn't.
std::optional<Value> find_method(Runtime& runtime, const Value& object, std::string_view name);

Value call(Runtime& runtime, const Value& function, CallArguments& arguments);

// Stable, by key; `reverse` keeps the order of equal items, as Python's sorted does.
template <typename Item, typename Key>
void sort_values(Runtime& runtime, std::vector<Item>& items, bool reverse, const Key& key) {
  std::vector<std::pair<Value, Item>> keyed;
  keyed.reserve(items.size());
  runtime.step(items.size());
  for (Item& item : items) {
    Value k = key(item);
    keyed.emplace_back(std::move(k), std::move(item));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    runtime.step();
    return (reverse ? compare(runtime, b.first, a.first) : compare(runtime, a.first, b.first)) == -1;
  });
  std::transform(keyed.begin(), keyed.end(), items.begin(),
                 [](auto& pair) { return std::move(pair.second); });
}

}  // namespace reckon::text::jinja
