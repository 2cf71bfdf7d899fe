// Finds added tokens (control, user-defined, unknown ones) in text: the leftmost, and of several that start
// there the longest.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "text/flat_map.hpp"
#include "text/vocabulary.hpp"

namespace reckon::text {

class AddedTokens {
 public:
  // Bounds the work per position of a text: a file must not be able to make it quadratic.
  static constexpr size_t kMaxBytes = 256;
  // Of all together: the tables take up to a hundred times as much. Real files have some 30 KiB.
  static constexpr size_t kMaxTotalBytes = 1 << 20;

  explicit AddedTokens(size_t total_bytes) : children_(total_bytes), tokens_{kNoToken} {}

  // Of two with the same text the first stays. 1 to kMaxBytes bytes, all together the constructor's total at
  // most.
  void insert(std::string_view token_text, TokenId id);

  struct Match {
    size_t start, length;
    TokenId id;
  };
  std::optional<Match> find_next(std::string_view text, size_t from) const;
  std::optional<TokenId> find(std::string_view token_text) const;  // exactly

 private:
  static constexpr TokenId kNoToken = -1;
  uint32_t child(uint32_t node, char byte) const { return children_.find(edge(node, byte)); }
  static uint64_t edge(uint32_t node, char byte) { return uint64_t{node} << 8 | static_cast<uint8_t>(byte); }
  std::optional<Match> longest_at(std::string_view text, size_t start) const;

  std::array<bool, 256> starts_{};  // whether a token starts with the byte
  FlatMap children_;                // a trie's edges; node 0 is its root
  std::vector<TokenId> tokens_;     // per node
};

}  // namespace reckon::text
