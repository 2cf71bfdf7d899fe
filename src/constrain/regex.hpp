// Regular expressions, made into rules.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "constrain/grammar_builder.hpp"
#include "constrain/pattern_reader.hpp"

namespace reckon::constrain {

// The syntax of ECMAScript as far as it is regular, and its meaning: \d and \w are ASCII's, \s is white space
// and line ends of all Unicode (U+FEFF too, U+0085 not), . is all but \n, \r, U+2028 and U+2029.
class RegexParser {
 public:
  // What a character of a set looks like in the text: itself, or as a string of JSON spells it.
  using Spelling = std::function<Symbol(const CharSet&)>;

  // `form` names the pattern in messages. The builder outlives this object.
  RegexParser(const std::string& form, std::string_view pattern, GrammarBuilder& builder, Spelling spelling);

  // All of the text matches, anchors or not.
  Symbol parse_whole();
  // The text has a match in it; ^ and $ are its ends.
  Symbol parse_part();

 private:
  struct Alternative {
    Sequence sequence;
    bool from_start = false, to_end = false;  // anchored
  };

  std::vector<Alternative> parse_alternatives(int nesting);
  Alternative parse_alternative(int nesting);
  std::vector<Alternative> parse_all();
  Sequence parse_item(int nesting);
  Sequence parse_group(int nesting);
  void parse_group_kind();
  CharSet parse_class();
  void parse_class_range(CharSet& set);
  bool at_item() const;
  CharSet parse_atom();
  CharSet parse_escape();
  CharSet parse_class_escape(char letter);
  CharSet parse_property(bool negated);
  char32_t parse_code_point(size_t begin);
  void skip_laziness();

  PatternReader reader_;
  GrammarBuilder& builder_;
  Spelling spelling_;
};

}  // namespace reckon::constrain
