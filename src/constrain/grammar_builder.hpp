// Makes a grammar piece by piece.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "constrain/char_set.hpp"
#include "constrain/grammar.hpp"

namespace reckon::constrain {

inline constexpr uint32_t kUnlimited = std::numeric_limits<uint32_t>::max();  // repetitions

class GrammarBuilder {
 public:
  // Of all sequences together: what a form may become, however its repetitions multiply.
  static constexpr size_t kMaxSymbols = 1 << 18;

  // All of these throw Error(invalid_argument) when the grammar becomes too large. `form` names the form in
  // messages ("regex").
  explicit GrammarBuilder(std::string form) : form_(std::move(form)) {}

  // A rule that is defined later.
  Symbol declare(std::string name);
  void define(Symbol rule, std::vector<Sequence> alternatives);
  bool defined(Symbol rule) const { return rules_[static_cast<size_t>(rule)].defined; }

  Symbol choice(std::vector<Sequence> alternatives);
  Symbol byte_set(const ByteSet& set);
  // One character of the set; of an empty set, what no text matches.
  Symbol character(const CharSet& set);
  Sequence literal(std::string_view bytes);
  // `most` may be kUnlimited.
  Sequence repeat(Sequence what, uint32_t least, uint32_t most);
  Sequence optional(Sequence what) { return repeat(std::move(what), 0, 1); }

  // Throws Error(invalid_argument) if a rule is left-recursive or no text matches.
  Grammar compile(Symbol root) const;

  const std::string& form() const { return form_; }

 private:
  friend class GrammarCompiler;

  struct Rule {
    std::string name;  // empty: made by the builder
    bool defined = false;
    std::vector<Sequence> alternatives;
  };
  Symbol one_symbol(Sequence what);
  Symbol spelled(const std::vector<std::vector<ByteSet>>& spellings);
  void count(size_t symbols);

  std::string form_;
  std::vector<Rule> rules_;
  std::vector<ByteSet> sets_;
  std::map<ByteSet, Symbol> set_symbols_;
  std::map<std::vector<std::pair<char32_t, char32_t>>, Symbol> characters_;
  size_t n_symbols_ = 0;
};

// `sequence` with `more` behind it.
Sequence joined(Sequence sequence, const Sequence& more);

}  // namespace reckon::constrain
