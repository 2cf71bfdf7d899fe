#include "constrain/constraint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <reckon/error.hpp>

#include "support/contains.hpp"
#include "support/quoted.hpp"

namespace reckon::constrain {

Constraint::Constraint(std::shared_ptr<const CompiledForm> form, const TokenTable& table)
    : form_(std::move(form)),
      table_(table),
      matcher_(form_->grammar, form_->name),
      path_(1 + table.trie().depth()) {
  begin();
}

// A matcher of its own for each answer: the newlines in front are special states, which it may have
// forgotten.
void Constraint::begin(ThoughtTag tag) {
  tag_ = std::move(tag);
  masks_.clear();
  in_fewer_ways_ = false;
  matcher_ = Matcher(form_->grammar, form_->name);
  leading_.assign(1, matcher_.with_newline(matcher_.start(), Matcher::kDead));
  for (int i = 0; i < 2; i++) leading_.push_back(matcher_.with_newline(matcher_.start(), leading_.back()));
  state_ = leading_.back();
}

bool Constraint::goes_on(Matcher::State state) {
  for (size_t c = 0; c < form_->grammar.class_count(); c++)
    if (matcher_.next(state, form_->grammar.representative(c)) != Matcher::kDead) return true;
  return false;
}

bool Constraint::is_complete() {
  const bool may_think = tag_.id || !tag_.text.empty();
  if (!can_end() || may_think) return false;
  try {
    return !goes_on(state_);
  } catch (const TooAmbiguous&) {
    return false;
  }
}

bool Constraint::is_leading() const { return support::contains(leading_, state_); }

void Constraint::make_room() {
  constexpr size_t kManyPlaces = Matcher::kMaxStacks / 8, kManyStacks = 1024, kKeptStacks = 32;
  if (matcher_.places(state_) > kManyPlaces && matcher_.stacks(state_) > kManyStacks) {
    drop_stacks(kKeptStacks);  // in time: the next bytes could multiply them past the bound
  } else if (matcher_.is_full() && !is_leading()) {
    masks_.clear();
    state_ = matcher_.collect(state_);
    leading_.clear();
  }
  if (masks_.size() * table_.words() * sizeof(uint64_t) > kMaxMaskBytes) masks_.clear();
}

void Constraint::drop_stacks(size_t kept) {
  const bool leading = is_leading();
  masks_.clear();
  state_ = matcher_.collect(state_, kept);
  leading_.clear();
  if (leading) leading_.push_back(state_ = matcher_.with_newline(state_, Matcher::kDead));
  in_fewer_ways_ = true;
}

// False if there is nothing left to give up.
bool Constraint::read_in_fewer_ways() {
  constexpr size_t kKeptStacks = 16;
  const size_t stacks = matcher_.stacks(state_);
  if (stacks <= 1 && byte_by_byte_) return false;
  byte_by_byte_ = stacks <= 1;
  drop_stacks(stacks > kKeptStacks ? kKeptStacks : 1);
  return true;
}

const Constraint::Mask& Constraint::mask() {
  byte_by_byte_ = false;
  for (;;) {
    matcher_.begin_work();
    try {
      auto at = masks_.find(state_);
      if (at == masks_.end()) at = masks_.emplace(state_, compute()).first;
      return at->second;
    } catch (const TooAmbiguous&) {
      if (!read_in_fewer_ways()) throw;
    }
  }
}

std::span<const uint64_t> Constraint::allowed() {
  make_room();
  const Mask& mask = this->mask();
  if (!tag_.id && tag_.text.empty()) return mask;
  with_tag_ = mask;
  add_tag(with_tag_);
  return with_tag_;
}

Constraint::Mask Constraint::compute() {
  Mask mask(table_.words());
  const Run run = find_run();
  if (run.length > 0) {
    const std::span<const uint64_t> tokens = run.tokens->tokens(run.length);
    mask.assign(tokens.begin(), tokens.end());
    walk(run.alone ? run.tokens->undecided() : run.tokens->others(), mask);
  } else {
    walk(table_.trie(), mask);
  }
  if (can_end())
    for (TokenId t : table_.tokenizer().end_tokens()) set(mask, t);
  const bool none = std::all_of(mask.begin(), mask.end(), [](uint64_t w) { return w == 0; });
  const bool dead = state_ == Matcher::kDead;  // the beginning of a tag
  if (none && !dead && !can_end()) {
    const std::string message = fmt::format("{}: no token can follow; expected a text nested at most {} deep",
                                            form_->name, Matcher::kMaxDepth);
    if (matcher_.stacks(state_) > 1) throw TooAmbiguous(message);
    throw Error(ErrorCode::invalid_argument, message);
  }
  return mask;
}

// What a run allows is not walked, so that its transitions are not known: no run where accept() could come
// upon a bound in them. Where newlines in front are no part of the form, none with these in it.
Constraint::Run Constraint::find_run() {
  constexpr size_t kFewPlaces = 1024;
  const uint8_t set = matcher_.char_set(state_);
  if (set == Grammar::kNoCharSet || in_fewer_ways_) return {};
  const CharSet& characters = form_->grammar.char_sets()[set];
  if (is_leading() && (characters.contains('\n') || characters.contains('\r'))) return {};
  if (matcher_.places(state_) > kFewPlaces) return {};
  Run run{&form_->runs[set], 0, !is_leading()};
  for (Matcher::State at = state_; run.length < TokenRun::kLongest; run.length++) {
    if (matcher_.char_set(at) != set) {
      run.alone &= matcher_.places(at) == 0;
      break;
    }
    run.alone &= matcher_.has_only_char_set(at);
    at = matcher_.after_char_set(at);
    if (at == Matcher::kDead) break;
  }
  // Where the run is short and there are other ways, longer tokens of the set may go on by these.
  const bool decided = run.alone || run.length == TokenRun::kLongest;
  return decided ? run : Run{};
}

void Constraint::walk(const TokenTrie& trie, Mask& mask) {
  path_[0] = state_;
  for (size_t i = 0; i < trie.size(); nodes_walked_++) {
    const TokenTrie::Node& node = trie.nodes()[i];
    const bool too_long = byte_by_byte_ && node.depth > 1;
    const Matcher::State next = too_long ? Matcher::kDead : matcher_.next(path_[node.depth - 1], node.byte);
    if (next == Matcher::kDead) {
      i = node.skip;
      continue;
    }
    path_[node.depth] = next;
    for (TokenId t : trie.tokens(i)) set(mask, t);
    i++;
  }
}

void Constraint::add_tag(Mask& mask) const {
  if (tag_.id) return set(mask, *tag_.id);
  const TokenTrie& trie = table_.trie();
  for (size_t i = 0; i < trie.size();) {
    const TokenTrie::Node& node = trie.nodes()[i];
    const bool fits =
        node.depth <= tag_.text.size() && node.byte == static_cast<uint8_t>(tag_.text[node.depth - 1]);
    if (fits)
      for (TokenId t : trie.tokens(i)) set(mask, t);
    i = fits ? i + 1 : node.skip;
  }
}

Matcher::State Constraint::after(std::string_view bytes) {
  for (;;) {
    try {
      return matcher_.next(state_, bytes);
    } catch (const TooAmbiguous&) {
      if (!read_in_fewer_ways()) throw;
      matcher_.begin_work();
    }
  }
}

void Constraint::accept(TokenId token) {
  if (token == tag_.id) return;  // what follows is a thought
  if (!table_.is_text(token)) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{}: token {} in the answer; expected one that stands for text", form_->name, token));
  }
  accept(table_.tokenizer().bytes(token));
}

void Constraint::accept(std::string_view bytes) {
  const bool in_tag = !tag_.id && !bytes.empty() && tag_.text.starts_with(bytes);
  const bool in_front = bytes.find_first_not_of('\n') == std::string_view::npos;
  state_ = after(bytes);
  if (state_ == Matcher::kDead && !in_tag) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: {} can't follow in the answer", form_->name, support::quoted(bytes)));
  }
  if (in_tag) {
    tag_.text.erase(0, bytes.size());
  } else if (!in_front) {
    tag_ = {};
  }
  make_room();  // here too: many answers may rest between their tokens
}

}  // namespace reckon::constrain
