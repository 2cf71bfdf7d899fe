// From a builder's rules to a grammar.
#pragma once

#include "constrain/grammar_builder.hpp"

namespace reckon::constrain {

class GrammarCompiler {
 public:
  GrammarCompiler(const GrammarBuilder& builder, Symbol root);
  Grammar run();

 private:
  using Rule = GrammarBuilder::Rule;
  struct LeftEdge {
    uint32_t to;
    bool last;  // nothing follows `to` in the sequence
  };

  const Rule& rule(size_t i) const { return builder_.rules_[i]; }
  template <class SymbolHolds>
  std::vector<bool> rules_with_a_sequence_of(SymbolHolds holds) const;
  bool productive(const Sequence& sequence) const;
  std::vector<LeftEdge> left_edges(uint32_t rule) const;
  void find_order();
  void refuse_left_recursion() const;
  void write_rules(Grammar& grammar) const;
  void write_classes(Grammar& grammar) const;
  void write_char_sets(Grammar& grammar) const;
  void mark_char_set(Grammar& grammar, Symbol symbol, uint8_t number) const;

  const GrammarBuilder& builder_;
  uint32_t root_;
  std::vector<bool> productive_, nullable_;  // by rule
  std::vector<uint32_t> order_;              // rules that the root reaches, the root first
  std::vector<uint32_t> number_;             // by rule: its place in order_, kNone without one
};

}  // namespace reckon::constrain
