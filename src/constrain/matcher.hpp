// Runs a grammar over bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <reckon/error.hpp>

#include "constrain/grammar.hpp"
#include "constrain/item_set.hpp"

namespace reckon::constrain {

// More ways to read a text than the matcher's bounds allow.
class TooAmbiguous : public Error {
 public:
  explicit TooAmbiguous(const std::string& message) : Error(ErrorCode::invalid_argument, message) {}
};

// A pushdown automaton made deterministic as far as it is walked: a state is the set of all stacks that the
// grammar could be in. Stacks are lists that share their tails and, like states, exist once each, so that a
// text that comes back to the same place (the inside of a string) comes back to the same state, whose
// transitions are known. A place that is the last of its rule is not put on the stack: a rule that ends with
// itself is a loop.
class Matcher {
 public:
  using State = uint32_t;
  static constexpr State kDead = 0;  // no text that begins so matches
  // Stacks do not grow beyond this: text that is nested more deeply counts as text that does not match.
  static constexpr uint32_t kMaxDepth = 4096;
  // Stacks looked at for one transition: text that can be read in more ways counts as text that does not
  // match too.
  static constexpr uint64_t kMaxStacks = 1 << 15;
  // Stacks looked at for all transitions between two calls of begin_work().
  static constexpr uint64_t kMaxWork = 4'000'000;
  // States, transitions and stacks: more than what is kept from token to token call for collect().
  static constexpr size_t kKeptBytes = size_t{8} << 20, kMaxBytes = size_t{96} << 20;

  // `form` names the grammar in messages. The grammar outlives this object. Throws TooAmbiguous.
  Matcher(const Grammar& grammar, std::string form);

  State start() const { return start_; }
  // Those that return a State throw TooAmbiguous when kMaxWork or kMaxBytes is exceeded; collect() helps.
  State next(State state, uint8_t byte) { return next_by_class(state, grammar_->byte_class(byte)); }
  State next(State state, std::string_view bytes);
  bool can_end(State state) const { return states_[state].can_end; }
  // Some text counted as one that does not match because it can be read in more than kMaxStacks ways.
  bool met_bound() const { return met_bound_; }

  // A state like `state` but for what comes after \n, and with nothing after \r.
  State with_newline(State state, State after_newline);
  // The largest of the grammar's sets of which a character can come next; kNoCharSet without one.
  uint8_t char_set(State state) const { return states_[state].char_set; }
  // Nothing else can come next, but for the end.
  bool has_only_char_set(State state) const { return states_[state].only_char_set; }
  // What follows each character of that set; more than that may follow some of them.
  State after_char_set(State state);

  void begin_work() { work_ = 0; }
  bool is_full() const { return bytes_ > kKeptBytes; }
  // Places where a state goes on, and the stacks below them.
  size_t places(State state) const { return state == kDead ? 0 : states_[state].items->size() - 1; }
  size_t stacks(State state) const { return stacks_of(state).size(); }
  // Forgets all but one state, and of it all but the first `most_stacks`: what follows then is some of what
  // could follow before, and can be brought to an end as well. Returns what it is called now; every other
  // number is void.
  State collect(State state, size_t most_stacks = SIZE_MAX);

 private:
  using Node = uint32_t;  // a stack: a place to go on at, on top of another stack
  static constexpr Node kBottom = 0, kTooDeep = UINT32_MAX;
  static constexpr State kUnknown = UINT32_MAX;
  struct NodeData {
    uint32_t position;
    Node below;
    uint32_t depth;
  };
  // The position of a byte set and, in the low half, the stack below it.
  using Item = uint64_t;
  using Items = std::vector<Item>;  // ascending; the first says whether the text can end
  struct StateData {
    const Items* items;
    bool can_end;
    bool only_char_set = false;
    uint8_t char_set = Grammar::kNoCharSet;
    State after_char_set = kUnknown;
  };
  struct ItemsHash {
    size_t operator()(const Items& items) const;
  };

  State next_by_class(State state, size_t byte_class) {
    const State known = transitions_[state * grammar_->class_count() + byte_class];
    return known != kUnknown ? known : compute(state, byte_class);
  }
  State compute(State state, size_t byte_class);
  Item without_ends(Item item) const;
  State expanded();
  void expand();
  void add_rule(uint32_t rule, Node stack);
  void check_work();
  Node push(uint32_t position, Node below);
  State intern(Items items);
  State add_state(const Items* items, bool can_end);
  uint8_t char_set_of(Item item) const { return grammar_->char_set_at(static_cast<uint32_t>(item >> 32)); }
  void find_char_set(StateData& state) const;
  std::vector<Node> stacks_of(State state) const;
  void clear();

  const Grammar* grammar_;
  std::string form_;
  uint64_t seed_;
  std::vector<NodeData> nodes_;
  std::unordered_map<uint64_t, Node> node_of_;
  std::vector<StateData> states_;
  std::vector<State> transitions_;  // (states, byte classes)
  std::unordered_map<Items, State, ItemsHash> state_of_;
  std::unordered_map<Items, State, ItemsHash> state_after_;  // by the places to go on from
  State start_ = kDead;
  uint64_t work_ = 0;
  size_t bytes_ = 0;
  bool met_bound_ = false;
  // Of the transition that is computed:
  Items pending_, reached_;
  ItemSet seen_;
};

}  // namespace reckon::constrain
