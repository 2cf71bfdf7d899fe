// Hashing for the tokenizer's flat tables. Every table draws its own seed, so that a model file cannot be
// made whose tokens or merges all fall into one slot; which seed it is never shows in a result.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

namespace reckon::text {

inline uint64_t random_seed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

// Both halves of the 128-bit product: every bit of the key reaches every bit of the hash.
inline uint64_t hash_integer(uint64_t key, uint64_t seed) {
  __extension__ using uint128 = unsigned __int128;
  const uint128 product = uint128{key ^ seed} * 0x9E3779B97F4A7C15u;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t hash_bytes(std::string_view bytes, uint64_t seed) {
  uint64_t hash = seed ^ bytes.size();
  for (; bytes.size() > 8; bytes.remove_prefix(8)) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    hash = hash_integer(word ^ std::rotl(hash, 29), seed);
  }
  uint64_t word = 0;
  std::memcpy(&word, bytes.data(), bytes.size());
  return hash_integer(word ^ std::rotl(hash, 29), seed);
}

// Slots of a table of n entries: a power of two, at most 5/8 full.
inline size_t slot_count(size_t n) { return std::bit_ceil(n + n / 2 + n / 8 + 8); }

}  // namespace reckon::text
