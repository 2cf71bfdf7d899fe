// The pieces of a JSON text, as rules.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "constrain/grammar_builder.hpp"
#include "constrain/json_value.hpp"

namespace reckon::constrain {

// Rules are made when they are first asked for.
class JsonText {
 public:
  static constexpr uint32_t kMaxIndent = 32;
  static constexpr uint32_t kMaxDigits = 15;  // in a row: what a double keeps

  explicit JsonText(GrammarBuilder& builder) : builder_(builder) {}

  // Nothing, a blank, or a line break and an indentation.
  Symbol space();
  Symbol value();  // any
  Symbol string();
  // One character of a string, in any spelling.
  Symbol character();
  // One of these characters, as it is or as the escape that it needs.
  Symbol character_of(const CharSet& set);
  Symbol number();
  Symbol boolean();
  Symbol object_of(const Sequence& member, uint32_t least, uint32_t most);  // {} with commas between members
  Symbol array_of(const Sequence& item, uint32_t least, uint32_t most);
  Sequence member(const Sequence& key, Symbol value);  // key: value
  Sequence literal(const Json& value) { return builder_.literal(value.dump()); }
  // `begin` items `end`, with space inside; `items` has its own commas.
  Symbol enclosed(const char* begin, std::vector<Sequence> items, const char* end);
  Sequence comma() { return joined(builder_.literal(","), {space()}); }

  // Digits, "." and digits: none or up to kMaxDigits, all zeros, or not all zeros.
  Sequence fraction();
  Sequence zero_fraction();
  Sequence nonzero_fraction();

 private:
  Symbol list(const char* begin, const Sequence& item, uint32_t least, uint32_t most, const char* end);
  Sequence digits(uint32_t least, uint32_t most);
  Symbol escape();
  Symbol make_character_of(const CharSet& set);

  GrammarBuilder& builder_;
  std::map<std::vector<CharRange>, Symbol> characters_of_;
  std::optional<Symbol> space_, value_, string_, character_, number_;
};

// The whole numbers from `least` to `most`, both within 15 digits, in decimal.
Symbol integer_range(GrammarBuilder& builder, int64_t least, int64_t most);

}  // namespace reckon::constrain
