// Grammars in llama.cpp's notation (GBNF).
#include <fmt/format.h>

#include <map>

#include "constrain/forms.hpp"
#include "constrain/grammar_builder.hpp"
#include "constrain/pattern_reader.hpp"
#include "support/quoted.hpp"
#include "text/utf8.hpp"

namespace reckon::constrain {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// rule:        name "::=" alternatives
// alternatives: sequence ("|" sequence)*
// sequence:    (item repetition?)*
// item:        "literal" | [class] | . | name | "(" alternatives ")"
class GbnfParser {
 public:
  explicit GbnfParser(std::string_view text) : reader_("grammar", text), builder_("grammar") {}

  Grammar run() {
    skip_space();
    while (!reader_.at_end()) parse_rule();
    for (const auto& [name, rule] : rules_) {
      if (!builder_.defined(rule.symbol))
        reader_.fail_at(rule.first_use, fmt::format("rule {} is not defined", support::quoted(name)));
    }
    const auto root = rules_.find("root");
    if (root == rules_.end()) reader_.fail("expected a rule \"root\" somewhere");
    return builder_.compile(root->second.symbol);
  }

 private:
  struct Rule {
    Symbol symbol;
    size_t first_use;
  };

  void skip_space();
  void parse_rule();
  std::vector<Sequence> parse_alternatives(int nesting);
  Sequence parse_sequence(int nesting);
  Sequence parse_item(int nesting);
  Sequence parse_group(int nesting);
  Sequence parse_literal();
  Symbol parse_class();
  char32_t parse_character();
  char32_t parse_escape();
  bool rule_begins();
  Symbol rule_named(std::string_view name, size_t position);

  PatternReader reader_;
  GrammarBuilder builder_;
  std::map<std::string, Rule, std::less<>> rules_;
};

// Blanks, line breaks and comments.
void GbnfParser::skip_space() {
  for (;;) {
    reader_.take_while([](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    if (reader_.peek() != '#') return;
    reader_.take_while([](char c) { return c != '\n'; });
  }
}

Symbol GbnfParser::rule_named(std::string_view name, size_t position) {
  if (const auto at = rules_.find(name); at != rules_.end()) return at->second.symbol;
  const Symbol symbol = builder_.declare(std::string(name));
  rules_.emplace(name, Rule{symbol, position});
  return symbol;
}

void GbnfParser::parse_rule() {
  const size_t begin = reader_.position();
  const std::string_view name = reader_.take_while(is_name_character);
  if (name.empty()) reader_.fail("expected the name of a rule");
  const Symbol rule = rule_named(name, begin);
  skip_space();
  if (!reader_.take("::="))
    reader_.fail(fmt::format("expected ::= after the name {}", support::quoted(name)));
  if (builder_.defined(rule))
    reader_.fail_at(begin, fmt::format("rule {} is defined twice", support::quoted(name)));
  skip_space();
  builder_.define(rule, parse_alternatives(0));
  if (!reader_.at_end() && !rule_begins()) reader_.fail("expected a literal, a class, a name, ( or |");
}

// Is a name with ::= behind it next? It ends the rule before it; rules may go over several lines.
bool GbnfParser::rule_begins() {
  const size_t begin = reader_.position();
  const bool name = !reader_.take_while(is_name_character).empty();
  if (name) skip_space();
  const bool begins = name && reader_.looking_at("::=");
  reader_.go_to(begin);
  return begins;
}

std::vector<Sequence> GbnfParser::parse_alternatives(int nesting) {
  std::vector<Sequence> alternatives{parse_sequence(nesting)};
  while (reader_.take("|")) {
    skip_space();
    alternatives.push_back(parse_sequence(nesting));
  }
  return alternatives;
}

Sequence GbnfParser::parse_sequence(int nesting) {
  Sequence sequence;
  for (;;) {
    const char c = reader_.peek();
    if (c == '<' || c == '!') reader_.fail("a reference to a token, which can't be honoured; expected text");
    const bool item =
        c == '"' || c == '[' || c == '.' || c == '(' || (is_name_character(c) && !rule_begins());
    if (!item) return sequence;
    Sequence one = parse_item(nesting);
    skip_space();
    if (Repetition r; take_repetition(reader_, r)) {
      one = builder_.repeat(std::move(one), r.least, r.most);
      skip_space();
    }
    sequence.insert(sequence.end(), one.begin(), one.end());
  }
}

Sequence GbnfParser::parse_item(int nesting) {
  const size_t begin = reader_.position();
  if (reader_.take("\"")) return parse_literal();
  if (reader_.take("[")) return {parse_class()};
  if (reader_.take(".")) return {builder_.character(CharSet().complement())};
  if (reader_.take("(")) return parse_group(nesting + 1);
  return {rule_named(reader_.take_while(is_name_character), begin)};
}

Sequence GbnfParser::parse_group(int nesting) {
  if (nesting > PatternReader::kMaxNesting)
    reader_.fail(fmt::format("groups nested more than {} deep", PatternReader::kMaxNesting));
  skip_space();
  std::vector<Sequence> alternatives = parse_alternatives(nesting);
  if (!reader_.take(")")) reader_.fail("expected ) at the end of a group");
  return {builder_.choice(std::move(alternatives))};
}

Sequence GbnfParser::parse_literal() {
  const size_t begin = reader_.position() - 1;
  std::string text;
  while (!reader_.take("\"")) {
    if (reader_.at_end()) reader_.fail_at(begin, "a literal that does not end; expected \"");
    text::append_utf8(text, parse_character());
  }
  return builder_.literal(text);
}

Symbol GbnfParser::parse_class() {
  const size_t begin = reader_.position() - 1;
  const bool negated = reader_.take("^");
  CharSet set;
  while (!reader_.take("]")) {
    if (reader_.at_end()) reader_.fail_at(begin, "a class that does not end; expected ]");
    const size_t position = reader_.position();
    const char32_t first = parse_character();
    char32_t last = first;
    if (reader_.looking_at("-") && !reader_.looking_at("-]")) {
      reader_.take("-");
      if (reader_.at_end()) reader_.fail_at(begin, "a class that does not end; expected ]");
      last = parse_character();
    }
    if (first > last)
      reader_.fail_at(position, "a range that runs backwards; expected the smaller character first");
    set.add(first, last);
  }
  return builder_.character(negated ? set.complement() : set);
}

char32_t GbnfParser::parse_character() {
  if (reader_.take("\\")) return parse_escape();
  return reader_.take_character();
}

char32_t GbnfParser::parse_escape() {
  if (reader_.take("x")) return reader_.take_hex(2);
  if (reader_.take("u")) return reader_.take_hex(4);
  if (reader_.take("U")) return reader_.take_hex(8);
  if (reader_.take("n")) return '\n';
  if (reader_.take("r")) return '\r';
  if (reader_.take("t")) return '\t';
  for (const char* same : {"\\", "\"", "[", "]", "-", "^", "/"})
    if (reader_.take(same)) return static_cast<char32_t>(*same);
  reader_.fail("an unknown escape; expected x, u or U with hexadecimal digits, n, r, t, or a mark");
}

}  // namespace

Grammar compile_gbnf(std::string_view text) { return GbnfParser(text).run(); }

}  // namespace reckon::constrain
