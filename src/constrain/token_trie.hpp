// Tokens by their bytes: a trie, laid out in the order of a walk.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <reckon/tokenizer.hpp>

namespace reckon::constrain {

class TokenTrie {
 public:
  using Entry = std::pair<std::string_view, TokenId>;
  struct Node {
    uint32_t depth;        // bytes from the root to here, this one included; at least 1
    uint32_t skip;         // the next node that is not below this one
    uint32_t first_token;  // its tokens end where the next node's begin
    uint8_t byte;
  };

  TokenTrie() : TokenTrie(std::vector<Entry>()) {}
  // Entries are not empty; several may have the same bytes.
  explicit TokenTrie(std::vector<Entry> entries);

  // In the order of a walk from the root, parents before children; one more at the end.
  std::span<const Node> nodes() const { return nodes_; }
  std::span<const TokenId> tokens(size_t node) const {
    return std::span(tokens_).subspan(nodes_[node].first_token,
                                      nodes_[node + 1].first_token - nodes_[node].first_token);
  }
  size_t size() const { return nodes_.size() - 1; }
  uint32_t depth() const { return depth_; }

 private:
  std::vector<Node> nodes_;
  std::vector<TokenId> tokens_;
  uint32_t depth_ = 0;
};

}  // namespace reckon::constrain
