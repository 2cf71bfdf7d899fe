// The bytes of all tokens, in one arena, and which token has given bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/hashing.hpp"
#include "text/vocabulary.hpp"

namespace reckon::text {

class TokenBytes {
 public:
  TokenBytes() : starts_{0} {}
  void reserve(size_t n_tokens, size_t n_bytes);
  void append(std::string_view bytes);

  size_t size() const { return starts_.size() - 1; }
  size_t length(TokenId id) const { return starts_[id + 1] - starts_[id]; }
  std::string_view operator[](TokenId id) const {
    return std::string_view(arena_).substr(starts_[id], length(id));
  }

 private:
  std::string arena_;
  std::vector<size_t> starts_;  // and the end of the last one
};

// An index of some of the tokens of a TokenBytes, which is passed along with each call.
class TokenIndex {
 public:
  explicit TokenIndex(size_t n_tokens) : slots_(slot_count(n_tokens), kEmpty) {}
  // Of two tokens with the same bytes, the one inserted first stays.
  void insert(const TokenBytes& tokens, TokenId id);
  std::optional<TokenId> find(const TokenBytes& tokens, std::string_view bytes) const;
  size_t longest() const { return longest_; }  // in bytes

 private:
  static constexpr TokenId kEmpty = -1;
  size_t slot_of(const TokenBytes& tokens, std::string_view bytes) const;

  uint64_t seed_ = random_seed();
  size_t longest_ = 0;
  std::vector<TokenId> slots_;  // open addressing, linear probing
};

}  // namespace reckon::text
