// A map from 64-bit keys to 32-bit values of a size known beforehand: open addressing, linear probing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "text/hashing.hpp"

namespace reckon::text {

class FlatMap {
 public:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  // For up to n entries.
  explicit FlatMap(size_t n) : slots_(slot_count(n)), mask_(slots_.size() - 1) {}

  // value != kNone. False, and nothing changed, if the key is there already.
  bool insert(uint64_t key, uint32_t value) {
    Slot& slot = slots_[slot_of(key)];
    if (slot.value != kNone) return false;
    slot = {key, value};
    return true;
  }

  // kNone if the key is not there.
  uint32_t find(uint64_t key) const { return slots_[slot_of(key)].value; }

 private:
  struct Slot {
    uint64_t key = 0;
    uint32_t value = kNone;  // of a free slot
  };
  size_t slot_of(uint64_t key) const {
    size_t slot = hash_integer(key, seed_) & mask_;
    while (slots_[slot].value != kNone && slots_[slot].key != key) slot = (slot + 1) & mask_;
    return slot;
  }

  uint64_t seed_ = random_seed();
  std::vector<Slot> slots_;
  size_t mask_;
};

}  // namespace reckon::text
