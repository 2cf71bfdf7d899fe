// Filters on lists and dicts as wholes.
#include <algorithm>

#include "text/jinja/builtins.hpp"
#include "text/jinja/code_points.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/params.hpp"

namespace reckon::text::jinja {
namespace {

using Arguments = CallArguments&;

Value default_value(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("default", arguments, {"default_value", "boolean"});
  const bool replaced = subject.is(Kind::undefined) || (params.flag(1, false) && !is_true(subject));
  if (!replaced) return subject;
  return params.get(0) != nullptr ? *params.get(0) : runtime.text("");
}

Value to_list(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("list", arguments, {});
  return runtime.list(to_items(runtime, subject));
}

Value first(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("first", arguments, {});
  Value item;
  if (Cursor(subject).next(runtime, item)) return item;
  return runtime.undefined("No first item, sequence was empty.");
}

Value last(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("last", arguments, {});
  if (subject.is(Kind::iterator)) throw Failure("a generator has no last item; make it a list first");
  if (subject.is(Kind::sequence) && !subject.as_sequence().items.empty())
    return subject.as_sequence().items.back();
  const Values items = to_items(runtime, subject);
  return items.empty() ? runtime.undefined("No last item, sequence was empty.") : items.back();
}

Value reverse(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("reverse", arguments, {});
  if (subject.is(Kind::text)) {
    runtime.step(1 + subject.view().size() / 8);
    std::u32string points = to_code_points(subject.view());
    std::reverse(points.begin(), points.end());
    return runtime.text(to_utf8(points), subject.as_text().markup);
  }
  Values items = to_items(runtime, subject);
  std::reverse(items.begin(), items.end());
  return subject.is(Kind::iterator) ? runtime.list(std::move(items)) : runtime.iterator(std::move(items));
}

Value dict_items(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("items", arguments, {});
  Values items;
  if (!subject.is(Kind::undefined)) {
    if (!subject.is(Kind::dict)) throw Failure("items needs a mapping, not " + type_name(subject));
    for (const auto& [key, value] : subject.as_dict().entries) items.push_back(runtime.tuple({key, value}));
  }
  return runtime.iterator(std::move(items));
}

Value dictsort(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("dictsort", arguments, {"case_sensitive", "by", "reverse"});
  if (!subject.is(Kind::dict)) throw Failure("dictsort needs a mapping, not " + type_name(subject));
  const std::string_view by = params.text(1, "key");
  if (by != "key" && by != "value") throw Failure("dictsort sorts by \"key\" or \"value\"");
  const bool case_sensitive = params.flag(0, false);
  std::vector<DictEntry> entries = subject.as_dict().entries;
  sort_values(runtime, entries, params.flag(2, false), [&](const DictEntry& entry) {
    return comparison_key(runtime, by == "key" ? entry.first : entry.second, case_sensitive);
  });
  Values items;
  for (const auto& [key, value] : entries) items.push_back(runtime.tuple({key, value}));
  return runtime.list(std::move(items));
}

// The paths of a comma separated list of attributes; of none, the item itself.
Values split_paths(Runtime& runtime, const Value* attribute) {
  if (attribute == nullptr) return {Value::none()};
  if (!attribute->is(Kind::text)) return {*attribute};
  Values paths;
  std::string_view rest = attribute->view();
  for (size_t comma = rest.find(','); comma != std::string_view::npos; comma = rest.find(',')) {
    paths.push_back(runtime.text(std::string(rest.substr(0, comma))));
    rest.remove_prefix(comma + 1);
  }
  paths.push_back(runtime.text(std::string(rest)));
  return paths;
}

Value sort(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("sort", arguments, {"reverse", "case_sensitive", "attribute"});
  const Values paths = split_paths(runtime, params.get(2));
  const bool case_sensitive = params.flag(1, false);
  Values items = to_items(runtime, subject);
  sort_values(runtime, items, params.flag(0, false), [&](const Value& item) {
    Values keys;
    for (const Value& path : paths) {
      keys.push_back(comparison_key(runtime, get_path(runtime, item, path), case_sensitive));
    }
    return runtime.list(std::move(keys));
  });
  return runtime.list(std::move(items));
}

Value unique(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("unique", arguments, {"case_sensitive", "attribute"});
  const Value path = params.get(1) != nullptr ? *params.get(1) : Value::none();
  std::unordered_multimap<size_t, Value> seen;
  Values kept;
  Cursor cursor(subject);
  for (Value item; cursor.next(runtime, item);) {
    Value key = comparison_key(runtime, get_path(runtime, item, path), params.flag(0, false));
    if (!is_hashable_key(key)) throw Failure("unique of a " + type_name(key) + " is not supported");
    const auto [begin, end] = seen.equal_range(hash_key(key));
    if (std::any_of(begin, end, [&](const auto& other) { return equal(runtime, other.second, key); }))
      continue;
    seen.emplace(hash_key(key), std::move(key));
    kept.push_back(std::move(item));
  }
  return runtime.iterator(std::move(kept));
}

template <int Sign>
Value extreme(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("min or max", arguments, {"case_sensitive", "attribute"});
  const Value path = params.get(1) != nullptr ? *params.get(1) : Value::none();
  const auto key_of = [&](const Value& item) {
    return comparison_key(runtime, get_path(runtime, item, path), params.flag(0, false));
  };
  Cursor cursor(subject);
  Value best;
  if (!cursor.next(runtime, best)) return runtime.undefined("No aggregated item, sequence was empty.");
  Value best_key = key_of(best);
  for (Value item; cursor.next(runtime, item);) {
    Value key = key_of(item);
    if (compare(runtime, key, best_key) != Sign) continue;
    best = std::move(item);
    best_key = std::move(key);
  }
  return best;
}

Value groupby(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("groupby", arguments, {"attribute", "default", "case_sensitive"}, 1);
  const bool case_sensitive = params.flag(2, false);
  const auto group_of = [&](const Value& item) {
    const Value found = get_path(runtime, item, *params.get(0));
    return found.is(Kind::undefined) && params.given(1) ? *params.get(1) : found;
  };
  const auto key_of = [&](const Value& item) {
    return comparison_key(runtime, group_of(item), case_sensitive);
  };
  Values items = to_items(runtime, subject);
  sort_values(runtime, items, false, key_of);
  Values groups;
  for (size_t i = 0; i < items.size();) {
    const Value key = key_of(items[i]);
    Values members;
    const size_t begin = i;
    while (i < items.size() && equal(runtime, key_of(items[i]), key)) members.push_back(items[i++]);
    groups.push_back(runtime.sequence(SequenceType::tuple,
                                      {group_of(items[begin]), runtime.list(std::move(members))}, "group"));
  }
  return runtime.list(std::move(groups));
}

Value batch(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("batch", arguments, {"linecount", "fill_with"}, 1);
  const Integer count = params.integer(0, 0);
  Values rows, row;
  Cursor cursor(subject);
  for (Value item; cursor.next(runtime, item);) {
    if (static_cast<Integer>(row.size()) == count) rows.push_back(runtime.list(std::exchange(row, {})));
    row.push_back(std::move(item));
  }
  if (!row.empty()) {
    if (params.given(1) && static_cast<Integer>(row.size()) < count) {
      runtime.check_items(count > INT64_MAX ? UINT64_MAX : static_cast<uint64_t>(count));
      runtime.step(static_cast<uint64_t>(count));
      row.resize(static_cast<size_t>(count), *params.get(1));
    }
    rows.push_back(runtime.list(std::move(row)));
  }
  return runtime.iterator(std::move(rows));
}

Value slice(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("slice", arguments, {"slices", "fill_with"}, 1);
  const Values items = to_items(runtime, subject);
  const Integer slices = params.integer(0, 0);
  if (slices == 0) throw Failure("division by zero");
  Values columns;
  const auto length = static_cast<Integer>(items.size());
  size_t at = 0;
  for (Integer i = 0; i < slices; ++i) {
    runtime.step();
    const bool longer = i < length % slices;
    const auto size = static_cast<size_t>(length / slices) + (longer ? 1 : 0);
    const auto begin = items.begin() + static_cast<std::ptrdiff_t>(at);
    Values column(begin, begin + static_cast<std::ptrdiff_t>(size));
    at += size;
    if (params.given(1) && !longer) column.push_back(*params.get(1));
    columns.push_back(runtime.list(std::move(column)));
  }
  return runtime.iterator(std::move(columns));
}

Value attribute(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("attr", arguments, {"name"}, 1);
  if (subject.is(Kind::undefined)) throw Failure(subject.undefined_reason());
  const std::string_view name = params.text(0);
  if (auto found = find_attribute(runtime, subject, name)) return *std::move(found);
  return runtime.undefined("a " + type_name(subject) + " has no attribute '" + std::string(name) + "'");
}

constexpr FilterEntry sequence_filter_table[] = {
    {"attr", attribute},    {"batch", batch},  {"d", default_value}, {"default", default_value},
    {"dictsort", dictsort}, {"first", first},  {"groupby", groupby}, {"items", dict_items},
    {"last", last},         {"list", to_list}, {"max", extreme<1>},  {"min", extreme<-1>},
    {"reverse", reverse},   {"slice", slice},  {"sort", sort},       {"unique", unique},
};

}  // namespace

std::span<const FilterEntry> sequence_filters() { return sequence_filter_table; }

}  // namespace reckon::text::jinja
