#include "constrain/grammar_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <reckon/error.hpp>

#include "constrain/components.hpp"
#include "load/quoted.hpp"

namespace reckon::constrain {
namespace {

constexpr uint32_t kNone = UINT32_MAX;
constexpr uint16_t kNoClass = UINT16_MAX;

}  // namespace

GrammarCompiler::GrammarCompiler(const GrammarBuilder& builder, Symbol root)
    : builder_(builder), root_(static_cast<uint32_t>(root)) {
  productive_ =
      rules_with_a_sequence_of([&](Symbol s) { return !builder.sets_[static_cast<size_t>(~s)].empty(); });
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
    return s < 0 ? !builder_.sets_[static_cast<size_t>(~s)].empty() : productive_[static_cast<size_t>(s)];
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
  return grammar;
}

void GrammarCompiler::find_order() {
  number_.assign(builder_.rules_.size(), kNone);
  order_ = {root_};
  number_[root_] = 0;
  for (size_t i = 0; i < order_.size(); i++) {
    for (const Sequence& s : rule(order_[i]).alternatives) {
      if (!productive(s)) continue;
      for (Symbol x : s) {
        if (x < 0 || number_[static_cast<size_t>(x)] != kNone) continue;
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
                              builder_.form(), name.empty() ? "a group" : "rule " + load::quoted(name)));
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

// A root that is a byte set gets a rule of its own.
Grammar GrammarBuilder::compile(Symbol root) const {
  if (root >= 0) return GrammarCompiler(*this, root).run();
  GrammarBuilder with_root = *this;
  return with_root.compile(with_root.choice({{root, with_root.choice({{}})}}));
}

}  // namespace reckon::constrain
