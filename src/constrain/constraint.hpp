// Which tokens may come next in an answer that has a form.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "constrain/compiled_form.hpp"
#include "constrain/matcher.hpp"
#include "constrain/token_table.hpp"

namespace reckon::constrain {

// Where a grammar can be read in more ways than can be followed, some are given up: the answer still has the
// form, though not every text of it can come out any more.
//
// The answer may be preceded by up to two newlines, as the R1 models write them; they are not part of it and
// do not show. So the text of the form itself does not begin with a newline.
class Constraint {
 public:
  static constexpr size_t kMaxMaskBytes = size_t{16} << 20;  // of all token sets that are kept

  // What opens a thought, where the model may still begin one instead of an answer.
  struct ThoughtTag {
    std::optional<TokenId> id;
    std::string text;  // counts where there is no id
  };

  // The table outlives this object. Throws Error(invalid_argument) if every text of the form begins with a
  // newline, or its beginning exceeds a bound of the matcher.
  Constraint(std::shared_ptr<const CompiledForm> form, const TokenTable& table);

  // A new answer.
  void begin(ThoughtTag tag = {});

  // The set of tokens that can come next, bit t of which is token t: (table.words()). End tokens are in it
  // where the answer can end. Valid until the next call. Throws Error(invalid_argument) if nothing can come
  // next: the text is nested too deeply.
  std::span<const uint64_t> allowed();
  // Throws Error(invalid_argument) if the text can't go on in this way.
  void accept(TokenId token);
  void accept(std::string_view bytes);

  bool can_end() const { return matcher_.can_end(state_); }
  // The text so far can be read in more ways than the matcher's bounds allow: some have been given up since
  // begin(), and with them some of what could follow.
  bool in_fewer_ways() const { return in_fewer_ways_; }
  // The answer can end and nothing else.
  bool is_complete();
  // Nodes of tries that were looked at so far: what sets of tokens cost.
  uint64_t nodes_walked() const { return nodes_walked_; }

 private:
  using Mask = std::vector<uint64_t>;  // (table.words())

  static void set(Mask& mask, TokenId token) {
    mask[static_cast<size_t>(token) / 64] |= uint64_t{1} << token % 64;
  }
  // Characters of a set that can follow one another.
  struct Run {
    const TokenRun* tokens = nullptr;  // none: there are no such characters
    size_t length = 0;
    bool alone = false;  // nothing else can come in their place
  };

  bool is_leading() const;
  void make_room();
  void drop_stacks(size_t kept);
  bool read_in_fewer_ways();
  const Mask& mask();
  Matcher::State after(std::string_view bytes);
  Mask compute();
  Run find_run();
  void walk(const TokenTrie& trie, Mask& mask);
  void add_tag(Mask& mask) const;
  bool goes_on(Matcher::State state);

  std::shared_ptr<const CompiledForm> form_;
  const TokenTable& table_;
  Matcher matcher_;
  std::vector<Matcher::State> leading_;  // before the first byte of the form: newlines still allowed: 2, 1, 0
  Matcher::State state_;
  ThoughtTag tag_;
  std::unordered_map<Matcher::State, Mask> masks_;
  Mask with_tag_;
  std::vector<Matcher::State> path_;  // of a walk: the state by depth
  bool in_fewer_ways_ = false;        // ways were given up
  bool byte_by_byte_ = false;         // only tokens of one byte are looked at
  uint64_t nodes_walked_ = 0;
};

}  // namespace reckon::constrain
