#include "constrain/json_text.hpp"

#include <fmt/format.h>

namespace reckon::constrain {
namespace {

constexpr char32_t kFirstUnescaped = 0x20;

// " and \ and controls
CharSet escaped_characters() { return {{0, kFirstUnescaped - 1}, {'"', '"'}, {'\\', '\\'}}; }

std::string escape_of(char32_t c) {
  if (c == '"' || c == '\\') return {'\\', static_cast<char>(c)};
  for (auto [from, to] : {std::pair{'\b', 'b'}, {'\f', 'f'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}})
    if (c == static_cast<char32_t>(from)) return {'\\', to};
  return fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
}

}  // namespace

Symbol JsonText::space() {
  if (!space_) {
    const Symbol indent = builder_.character({{' ', ' '}, {'\t', '\t'}});
    space_ = builder_.choice({{},
                              builder_.literal(" "),
                              joined(builder_.literal("\n"), builder_.repeat({indent}, 0, kMaxIndent))});
  }
  return *space_;
}

Symbol JsonText::character() {
  if (!character_)
    character_ = builder_.choice({{builder_.character(escaped_characters().complement())}, {escape()}});
  return *character_;
}

// \n and the like, \uHHHH but for surrogates, and these in pairs.
Symbol JsonText::escape() {
  const auto one_of = [&](const CharSet& set) { return builder_.character(set); };
  const Symbol hex = one_of({{'0', '9'}, {'a', 'f'}, {'A', 'F'}});
  const Symbol d = one_of({{'d', 'd'}, {'D', 'D'}});
  const Symbol not_d = one_of({{'0', '9'}, {'a', 'c'}, {'A', 'C'}, {'e', 'f'}, {'E', 'F'}});
  const Symbol low = one_of({{'0', '7'}});
  const Symbol leading = one_of({{'8', '9'}, {'a', 'b'}, {'A', 'B'}});
  const Symbol trailing = one_of({{'c', 'f'}, {'C', 'F'}});
  const Sequence u = builder_.literal("\\u");
  const Symbol mark = one_of(
      {{'"', '"'}, {'\\', '\\'}, {'/', '/'}, {'b', 'b'}, {'f', 'f'}, {'n', 'n'}, {'r', 'r'}, {'t', 't'}});
  Sequence pair = joined(u, {d, leading, hex, hex});
  pair = joined(joined(std::move(pair), u), {d, trailing, hex, hex});
  return builder_.choice({joined(builder_.literal("\\"), {mark}), joined(u, {not_d, hex, hex, hex}),
                          joined(u, {d, low, hex, hex}), std::move(pair)});
}

Symbol JsonText::character_of(const CharSet& set) {
  const auto [at, is_new] = characters_of_.try_emplace(set.ranges(), 0);
  if (is_new) at->second = make_character_of(set);
  return at->second;
}

Symbol JsonText::make_character_of(const CharSet& set) {
  if (set == CharSet().complement()) return character();
  std::vector<Sequence> alternatives{{builder_.character(set.without(escaped_characters()))}};
  const CharSet escaped = set.common(escaped_characters());
  for (const CharRange& r : escaped.ranges())
    for (char32_t c = r.first; c <= r.last; c++) alternatives.push_back(builder_.literal(escape_of(c)));
  return builder_.choice(std::move(alternatives));
}

Symbol JsonText::string() {
  if (!string_) {
    const Sequence quote = builder_.literal("\"");
    string_ = builder_.choice({joined(joined(quote, builder_.repeat({character()}, 0, kUnlimited)), quote)});
  }
  return *string_;
}

Sequence JsonText::digits(uint32_t least, uint32_t most) {
  return builder_.repeat({builder_.character({{'0', '9'}})}, least, most);
}

Sequence JsonText::fraction() {
  return builder_.optional(joined(builder_.literal("."), digits(1, kMaxDigits)));
}

Sequence JsonText::zero_fraction() {
  return builder_.optional(
      joined(builder_.literal("."), builder_.repeat(builder_.literal("0"), 1, kMaxDigits)));
}

Sequence JsonText::nonzero_fraction() {
  const Sequence zeros = builder_.repeat(builder_.literal("0"), 0, kMaxDigits - 1);
  const Symbol nonzero = builder_.character({{'1', '9'}});
  return joined(joined(joined(builder_.literal("."), zeros), {nonzero}), digits(0, kMaxDigits - 1));
}

Symbol JsonText::number() {
  if (!number_) {
    const Sequence sign = builder_.optional(builder_.literal("-"));
    const Symbol whole = builder_.choice(
        {builder_.literal("0"), joined({builder_.character({{'1', '9'}})}, digits(0, kMaxDigits - 1))});
    const Symbol e = builder_.character({{'e', 'e'}, {'E', 'E'}});
    const Sequence exponent_sign = builder_.optional({builder_.character({{'+', '+'}, {'-', '-'}})});
    const Sequence exponent = builder_.optional(joined(joined({e}, exponent_sign), digits(1, 2)));
    number_ = builder_.choice({joined(joined(joined(sign, {whole}), fraction()), exponent)});
  }
  return *number_;
}

Symbol JsonText::boolean() { return builder_.choice({builder_.literal("true"), builder_.literal("false")}); }

Sequence JsonText::member(const Sequence& key, Symbol value) {
  return joined(joined(key, builder_.literal(":")), {space(), value});
}

Symbol JsonText::enclosed(const char* begin, std::vector<Sequence> items, const char* end) {
  return builder_.choice({joined(
      joined(joined(builder_.literal(begin), {space(), builder_.choice(std::move(items))}), {space()}),
      builder_.literal(end))});
}

Symbol JsonText::list(const char* begin, const Sequence& item, uint32_t least, uint32_t most,
                      const char* end) {
  std::vector<Sequence> items;
  if (most > 0) {
    const Sequence next = joined(comma(), item);
    items.push_back(joined(
        item, builder_.repeat(next, least == 0 ? 0 : least - 1, most == kUnlimited ? kUnlimited : most - 1)));
  }
  const Symbol filled = enclosed(begin, std::move(items), end);  // of no items: what no text matches
  if (least > 0) return filled;
  const Sequence empty = joined(builder_.literal(begin), {space()});
  return builder_.choice({{filled}, joined(empty, builder_.literal(end))});
}

Symbol JsonText::object_of(const Sequence& member, uint32_t least, uint32_t most) {
  return list("{", member, least, most, "}");
}

Symbol JsonText::array_of(const Sequence& item, uint32_t least, uint32_t most) {
  return list("[", item, least, most, "]");
}

Symbol JsonText::value() {
  if (!value_) {
    value_ = builder_.declare("value");
    builder_.define(*value_, {{object_of(member({string()}, *value_), 0, kUnlimited)},
                              {array_of({*value_}, 0, kUnlimited)},
                              {string()},
                              {number()},
                              {boolean()},
                              builder_.literal("null")});
  }
  return *value_;
}

}  // namespace reckon::constrain
