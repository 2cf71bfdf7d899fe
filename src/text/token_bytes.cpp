#include "text/token_bytes.hpp"

#include <algorithm>

namespace reckon::text {

void TokenBytes::reserve(size_t n_tokens, size_t n_bytes) {
  starts_.reserve(n_tokens + 1);
  arena_.reserve(n_bytes);
}

void TokenBytes::append(std::string_view bytes) {
  arena_ += bytes;
  starts_.push_back(arena_.size());
}

size_t TokenIndex::slot_of(const TokenBytes& tokens, std::string_view bytes) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_bytes(bytes, seed_) & mask;
  while (slots_[slot] != kEmpty && tokens[slots_[slot]] != bytes) slot = (slot + 1) & mask;
  return slot;
}

void TokenIndex::insert(const TokenBytes& tokens, TokenId id) {
  TokenId& slot = slots_[slot_of(tokens, tokens[id])];
  if (slot != kEmpty) return;
  slot = id;
  longest_ = std::max(longest_, tokens.length(id));
}

std::optional<TokenId> TokenIndex::find(const TokenBytes& tokens, std::string_view bytes) const {
  if (bytes.empty() || bytes.size() > longest_) return std::nullopt;
  const TokenId id = slots_[slot_of(tokens, bytes)];
  return id == kEmpty ? std::nullopt : std::optional(id);
}

}  // namespace reckon::text
