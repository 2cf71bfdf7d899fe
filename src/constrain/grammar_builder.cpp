#include "constrain/grammar_builder.hpp"

#include <fmt/format.h>

#include <array>

#include <reckon/error.hpp>

namespace reckon::constrain {

Sequence joined(Sequence sequence, const Sequence& more) {
  sequence.insert(sequence.end(), more.begin(), more.end());
  return sequence;
}

void GrammarBuilder::count(size_t symbols) {
  n_symbols_ += symbols;
  if (n_symbols_ <= kMaxSymbols) return;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{}: too large once its repetitions are written out; expected at most {} symbols",
                          form_, kMaxSymbols));
}

Symbol GrammarBuilder::declare(std::string name) {
  count(1);
  rules_.push_back({std::move(name), false, {}});
  return static_cast<Symbol>(rules_.size() - 1);
}

void GrammarBuilder::define(Symbol rule, std::vector<Sequence> alternatives) {
  for (const Sequence& s : alternatives) count(s.size() + 1);
  Rule& r = rules_[static_cast<size_t>(rule)];
  r.alternatives = std::move(alternatives);
  r.defined = true;
}

Symbol GrammarBuilder::choice(std::vector<Sequence> alternatives) {
  if (alternatives.size() == 1 && alternatives[0].size() == 1) return alternatives[0][0];
  const Symbol rule = declare("");
  define(rule, std::move(alternatives));
  return rule;
}

Symbol GrammarBuilder::byte_set(const ByteSet& set) {
  auto [at, is_new] = set_symbols_.try_emplace(set, ~static_cast<Symbol>(sets_.size()));
  if (is_new) sets_.push_back(set);
  return at->second;
}

Symbol GrammarBuilder::character(const CharSet& set) {
  std::vector<std::pair<char32_t, char32_t>> key;
  for (const CharRange& r : set.ranges()) key.emplace_back(r.first, r.last);
  if (const auto at = characters_.find(key); at != characters_.end()) return at->second;
  return characters_[key] = spelled(utf8_spellings(set));
}

// First bytes with the same to follow share a rule for it, so that a byte leaves one way open, not many.
Symbol GrammarBuilder::spelled(const std::vector<std::vector<ByteSet>>& spellings) {
  std::array<std::vector<size_t>, 256> begun;  // by their first byte: places in spellings
  for (size_t i = 0; i < spellings.size(); i++)
    spellings[i][0].for_each([&](uint8_t b) { begun[b].push_back(i); });
  std::map<std::vector<size_t>, ByteSet> first_bytes;  // by the spellings that begin with them
  for (unsigned b = 0; b < 256; b++)
    if (!begun[b].empty()) first_bytes[begun[b]].insert(static_cast<uint8_t>(b));

  std::map<std::vector<std::vector<ByteSet>>, ByteSet> by_following;
  for (const auto& [places, bytes] : first_bytes) {
    std::vector<std::vector<ByteSet>> following;
    for (const size_t i : places) following.emplace_back(spellings[i].begin() + 1, spellings[i].end());
    by_following[std::move(following)].insert(bytes);
  }
  std::vector<Sequence> alternatives;
  for (const auto& [following, bytes] : by_following) {
    alternatives.push_back({byte_set(bytes)});
    if (!following[0].empty()) alternatives.back().push_back(spelled(following));
  }
  return choice(std::move(alternatives));
}

Sequence GrammarBuilder::literal(std::string_view bytes) {
  count(bytes.size());
  Sequence sequence;
  for (char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    sequence.push_back(byte_set(ByteSet::range(byte, byte)));
  }
  return sequence;
}

Symbol GrammarBuilder::one_symbol(Sequence what) {
  if (what.size() == 1) return what[0];
  return choice({std::move(what)});
}

// Up to n more: a chain of rules, each one more and then the next, or nothing. Only one place in it is active
// at a time, so that a long one costs the matcher no more than a short one.
Sequence GrammarBuilder::repeat(Sequence what, uint32_t least, uint32_t most) {
  if (what.empty() || most == 0) return {};
  const Symbol one = one_symbol(std::move(what));
  count(least);
  Sequence sequence(least, one);
  if (most == kUnlimited) {
    const Symbol more = declare("");
    define(more, {{one, more}, {}});
    sequence.push_back(more);
    return sequence;
  }
  Sequence rest;
  for (uint32_t n = least; n < most; n++) rest = {choice({joined({one}, rest), {}})};
  return joined(std::move(sequence), rest);
}

}  // namespace reckon::constrain
