#include "constrain/matcher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/hashing.hpp"

namespace reckon::constrain {
namespace {

constexpr uint64_t item_of(uint32_t position, uint32_t stack) { return uint64_t{position} << 32 | stack; }
constexpr uint32_t position_of(uint64_t item) { return static_cast<uint32_t>(item >> 32); }
constexpr uint32_t stack_of(uint64_t item) { return static_cast<uint32_t>(item); }

constexpr size_t kEntryBytes = 64;  // about what an entry of a hash table takes beside its contents

}  // namespace

Matcher::Matcher(const Grammar& grammar, std::string form)
    : grammar_(&grammar), form_(std::move(form)), seed_(text::random_seed()) {
  clear();
  add_rule(Grammar::kRoot, kBottom);
  expand();
  start_ = intern(reached_);
  if (start_ != kDead) return;
  throw TooAmbiguous(fmt::format("{}: too ambiguous: more than {} ways to begin a text", form_, kMaxStacks));
}

size_t Matcher::ItemsHash::operator()(const Items& items) const {
  uint64_t hash = items.size();
  for (Item i : items) hash = text::hash_integer(i ^ (hash << 1 | hash >> 63), 0x9E3779B97F4A7C15u);
  return hash;
}

void Matcher::clear() {
  nodes_.assign(1, {0, kBottom, 0});
  node_of_.clear();
  states_.clear();
  transitions_.clear();
  state_of_.clear();
  state_after_.clear();
  bytes_ = 0;
  add_state(nullptr, false);  // kDead
  std::fill(transitions_.begin(), transitions_.end(), kDead);
}

Matcher::State Matcher::next(State state, std::string_view bytes) {
  for (char c : bytes) state = next(state, static_cast<uint8_t>(c));
  return state;
}

Matcher::State Matcher::add_state(const Items* items, bool can_end) {
  bytes_ += sizeof(StateData) + grammar_->class_count() * sizeof(State);
  states_.push_back({items, can_end});
  if (items != nullptr) find_char_set(states_.back());
  transitions_.resize(states_.size() * grammar_->class_count(), kUnknown);
  return static_cast<State>(states_.size() - 1);
}

// All the stacks that take a byte of the class, with it taken.
Matcher::State Matcher::compute(State state, size_t byte_class) {
  const uint8_t byte = grammar_->representative(byte_class);
  const Items& items = *states_[state].items;
  for (size_t i = 1; i < items.size(); i++) {
    const uint32_t position = position_of(items[i]);
    if (grammar_->bytes(grammar_->symbol(position)).contains(byte))
      pending_.push_back(without_ends(item_of(position + 1, stack_of(items[i]))));
  }
  work_ += items.size();
  const State next = expanded();
  transitions_[state * grammar_->class_count() + byte_class] = next;
  return next;
}

// Back to the last place with something left to do.
Matcher::Item Matcher::without_ends(Item item) const {
  while (grammar_->symbol(position_of(item)) == kEndOfSequence && stack_of(item) != kBottom)
    item = item_of(nodes_[stack_of(item)].position, nodes_[stack_of(item)].below);
  return item;
}

// The state that is reached from what is pending. Different bytes (the last ones of different characters)
// often lead to the same few places: then it is known.
Matcher::State Matcher::expanded() {
  if (pending_.empty()) return kDead;
  std::sort(pending_.begin(), pending_.end());
  pending_.erase(std::unique(pending_.begin(), pending_.end()), pending_.end());
  if (const auto at = state_after_.find(pending_); at != state_after_.end()) {
    pending_.clear();
    return at->second;
  }
  constexpr size_t kFew = 4;
  const Items before = pending_.size() <= kFew ? pending_ : Items();
  expand();
  const State state = intern(reached_);
  if (!before.empty()) {
    bytes_ += kEntryBytes;
    state_after_.emplace(before, state);
  }
  return state;
}

void Matcher::add_rule(uint32_t rule, Node stack) {
  for (uint32_t start : grammar_->alternatives(rule)) pending_.push_back(item_of(start, stack));
}

// Goes from what is pending to all the byte sets that can come next: they become reached_.
void Matcher::expand() {
  reached_.assign(1, 0);
  seen_.clear();
  while (!pending_.empty()) {
    const Item item = pending_.back();
    pending_.pop_back();
    if (!seen_.insert(item)) continue;
    check_work();
    if (seen_.size() > kMaxStacks) {
      met_bound_ = true;
      pending_.clear();
      reached_.assign(1, 0);
      return;
    }
    const Symbol symbol = grammar_->symbol(position_of(item));
    const Node stack = stack_of(item);
    if (symbol >= 0 && symbol != kEndOfSequence) {
      const Node above = push(position_of(item) + 1, stack);
      if (above != kTooDeep) add_rule(static_cast<uint32_t>(symbol), above);
    } else if (symbol < 0) {
      reached_.push_back(item);
    } else if (stack == kBottom) {
      reached_[0] = 1;
    } else {
      pending_.push_back(item_of(nodes_[stack].position, nodes_[stack].below));
    }
  }
  std::sort(reached_.begin() + 1, reached_.end());
}

void Matcher::check_work() {
  if (++work_ <= kMaxWork) return;
  pending_.clear();
  throw TooAmbiguous(
      fmt::format("{}: too ambiguous: more than {} ways to read a text for one token", form_, kMaxWork));
}

Matcher::Node Matcher::push(uint32_t position, Node below) {
  if (grammar_->symbol(position) == kEndOfSequence) return below;
  if (nodes_[below].depth == kMaxDepth) return kTooDeep;
  auto [at, is_new] = node_of_.try_emplace(item_of(position, below), static_cast<Node>(nodes_.size()));
  if (is_new) {
    nodes_.push_back({position, below, nodes_[below].depth + 1});
    bytes_ += sizeof(NodeData) + kEntryBytes;
  }
  return at->second;
}

Matcher::State Matcher::intern(Items items) {
  if (items.size() == 1 && items[0] == 0) return kDead;
  if (const auto at = state_of_.find(items); at != state_of_.end()) return at->second;
  bytes_ += items.size() * sizeof(Item) + kEntryBytes;
  if (bytes_ > kMaxBytes) {
    throw TooAmbiguous(
        fmt::format("{}: too ambiguous: what can follow takes more than {} MiB", form_, kMaxBytes >> 20));
  }
  const bool can_end = items[0] != 0;
  const auto state = static_cast<State>(states_.size());
  const auto at = state_of_.emplace(std::move(items), state).first;
  return add_state(&at->first, can_end);
}

Matcher::State Matcher::with_newline(State state, State after_newline) {
  const State copy = add_state(states_[state].items, states_[state].can_end);
  State* row = &transitions_[copy * grammar_->class_count()];
  row[grammar_->byte_class('\n')] = after_newline;
  row[grammar_->byte_class('\r')] = kDead;
  return copy;
}

// Every stack that is still needed stands below others that are, and before them.
std::vector<Matcher::Node> Matcher::stacks_of(State state) const {
  std::vector<Node> stacks;
  if (state == kDead) return stacks;
  for (const Item item : std::span(*states_[state].items).subspan(1)) stacks.push_back(stack_of(item));
  std::sort(stacks.begin(), stacks.end());
  stacks.erase(std::unique(stacks.begin(), stacks.end()), stacks.end());
  return stacks;
}

Matcher::State Matcher::collect(State state, size_t most_stacks) {
  if (state == kDead) return kDead;
  Items items = *states_[state].items;
  const std::vector<Node> stacks = stacks_of(state);
  if (most_stacks < stacks.size()) {
    const auto dropped = [&](Item item) { return stack_of(item) >= stacks[most_stacks]; };
    items.erase(std::remove_if(items.begin() + 1, items.end(), dropped), items.end());
  }
  std::vector<NodeData> old = std::move(nodes_);
  std::vector<bool> needed(old.size());
  for (size_t i = 1; i < items.size(); i++) needed[stack_of(items[i])] = true;
  for (size_t n = old.size(); n-- > 1;)
    if (needed[n]) needed[old[n].below] = true;
  clear();
  std::vector<Node> renamed(old.size());
  for (size_t n = 1; n < old.size(); n++)
    if (needed[n]) renamed[n] = push(old[n].position, renamed[old[n].below]);
  for (size_t i = 1; i < items.size(); i++)
    items[i] = item_of(position_of(items[i]), renamed[stack_of(items[i])]);
  std::sort(items.begin() + 1, items.end());
  start_ = kDead;
  return intern(std::move(items));
}

void Matcher::find_char_set(StateData& state) const {
  const std::span<const Item> ways = std::span(*state.items).subspan(1);
  for (const Item item : ways) state.char_set = std::min(state.char_set, char_set_of(item));
  if (state.char_set == Grammar::kNoCharSet) return;
  state.only_char_set =
      std::all_of(ways.begin(), ways.end(), [&](Item item) { return char_set_of(item) == state.char_set; });
}

Matcher::State Matcher::after_char_set(State state) {
  if (states_[state].after_char_set == kUnknown) {
    for (const Item item : std::span(*states_[state].items).subspan(1)) {
      if (char_set_of(item) != states_[state].char_set) continue;
      pending_.push_back(without_ends(item_of(grammar_->char_end(position_of(item)), stack_of(item))));
    }
    work_ += pending_.size();
    const State after = expanded();  // adds states
    states_[state].after_char_set = after;
  }
  return states_[state].after_char_set;
}

}  // namespace reckon::constrain
