#include "constrain/constraint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <reckon/error.hpp>

#include "load/quoted.hpp"

namespace reckon::constrain {

Constraint::Constraint(std::shared_ptr<const Grammar> grammar, std::string form, const TokenTable& table)
    : grammar_(std::move(grammar)),
      form_(std::move(form)),
      table_(table),
      matcher_(*grammar_, form_),
      path_(1 + std::max(table.plain().depth(), table.others().depth())) {
  begin();
}

// A matcher of its own for each answer: the newlines in front are special states, which it may have
// forgotten.
void Constraint::begin(ThoughtTag tag) {
  tag_ = std::move(tag);
  masks_.clear();
  matcher_ = Matcher(*grammar_, form_);
  leading_.assign(1, matcher_.with_newline(matcher_.start(), Matcher::kDead));
  for (int i = 0; i < 2; i++) leading_.push_back(matcher_.with_newline(matcher_.start(), leading_.back()));
  state_ = leading_.back();
  if (!goes_on(leading_.front()) && !can_end()) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{}: its text begins with a newline; expected another character: newlines in front "
                    "of an answer are not shown",
                    form_));
  }
}

bool Constraint::goes_on(Matcher::State state) {
  for (size_t c = 0; c < grammar_->class_count(); c++)
    if (matcher_.next(state, grammar_->representative(c)) != Matcher::kDead) return true;
  return false;
}

bool Constraint::is_complete() {
  const bool may_think = tag_.id || !tag_.text.empty();
  return can_end() && !may_think && !goes_on(state_);
}

void Constraint::make_room() {
  const bool leading = std::find(leading_.begin(), leading_.end(), state_) != leading_.end();
  if (matcher_.is_full() && !leading) {
    masks_.clear();
    state_ = matcher_.collect(state_);
    leading_.clear();
  }
  if (masks_.size() * table_.words() * sizeof(uint64_t) > kMaxMaskBytes) masks_.clear();
}

std::span<const uint64_t> Constraint::allowed() {
  make_room();
  matcher_.begin_work();
  auto at = masks_.find(state_);
  if (at == masks_.end()) at = masks_.emplace(state_, compute()).first;
  if (!tag_.id && tag_.text.empty()) return at->second;
  with_tag_ = at->second;
  add_tag(with_tag_);
  return with_tag_;
}

Constraint::Mask Constraint::compute() {
  Mask mask(table_.words());
  if (takes_all_plain()) {
    std::copy(table_.plain_set().begin(), table_.plain_set().end(), mask.begin());
  } else {
    walk(table_.plain(), mask);
  }
  walk(table_.others(), mask);
  if (can_end())
    for (TokenId t : table_.tokenizer().end_tokens()) set(mask, t);
  const bool none = std::all_of(mask.begin(), mask.end(), [](uint64_t w) { return w == 0; });
  const bool dead = state_ == Matcher::kDead;  // the beginning of a tag
  if (none && !dead && !can_end()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: no token can follow; expected a text nested at most {} deep", form_,
                            Matcher::kMaxDepth));
  }
  return mask;
}

// Every plain token is allowed where every plain character is, and after it, and so on: in a string of JSON,
// that is, at any place but its last characters.
bool Constraint::takes_all_plain() {
  Matcher::State state = state_;
  for (size_t i = 0; i < TokenTable::kMaxPlain && state != Matcher::kDead; i++) {
    const Matcher::State next = matcher_.after_plain(state);
    if (next == state) return true;
    state = next;
  }
  return state != Matcher::kDead;
}

void Constraint::walk(const TokenTrie& trie, Mask& mask) {
  const std::span<const TokenTrie::Node> nodes = trie.nodes();
  path_[0] = state_;
  for (size_t i = 0; i < trie.size();) {
    const TokenTrie::Node& node = nodes[i];
    const Matcher::State next = matcher_.next(path_[node.depth - 1], node.byte);
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
  const auto add_from = [&](const TokenTrie& trie) {
    for (size_t i = 0; i < trie.size();) {
      const TokenTrie::Node& node = trie.nodes()[i];
      const bool fits =
          node.depth <= tag_.text.size() && node.byte == static_cast<uint8_t>(tag_.text[node.depth - 1]);
      if (fits)
        for (TokenId t : trie.tokens(i)) set(mask, t);
      i = fits ? i + 1 : node.skip;
    }
  };
  add_from(table_.plain());
  add_from(table_.others());
}

void Constraint::accept(TokenId token) {
  if (token == tag_.id) return;  // what follows is a thought
  if (!table_.is_text(token)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: token {} in the answer; expected one that stands for text", form_, token));
  }
  accept(table_.tokenizer().bytes(token));
}

void Constraint::accept(std::string_view bytes) {
  const bool in_tag = !tag_.id && !bytes.empty() && tag_.text.starts_with(bytes);
  const bool in_front = bytes.find_first_not_of('\n') == std::string_view::npos;
  state_ = matcher_.next(state_, bytes);
  if (state_ == Matcher::kDead && !in_tag) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: {} can't follow in the answer", form_, load::quoted(bytes)));
  }
  if (in_tag) {
    tag_.text.erase(0, bytes.size());
  } else if (!in_front) {
    tag_ = {};
  }
}

}  // namespace reckon::constrain
