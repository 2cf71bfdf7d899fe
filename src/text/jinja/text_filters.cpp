// Filters that make text of a value.
#include "text/jinja/builtins.hpp"
#include "text/jinja/code_points.hpp"
#include "text/jinja/format.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/params.hpp"
#include "text/jinja/printing.hpp"
#include "text/jinja/text_ops.hpp"

namespace reckon::text::jinja {
namespace {

using Arguments = CallArguments&;

// The subject as text; a text keeps being marked safe.
Value soft_text(Runtime& runtime, const Value& value) {
  return value.is(Kind::text) ? value : runtime.text(to_text(runtime, value));
}

template <std::string (*Map)(std::string_view)>
Value mapped(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("a text filter", arguments, {});
  const Value text = soft_text(runtime, subject);
  runtime.step(1 + text.view().size());
  return runtime.text(Map(text.view()), text.as_text().markup);
}

// Jinja's own idea of a title: words also begin after any of - ( { [ <.
std::string title_words(std::string_view text) {
  const auto separates = [](char32_t c) {
    return is_space(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
  };
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const bool separator = separates(decode_at(text, at).value);
    size_t end = at;
    while (end < text.size() && separates(decode_at(text, end).value) == separator)
      end += decode_at(text, end).size;
    const size_t first = decode_at(text, at).size;
    out += to_upper(text.substr(at, first));
    out += to_lower(text.substr(at + first, end - at - first));
    at = end;
  }
  return out;
}

Value to_string(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("string", arguments, {});
  return soft_text(runtime, subject);
}

Value trim(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("trim", arguments, {"chars"});
  const Value text = soft_text(runtime, subject);
  const std::string_view chars = params.given(0) ? params.text(0) : std::string_view();
  runtime.step(1 + chars.size() / 8);
  runtime.step_bytes(text.view().size() * (1 + chars.size() / 8));
  return runtime.text(std::string(strip(text.view(), params.given(0) ? &chars : nullptr, Side::both)),
                      text.as_text().markup);
}

Value replace(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("replace", arguments, {"old", "new", "count"}, 2);
  return runtime.text(replace_all(runtime, to_text(runtime, subject), to_text(runtime, *params.get(0)),
                                  to_text(runtime, *params.get(1)),
                                  params.given(2) ? params.integer(2, -1) : Integer{-1}));
}

Value join(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("join", arguments, {"d", "attribute"});
  const std::string separator = params.get(0) != nullptr ? to_text(runtime, *params.get(0)) : "";
  TextBuilder out(runtime);
  Cursor cursor(subject);
  bool first = true;
  for (Value item; cursor.next(runtime, item);) {
    if (!first) out.add(separator);
    first = false;
    append_text(out, params.given(1) ? get_path(runtime, item, *params.get(1)) : item);
  }
  return runtime.text(out.take());
}

Value indent(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("indent", arguments, {"width", "first", "blank"});
  if (!subject.is(Kind::text)) throw Failure("indent needs a string, not " + type_name(subject));
  TextBuilder width(runtime);
  if (params.get(0) != nullptr && params.get(0)->is(Kind::text)) {
    width.add(params.text(0));
  } else {
    width.repeat(" ", params.integer(0, 4));
  }
  const std::string with_end = std::string(subject.view()) + "\n";
  TextBuilder out(runtime);
  if (params.flag(1, false)) out.add(width.view());
  bool first = true;
  for (const std::string_view line : split_lines(runtime, with_end, false)) {
    if (!first) {
      out.add('\n');
      if (!line.empty() || params.flag(2, false)) out.add(width.view());
    }
    first = false;
    out.add(line);
  }
  return runtime.text(out.take(), subject.as_text().markup);
}

Value escape(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("escape", arguments, {});
  if (subject.is(Kind::text) && subject.as_text().markup) return subject;
  return runtime.text(escape_html(runtime, to_text(runtime, subject)), true);
}

Value force_escape(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("forceescape", arguments, {});
  return runtime.text(escape_html(runtime, to_text(runtime, subject)), true);
}

Value safe(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("safe", arguments, {});
  return runtime.text(to_text(runtime, subject), true);
}

Value format(Runtime& runtime, const Value& subject, Arguments arguments) {
  if (!arguments.keyword.empty() && !arguments.positional.empty()) {
    throw Failure("format takes positional or named arguments, not both");
  }
  const Value text = soft_text(runtime, subject);
  if (arguments.keyword.empty()) return format_percent(runtime, text, runtime.tuple(arguments.positional));
  std::vector<DictEntry> entries;
  for (const auto& [name, value] : arguments.keyword) entries.emplace_back(runtime.text(name), value);
  return format_percent(runtime, text, runtime.dict(std::move(entries)));
}

Value center_text(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("center", arguments, {"width"});
  const Value text = soft_text(runtime, subject);
  return runtime.text(center(runtime, text.view(), params.integer(0, 80), " "), text.as_text().markup);
}

Value truncate(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("truncate", arguments, {"length", "killwords", "end", "leeway"});
  if (!subject.is(Kind::text)) throw Failure("truncate needs a string, not " + type_name(subject));
  const Integer length = params.integer(0, 255);
  const std::string_view end = params.text(2, "...");
  const Integer leeway = params.given(3) ? params.integer(3, 5) : Integer{5};
  const auto end_length = static_cast<Integer>(count_code_points(end));
  if (length < end_length || leeway < 0) throw Failure("truncate needs a length that has room for its end");
  const std::string_view text = subject.view();
  runtime.step_bytes(text.size());
  if (static_cast<Integer>(subject.as_text().code_points) - leeway <= length) return subject;
  std::string_view kept = text.substr(0, byte_offset(text, static_cast<size_t>(length - end_length)));
  if (!params.flag(1, false)) kept = kept.substr(0, kept.rfind(' '));  // npos keeps it whole
  return runtime.text(std::string(kept) + std::string(end));
}

Value wordcount(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("wordcount", arguments, {});
  const std::string text = to_text(runtime, subject);
  runtime.step(1 + text.size() / 8);
  Integer words = 0;
  bool in_word = false;
  for (const char32_t point : to_code_points(text)) {
    const bool part = point == '_' || is_letter(point) || is_numeric(point);
    if (part && !in_word) ++words;
    in_word = part;
  }
  return Value::integer(words);
}

void append_quoted(TextBuilder& out, std::string_view text, bool query) {
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("_.-~").find(c) != std::string_view::npos || (c == '/' && !query);
    if (plain) {
      out.add(c);
    } else if (query && c == ' ') {
      out.add('+');
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.add('%');
      out.add("0123456789ABCDEF"[byte >> 4]);
      out.add("0123456789ABCDEF"[byte & 15]);
    }
  }
}

Value urlencode(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("urlencode", arguments, {});
  TextBuilder out(runtime);
  if (!subject.is(Kind::dict)) {
    if (!subject.is(Kind::text) && is_iterable(subject))
      throw Failure("urlencode of a list is not supported");
    append_quoted(out, to_text(runtime, subject), false);
    return runtime.text(out.take());
  }
  bool first = true;
  for (const auto& [key, value] : subject.as_dict().entries) {
    if (!first) out.add('&');
    first = false;
    append_quoted(out, to_text(runtime, key), true);
    out.add('=');
    append_quoted(out, to_text(runtime, value), true);
  }
  return runtime.text(out.take());
}

JsonStyle json_style(Runtime& runtime, const Params& params) {
  JsonStyle style;
  style.ensure_ascii = params.flag(0, false);
  style.sort_keys = params.flag(3, false);
  if (params.given(1)) {
    style.pretty = true;
    style.item_separator.assign(1, ',');
    TextBuilder indent_text(runtime);
    if (params.get(1)->is(Kind::text)) {
      indent_text.add(params.text(1));
    } else {
      indent_text.repeat(" ", params.integer(1, 0));
    }
    style.indent = indent_text.take();
  }
  if (params.given(2)) {
    const Values separators = to_items(runtime, *params.get(2));
    if (separators.size() != 2 || !separators[0].is(Kind::text) || !separators[1].is(Kind::text)) {
      throw Failure("tojson's separators must be two strings");
    }
    style.item_separator = separators[0].view();
    style.key_separator = separators[1].view();
  }
  return style;
}

// As Hugging Face defines it for chat templates: json.dumps, nothing escaped for HTML.
Value tojson(Runtime& runtime, const Value& subject, Arguments arguments) {
  const Params params("tojson", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  TextBuilder out(runtime);
  append_json(out, subject, json_style(runtime, params));
  return runtime.text(out.take());
}

constexpr FilterEntry text_filter_table[] = {
    {"capitalize", mapped<to_capitalized>},
    {"center", center_text},
    {"e", escape},
    {"escape", escape},
    {"forceescape", force_escape},
    {"format", format},
    {"indent", indent},
    {"join", join},
    {"lower", mapped<to_lower>},
    {"replace", replace},
    {"safe", safe},
    {"string", to_string},
    {"title", mapped<title_words>},
    {"tojson", tojson},
    {"trim", trim},
    {"truncate", truncate},
    {"upper", mapped<to_upper>},
    {"urlencode", urlencode},
    {"wordcount", wordcount},
};

}  // namespace

std::span<const FilterEntry> text_filters() { return text_filter_table; }

}  // namespace reckon::text::jinja
