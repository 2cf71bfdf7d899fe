#include "text/jinja/text_methods.hpp"

#include <algorithm>
#include <array>

#include "text/jinja/code_points.hpp"
#include "text/jinja/format.hpp"
#include "text/jinja/params.hpp"
#include "text/jinja/printing.hpp"
#include "text/jinja/text_ops.hpp"

namespace reckon::text::jinja {
namespace {

using Arguments = const CallArguments&;

Value like(Runtime& runtime, const Value& self, std::string text) {
  return runtime.text(std::move(text), self.as_text().markup);
}

Value list_like(Runtime& runtime, const Value& self, const std::vector<std::string_view>& parts) {
  Values items;
  for (const std::string_view part : parts) items.push_back(like(runtime, self, std::string(part)));
  return runtime.list(std::move(items));
}

template <std::string (*Map)(std::string_view)>
Value mapped(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("a string method", arguments, {});
  runtime.step(1 + self.view().size());
  return like(runtime, self, Map(self.view()));
}

template <Side Where>
Value stripped(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("strip", arguments, {""});
  const std::string_view chars = params.given(0) ? params.text(0) : std::string_view();
  runtime.step(1 + chars.size() / 8);
  runtime.step_bytes(self.view().size() * (1 + chars.size() / 8));
  return like(runtime, self, std::string(strip(self.view(), params.given(0) ? &chars : nullptr, Where)));
}

template <bool FromRight>
Value split(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("split", arguments, {"sep", "maxsplit"});
  const Integer limit = params.integer(1, -1);
  if (!params.given(0)) {
    return list_like(runtime, self,
                     FromRight ? split_on_space_from_right(runtime, self.view(), limit)
                               : split_on_space(runtime, self.view(), limit));
  }
  const std::string_view separator = params.text(0);
  if (separator.empty()) throw Failure("split() needs a separator that is not empty");
  return list_like(runtime, self, split_on(runtime, self.view(), separator, limit, FromRight));
}

Value splitlines(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("splitlines", arguments, {"keepends"});
  return list_like(runtime, self, split_lines(runtime, self.view(), params.flag(0, false)));
}

template <bool FromRight>
Value partition(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("partition", arguments, {""}, 1);
  const std::string_view text = self.view();
  const std::string_view separator = params.text(0);
  if (separator.empty()) throw Failure("partition() needs a separator that is not empty");
  runtime.step_bytes(search_cost(text, separator));
  const size_t found = FromRight ? find_last_in(text, separator) : find_in(text, separator);
  std::array<std::string_view, 3> parts = {text, "", ""};
  if (found != std::string_view::npos) {
    parts = {text.substr(0, found), separator, text.substr(found + separator.size())};
  } else if (FromRight) {
    parts = {"", "", text};
  }
  Values items;
  for (const std::string_view part : parts) items.push_back(like(runtime, self, std::string(part)));
  return runtime.tuple(std::move(items));
}

Value replace(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("replace", arguments, {"", "", ""}, 2);
  std::string to(params.text(1));
  if (self.as_text().markup && !params.get(1)->as_text().markup) to = escape_html(runtime, to);
  return like(runtime, self, replace_all(runtime, self.view(), params.text(0), to, params.integer(2, -1)));
}

Value join(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("join", arguments, {""}, 1);
  TextBuilder out(runtime);
  Cursor cursor(*params.get(0));
  bool first = true;
  for (Value item; cursor.next(runtime, item);) {
    if (!item.is(Kind::text)) throw Failure("join() needs strings, not " + type_name(item));
    if (!first) out.add(self.view());
    first = false;
    const bool escape = self.as_text().markup && !item.as_text().markup;
    runtime.step_bytes(item.view().size());
    out.add(escape ? escape_html(runtime, item.view()) : std::string(item.view()));
  }
  return like(runtime, self, out.take());
}

// The part of a text that optional start and end arguments (in code points) choose.
struct Part {
  std::string_view text;
  Integer start;
  bool valid;  // the start lies inside the text
};

Part choose_part(Runtime& runtime, const Value& self, const Params& params) {
  const Text& text = self.as_text();
  const auto length = static_cast<Integer>(text.code_points);
  const auto bound = [&](size_t index, Integer otherwise) {
    Integer at = params.given(index) ? params.integer(index, 0) : otherwise;
    if (at < 0) at = std::max<Integer>(0, at + length);
    return at;
  };
  const Integer start = bound(1, 0);
  const Integer end = std::min(bound(2, length), length);
  runtime.step_bytes(text.bytes.size());
  if (start > end) return {"", start, false};
  const size_t from = byte_offset(text.bytes, static_cast<size_t>(start));
  const size_t to = byte_offset(text.bytes, static_cast<size_t>(end));
  return {std::string_view(text.bytes).substr(from, to - from), start, true};
}

template <bool FromRight>
Integer find_index(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("find", arguments, {"", "", ""}, 1);
  const std::string_view wanted = params.text(0);
  const Part part = choose_part(runtime, self, params);
  runtime.step_bytes(search_cost(part.text, wanted));
  const size_t found = FromRight ? find_last_in(part.text, wanted) : find_in(part.text, wanted);
  if (!part.valid || found == std::string_view::npos) return -1;
  return part.start + static_cast<Integer>(count_code_points(part.text.substr(0, found)));
}

template <bool FromRight>
Value find(Runtime& runtime, const Value& self, Arguments arguments) {
  return Value::integer(find_index<FromRight>(runtime, self, arguments));
}

template <bool FromRight>
Value index(Runtime& runtime, const Value& self, Arguments arguments) {
  const Integer found = find_index<FromRight>(runtime, self, arguments);
  if (found < 0) throw Failure("index() found no such substring");
  return Value::integer(found);
}

Value count(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("count", arguments, {"", "", ""}, 1);
  const std::string_view wanted = params.text(0);
  const Part part = choose_part(runtime, self, params);
  if (!part.valid) return Value::integer(0);
  if (wanted.empty()) return Value::integer(static_cast<Integer>(count_code_points(part.text)) + 1);
  runtime.step_bytes(search_cost(part.text, wanted));
  Integer times = 0;
  for (size_t at = 0; (at = find_in(part.text, wanted, at)) != std::string_view::npos; at += wanted.size())
    ++times;
  return Value::integer(times);
}

template <bool AtEnd>
Value begins(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params(AtEnd ? "endswith" : "startswith", arguments, {"", "", ""}, 1);
  const Value& wanted = *params.get(0);
  const Part part = choose_part(runtime, self, params);
  const auto matches = [&part](std::string_view text) {
    if (!part.valid || text.size() > part.text.size()) return false;
    return (AtEnd ? part.text.substr(part.text.size() - text.size()) : part.text.substr(0, text.size())) ==
           text;
  };
  if (!is_sequence(wanted, SequenceType::tuple)) return Value::boolean(matches(params.text(0)));
  for (const Value& item : wanted.as_sequence().items) {
    if (!item.is(Kind::text))
      throw Failure("startswith() and endswith() need strings, not " + type_name(item));
    runtime.step_text(item);
    if (matches(item.view())) return Value::boolean(true);
  }
  return Value::boolean(false);
}

template <bool AtEnd>
Value remove_end(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params(AtEnd ? "removesuffix" : "removeprefix", arguments, {""}, 1);
  const std::string_view part = params.text(0);
  std::string_view text = self.view();
  const bool fits = part.size() <= text.size();
  if (AtEnd && fits && text.substr(text.size() - part.size()) == part) text.remove_suffix(part.size());
  if (!AtEnd && fits && text.substr(0, part.size()) == part) text.remove_prefix(part.size());
  return like(runtime, self, std::string(text));
}

enum class Align { left, right, center };

// How many characters a text lacks to fill `width`; 0 if none.
Integer missing_to(Integer width, const Text& text) {
  const auto length = static_cast<Integer>(text.code_points);
  return width > length ? width - length : 0;
}

template <Align Where>
Value justify(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("ljust, rjust or center", arguments, {"", ""}, 1);
  const Integer width = params.integer(0, 0);
  const std::string_view fill = params.text(1, " ");
  if (count_code_points(fill) != 1) throw Failure("the fill must be one character");
  if (Where == Align::center) return like(runtime, self, center(runtime, self.view(), width, fill));
  const Integer missing = missing_to(width, self.as_text());
  TextBuilder out(runtime);
  if (Where == Align::right) out.repeat(fill, missing);
  out.add(self.view());
  if (Where == Align::left) out.repeat(fill, missing);
  return like(runtime, self, out.take());
}

Value zfill(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("zfill", arguments, {""}, 1);
  const std::string_view text = self.view();
  const size_t sign = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  TextBuilder out(runtime);
  out.add(text.substr(0, sign));
  out.repeat("0", missing_to(params.integer(0, 0), self.as_text()));
  out.add(text.substr(sign));
  return like(runtime, self, out.take());
}

template <bool (*Test)(char32_t)>
Value all_are(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("a string test", arguments, {});
  runtime.step(1 + self.view().size() / 8);
  const std::u32string points = to_code_points(self.view());
  return Value::boolean(!points.empty() && std::all_of(points.begin(), points.end(), Test));
}

bool is_alphanumeric(char32_t point) { return is_letter(point) || is_digit(point) || is_numeric(point); }

template <bool (*Test)(std::string_view)>
Value whole_is(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("a string test", arguments, {});
  runtime.step(1 + self.view().size() / 8);
  return Value::boolean(Test(self.view()));
}

bool is_ascii_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Value format(Runtime& runtime, const Value& self, Arguments arguments) {
  return format_braces(runtime, self, arguments);
}

Value format_map(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("format_map", arguments, {""}, 1);
  if (!params.get(0)->is(Kind::dict)) throw Failure("format_map() needs a dict");
  CallArguments fields;
  for (const auto& [key, value] : params.get(0)->as_dict().entries) {
    if (!key.is(Kind::text)) continue;
    runtime.step_bytes(key.view().size());
    fields.keyword.emplace_back(key.view(), value);
  }
  return format_braces(runtime, self, fields);
}

struct Entry {
  std::string_view name;
  Method method;
};

constexpr Entry methods[] = {
    {"capitalize", mapped<to_capitalized>},
    {"center", justify<Align::center>},
    {"count", count},
    {"endswith", begins<true>},
    {"find", find<false>},
    {"format", format},
    {"format_map", format_map},
    {"index", index<false>},
    {"isalnum", all_are<is_alphanumeric>},
    {"isalpha", all_are<is_letter>},
    {"isascii", whole_is<is_ascii_text>},
    {"isdecimal", all_are<is_decimal>},
    {"isdigit", all_are<is_digit>},
    {"islower", whole_is<is_lower_text>},
    {"isspace", all_are<is_space>},
    {"isupper", whole_is<is_upper_text>},
    {"join", join},
    {"ljust", justify<Align::left>},
    {"lower", mapped<to_lower>},
    {"lstrip", stripped<Side::left>},
    {"partition", partition<false>},
    {"removeprefix", remove_end<false>},
    {"removesuffix", remove_end<true>},
    {"replace", replace},
    {"rfind", find<true>},
    {"rindex", index<true>},
    {"rjust", justify<Align::right>},
    {"rpartition", partition<true>},
    {"rsplit", split<true>},
    {"rstrip", stripped<Side::right>},
    {"split", split<false>},
    {"splitlines", splitlines},
    {"startswith", begins<false>},
    {"strip", stripped<Side::both>},
    {"swapcase", mapped<to_swapped_case>},
    {"title", mapped<to_title>},
    {"upper", mapped<to_upper>},
    {"zfill", zfill},
};

}  // namespace

Method find_text_method(std::string_view name) {
  const auto* found = std::find_if(std::begin(methods), std::end(methods),
                                   [name](const Entry& entry) { return entry.name == name; });
  return found == std::end(methods) ? nullptr : found->method;
}

bool is_unsupported_text_method(std::string_view name) {
  static constexpr std::string_view names[] = {"casefold",     "encode",    "expandtabs",
                                               "isidentifier", "isnumeric", "isprintable",
                                               "istitle",      "maketrans", "translate"};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_lower_text(std::string_view text) {
  bool cased = false;
  for (const char32_t point : to_code_points(text)) {
    if (is_upper_letter(point) || is_title_letter(point)) return false;
    cased = cased || is_lower_letter(point);
  }
  return cased;
}

bool is_upper_text(std::string_view text) {
  bool cased = false;
  for (const char32_t point : to_code_points(text)) {
    if (is_lower_letter(point) || is_title_letter(point)) return false;
    cased = cased || is_upper_letter(point);
  }
  return cased;
}

}  // namespace reckon::text::jinja
