// Which tokens may come next in an answer that has a form.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "constrain/matcher.hpp"
#include "constrain/token_table.hpp"

namespace reckon::constrain {

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

  // `form` names the grammar in messages. The table outlives this object. Throws Error(invalid_argument) if
  // every text of the grammar begins with a newline.
  Constraint(std::shared_ptr<const Grammar> grammar, std::string form, const TokenTable& table);

  // A new answer.
  void begin(ThoughtTag tag = {});

  // The set of tokens that can come next, bit t of which is token t: (table.words()). End tokens are in it
  // where the answer can end. Valid until the next call. Throws Error(invalid_argument) if the grammar
  // exceeds a bound of the matcher, or nothing can come next: the text is nested too deeply.
  std::span<const uint64_t> allowed();
  // Throws Error(invalid_argument) if the text can't go on in this way.
  void accept(TokenId token);
  void accept(std::string_view bytes);

  bool can_end() const { return matcher_.can_end(state_); }
  // The answer can end and nothing else.
  bool is_complete();

 private:
  using Mask = std::vector<uint64_t>;  // (table.words())

  static void set(Mask& mask, TokenId token) {
    mask[static_cast<size_t>(token) / 64] |= uint64_t{1} << token % 64;
  }
  void make_room();
  Mask compute();
  void walk(const TokenTrie& trie, Mask& mask);
  bool takes_all_plain();
  void add_tag(Mask& mask) const;
  bool goes_on(Matcher::State state);

  std::shared_ptr<const Grammar> grammar_;
  std::string form_;
  const TokenTable& table_;
  Matcher matcher_;
  std::vector<Matcher::State> leading_;  // before the first byte of the form: newlines still allowed: 2, 1, 0
  Matcher::State state_;
  ThoughtTag tag_;
  std::unordered_map<Matcher::State, Mask> masks_;
  Mask with_tag_;
  std::vector<Matcher::State> path_;  // of a walk: the state by depth
};

}  // namespace reckon::constrain
