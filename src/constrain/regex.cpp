#include "constrain/regex.hpp"

#include <fmt/format.h>

#include <optional>

#include "constrain/forms.hpp"

namespace reckon::constrain {

RegexParser::RegexParser(const std::string& form, std::string_view pattern, GrammarBuilder& builder,
                         Spelling spelling)
    : reader_(form, pattern), builder_(builder), spelling_(std::move(spelling)) {}

std::vector<RegexParser::Alternative> RegexParser::parse_all() {
  auto alternatives = parse_alternatives(0);
  if (!reader_.at_end()) reader_.fail("a ) without its (");
  return alternatives;
}

Symbol RegexParser::parse_whole() {
  std::vector<Sequence> sequences;
  for (Alternative& a : parse_all()) sequences.push_back(std::move(a.sequence));
  return builder_.choice(std::move(sequences));
}

Symbol RegexParser::parse_part() {
  const Sequence anything = builder_.repeat({spelling_(CharSet().complement())}, 0, kUnlimited);
  std::vector<Sequence> sequences;
  for (const Alternative& a : parse_all()) {
    Sequence sequence = a.from_start ? a.sequence : joined(anything, a.sequence);
    sequences.push_back(a.to_end ? std::move(sequence) : joined(std::move(sequence), anything));
  }
  return builder_.choice(std::move(sequences));
}

std::vector<RegexParser::Alternative> RegexParser::parse_alternatives(int nesting) {
  std::vector<Alternative> alternatives{parse_alternative(nesting)};
  while (reader_.take("|")) alternatives.push_back(parse_alternative(nesting));
  return alternatives;
}

bool RegexParser::at_item() const {
  return !reader_.at_end() && reader_.peek() != '|' && reader_.peek() != ')';
}

RegexParser::Alternative RegexParser::parse_alternative(int nesting) {
  Alternative alternative;
  if (nesting == 0) alternative.from_start = reader_.take("^");
  while (at_item()) {
    if (nesting == 0 && reader_.take("$")) {
      alternative.to_end = true;
      if (at_item()) reader_.fail("$ is not at the end; expected anchors only there");
      break;
    }
    Sequence item = parse_item(nesting);
    // In ECMAScript, whose meaning patterns have, it isn't {0,n}.
    if (reader_.looking_at("{,")) reader_.fail("a repetition without its least count; expected {0,n} or \\{");
    if (Repetition r; take_repetition(reader_, r)) {
      skip_laziness();
      item = builder_.repeat(std::move(item), r.least, r.most);
    }
    alternative.sequence.insert(alternative.sequence.end(), item.begin(), item.end());
  }
  return alternative;
}

// A lazy repetition matches the same texts as a greedy one.
void RegexParser::skip_laziness() {
  reader_.take("?");
  if (reader_.peek() == '+')
    reader_.fail("a possessive repetition is not regular; expected +, *, ? or {m,n}, lazy or not");
  if (reader_.peek() == '*' || reader_.peek() == '{' || reader_.peek() == '?')
    reader_.fail("a repetition of a repetition; expected a group around the first");
}

Sequence RegexParser::parse_item(int nesting) {
  if (reader_.take("(")) return parse_group(nesting + 1);
  if (reader_.peek() == '*' || reader_.peek() == '+' || reader_.peek() == '?' || reader_.peek() == '{')
    reader_.fail("nothing to repeat; expected a character, a class or a group (\\ makes a mark plain)");
  if (reader_.peek() == '^' || reader_.peek() == '$')
    reader_.fail("an anchor in the middle; expected ^ at the beginning and $ at the end only");
  return {spelling_(parse_atom())};
}

Sequence RegexParser::parse_group(int nesting) {
  if (nesting > PatternReader::kMaxNesting)
    reader_.fail(fmt::format("groups nested more than {} deep", PatternReader::kMaxNesting));
  const size_t begin = reader_.position() - 1;
  parse_group_kind();
  std::vector<Sequence> sequences;
  for (Alternative& a : parse_alternatives(nesting)) sequences.push_back(std::move(a.sequence));
  if (!reader_.take(")")) reader_.fail_at(begin, "a group that does not end; expected )");
  return {builder_.choice(std::move(sequences))};
}

void RegexParser::parse_group_kind() {
  const size_t begin = reader_.position() - 1;
  if (!reader_.take("?") || reader_.take(":")) return;
  for (const char* look : {"=", "!", "<=", "<!"})
    if (reader_.looking_at(look))
      reader_.fail_at(begin, "lookaround is not regular; expected (...) or (?:...)");
  if (!reader_.take("<") && !reader_.take("P<"))
    reader_.fail_at(begin, "a group of this kind is not supported; expected (...), (?:...) or (?<name>...)");
  reader_.take_while([](char c) { return c != '>' && c != ')' && c != '\n'; });
  if (!reader_.take(">")) reader_.fail("expected > after the name of a group");
}

CharSet RegexParser::parse_atom() {
  if (reader_.take("[")) return parse_class();
  if (reader_.take(".")) return CharSet{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}.complement();
  if (reader_.take("\\")) return parse_escape();
  const char32_t c = reader_.take_character();
  return {{c, c}};
}

CharSet RegexParser::parse_class() {
  const size_t begin = reader_.position() - 1;
  const bool negated = reader_.take("^");
  CharSet set;
  while (!reader_.take("]")) {
    if (reader_.at_end()) reader_.fail_at(begin, "a class that does not end; expected ]");
    if (reader_.looking_at("[:"))
      reader_.fail(
          "a named class, which is not supported; expected \\d, \\w, \\s or \\p{...} (\\[ is a plain [)");
    parse_class_range(set);
  }
  return negated ? set.complement() : set;
}

// One character, a range, or an escape that stands for several.
void RegexParser::parse_class_range(CharSet& set) {
  const auto one = [&] {
    if (reader_.take("\\")) return parse_escape();
    const char32_t c = reader_.take_character();
    return CharSet{{c, c}};
  };
  const size_t begin = reader_.position();
  const CharSet first = one();
  if (!reader_.looking_at("-") || reader_.looking_at("-]")) return set.add(first);
  reader_.take("-");
  if (reader_.at_end()) return;  // the caller says so
  const CharSet last = one();
  const auto is_one = [](const CharSet& s) {
    return s.ranges().size() == 1 && s.ranges()[0].first == s.ranges()[0].last;
  };
  if (!is_one(first) || !is_one(last) || first.ranges()[0].first > last.ranges()[0].first)
    reader_.fail_at(
        begin, "a range that is none; expected two characters, the smaller one first (\\- is a plain -)");
  set.add(first.ranges()[0].first, last.ranges()[0].first);
}

Grammar compile_regex(std::string_view pattern) {
  GrammarBuilder builder("regex");
  RegexParser parser("regex", pattern, builder, [&](const CharSet& set) { return builder.character(set); });
  return builder.compile(parser.parse_whole());
}

}  // namespace reckon::constrain
