#include "text/added_tokens.hpp"

namespace reckon::text {

void AddedTokens::insert(std::string_view token_text, TokenId id) {
  starts_[static_cast<uint8_t>(token_text.front())] = true;
  uint32_t node = 0;
  for (char byte : token_text) {
    const auto fresh = static_cast<uint32_t>(tokens_.size());
    if (children_.insert(edge(node, byte), fresh)) tokens_.push_back(kNoToken);
    node = child(node, byte);
  }
  if (tokens_[node] == kNoToken) tokens_[node] = id;
}

std::optional<AddedTokens::Match> AddedTokens::longest_at(std::string_view text, size_t start) const {
  std::optional<Match> longest;
  uint32_t node = 0;
  for (size_t at = start; at < text.size();) {
    node = child(node, text[at++]);
    if (node == FlatMap::kNone) break;
    if (tokens_[node] != kNoToken) longest = {start, at - start, tokens_[node]};
  }
  return longest;
}

std::optional<AddedTokens::Match> AddedTokens::find_next(std::string_view text, size_t from) const {
  for (size_t at = from; at < text.size(); ++at) {
    if (!starts_[static_cast<uint8_t>(text[at])]) continue;
    if (auto match = longest_at(text, at)) return match;
  }
  return std::nullopt;
}

std::optional<TokenId> AddedTokens::find(std::string_view token_text) const {
  uint32_t node = 0;
  for (char byte : token_text) {
    node = child(node, byte);
    if (node == FlatMap::kNone) return std::nullopt;
  }
  return tokens_[node] == kNoToken ? std::nullopt : std::optional(tokens_[node]);
}

}  // namespace reckon::text
