#include "constrain/grammar_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <reckon/error.hpp>

#include "constrain/components.hpp"
#include "support/quoted.hpp"

namespace reckon::constrain {
namespace {

constexpr uint32_t kUnnumbered = UINT32_MAX;
constexpr uint16_t kNoClass = UINT16_MAX;

}  // namespace

GrammarCompiler::GrammarCompiler(const GrammarBuilder& builder, Symbol root)
    : builder_(builder), root_(static_cast<uint32_t>(root)) {
  productive_ = rules_with_a_sequence_of([&](Symbol s) { return !builder.sets_[set_index(s)].empty(); });
  nullable_ = rules_with_a_sequence_of([](Symbol) { return false; });
}

// The least set of rules that have an alternative all of whose symbols hold, or are rules of the set. Each
// symbol is looked at once: an alternative waits for the rules it names.
template <class SymbolHolds>
std::vector<bool> GrammarCompiler::rules_with_a_sequence_of(SymbolHolds holds) const {
  struct Waiting {
    uint32_t rule;
    size_t missing;
  };
  std::vector<bool> found(builder_.rules_.size());
  std::vector<Waiting> waiting;
  std::vector<std::vector<uint32_t>> waiting_for(builder_.rules_.size());  // places in `waiting`
  std::vector<uint32_t> ready;
  const auto add = [&](uint32_t r) {
    if (!found[r]) ready.push_back(r);
    found[r] = true;
  };
  for (uint32_t r = 0; r < builder_.rules_.size(); r++) {
    for (const Sequence& s : rule(r).alternatives) {
      if (std::any_of(s.begin(), s.end(), [&](Symbol x) { return x < 0 && !holds(x); })) continue;
      Waiting w{r, 0};
      for (Symbol x : s) {
        if (x < 0) continue;
        w.missing++;
        waiting_for[static_cast<size_t>(x)].push_back(static_cast<uint32_t>(waiting.size()));
      }
      if (w.missing == 0) add(r);
      waiting.push_back(w);
    }
  }
  while (!ready.empty()) {
    const uint32_t r = ready.back();
    ready.pop_back();
    for (uint32_t w : waiting_for[r])
      if (--waiting[w].missing == 0) add(waiting[w].rule);
  }
  return found;
}

bool GrammarCompiler::productive(const Sequence& sequence) const {
  return std::all_of(sequence.begin(), sequence.end(), [&](Symbol s) {
    return s < 0 ? !builder_.sets_[set_index(s)].empty() : productive_[static_cast<size_t>(s)];
  });
}

Grammar GrammarCompiler::run() {
  if (!productive_[root_]) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: no text matches it; expected a form that at least one finite text has",
                            builder_.form()));
  }
  find_order();
  refuse_left_recursion();
  Grammar grammar;
  write_rules(grammar);
  write_classes(grammar);
  write_char_sets(grammar);
  return grammar;
}

void GrammarCompiler::find_order() {
  number_.assign(builder_.rules_.size(), kUnnumbered);
  order_ = {root_};
  number_[root_] = 0;
  for (size_t i = 0; i < order_.size(); i++) {
    for (const Sequence& s : rule(order_[i]).alternatives) {
      if (!productive(s)) continue;
      for (Symbol x : s) {
        if (x < 0 || number_[static_cast<size_t>(x)] != kUnnumbered) continue;
        number_[static_cast<size_t>(x)] = static_cast<uint32_t>(order_.size());
        order_.push_back(static_cast<uint32_t>(x));
      }
    }
  }
}

// The rules that a rule can begin with, no byte before them.
std::vector<GrammarCompiler::LeftEdge> GrammarCompiler::left_edges(uint32_t r) const {
  std::vector<LeftEdge> edges;
  for (const Sequence& s : rule(r).alternatives) {
    if (!productive(s)) continue;
    for (size_t i = 0; i < s.size() && s[i] >= 0; i++) {
      edges.push_back({number_[static_cast<size_t>(s[i])], i + 1 == s.size()});
      if (!nullable_[static_cast<size_t>(s[i])]) break;
    }
  }
  return edges;
}

// A rule that comes back to itself before any byte, with something left to do behind it, would go deeper for
// ever. With nothing left to do it is back where it was: harmless, and ("a"?)* is made of this.
void GrammarCompiler::refuse_left_recursion() const {
  std::vector<std::vector<uint32_t>> successors(order_.size());
  for (size_t i = 0; i < order_.size(); i++)
    for (const LeftEdge& e : left_edges(order_[i])) successors[i].push_back(e.to);
  const std::vector<uint32_t> component = strong_components(successors);
  for (size_t i = 0; i < order_.size(); i++) {
    for (const LeftEdge& e : left_edges(order_[i])) {
      if (e.last || component[i] != component[e.to]) continue;
      std::string name = rule(order_[i]).name;
      if (name.empty()) name = rule(order_[e.to]).name;
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("{}: {} is left-recursive; expected every way back to a rule to take at least "
                              "one character first",
                              builder_.form(), name.empty() ? "a group" : "rule " + support::quoted(name)));
    }
  }
}

void GrammarCompiler::write_rules(Grammar& grammar) const {
  grammar.sets_ = builder_.sets_;
  for (uint32_t r : order_) {
    grammar.rules_.push_back(static_cast<uint32_t>(grammar.starts_.size()));
    for (const Sequence& s : rule(r).alternatives) {
      if (!productive(s)) continue;
      grammar.starts_.push_back(static_cast<uint32_t>(grammar.symbols_.size()));
      for (Symbol x : s)
        grammar.symbols_.push_back(x < 0 ? x : static_cast<Symbol>(number_[static_cast<size_t>(x)]));
      grammar.symbols_.push_back(kEndOfSequence);
    }
  }
  grammar.rules_.push_back(static_cast<uint32_t>(grammar.starts_.size()));
}

void GrammarCompiler::write_classes(Grammar& grammar) const {
  std::array<uint16_t, 256> classes{};
  const auto refine = [&](const ByteSet& set) {
    std::array<std::array<uint16_t, 2>, 256> parts;  // of each class: its bytes outside and in the set
    for (auto& part : parts) part = {kNoClass, kNoClass};
    uint16_t n = 0;
    for (unsigned b = 0; b < 256; b++) {
      uint16_t& part = parts[classes[b]][set.contains(static_cast<uint8_t>(b)) ? 1 : 0];
      if (part == kNoClass) part = n++;
      classes[b] = part;
    }
  };
  refine(ByteSet::range('\n', '\n'));
  refine(ByteSet::range('\r', '\r'));
  for (const ByteSet& set : grammar.sets_) refine(set);
  for (unsigned b = 0; b < 256; b++) {
    grammar.classes_[b] = static_cast<uint8_t>(classes[b]);
    if (classes[b] == grammar.representatives_.size())
      grammar.representatives_.push_back(static_cast<uint8_t>(b));
  }
}

namespace {

size_t size_of(const CharSet& set) {
  size_t n = 0;
  for (const CharRange& r : set.ranges()) n += r.last - r.first + 1;
  return n;
}

}  // namespace

void GrammarCompiler::write_char_sets(Grammar& grammar) const {
  constexpr size_t kLarge = 24;  // characters: what many tokens are made of
  struct Found {
    size_t size;
    CharSet set;
    Symbol symbol;
  };
  std::vector<Found> found;
  for (const auto& [ranges, symbol] : builder_.characters_) {
    if (symbol >= 0 && number_[static_cast<size_t>(symbol)] == kUnnumbered) continue;
    CharSet set;
    for (const auto& [first, last] : ranges) set.add(first, last);
    if (size_of(set) >= kLarge) found.push_back({size_of(set), std::move(set), symbol});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.size > b.size; });
  found.resize(std::min(found.size(), Grammar::kMaxCharSets));
  grammar.char_set_at_.assign(grammar.symbols_.size(), Grammar::kNoCharSet);
  for (Found& f : found) {
    mark_char_set(grammar, f.symbol, static_cast<uint8_t>(grammar.char_sets_.size()));
    grammar.char_sets_.push_back(std::move(f.set));
  }
}

void GrammarCompiler::mark_char_set(Grammar& grammar, Symbol symbol, uint8_t number) const {
  const auto mark = [&](size_t position) {
    uint8_t& at = grammar.char_set_at_[position];
    if (at == Grammar::kNoCharSet) at = number;
  };
  if (symbol >= 0) {
    const uint32_t rule = number_[static_cast<size_t>(symbol)];
    for (uint32_t start : grammar.alternatives(rule)) mark(start);
    return;
  }
  for (size_t p = 0; p < grammar.symbols_.size(); p++)
    if (grammar.symbols_[p] == symbol) mark(p);
}

// A root that is a byte set gets a rule of its own.
Grammar GrammarBuilder::compile(Symbol root) const {
  if (root >= 0) return GrammarCompiler(*this, root).run();
  GrammarBuilder with_root = *this;
  return with_root.compile(with_root.choice({{root, with_root.choice({{}})}}));
}

}  // namespace reckon::constrain
