// A set of 64-bit values that is filled, asked and emptied many times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/hashing.hpp"

namespace reckon::constrain {

// Open addressing; emptied in no time, since a slot counts only if it was filled since.
class ItemSet {
 public:
  void clear() {
    epoch_++;
    size_ = 0;
  }
  // False if it is there already.
  bool insert(uint64_t item) {
    if (8 * (size_ + 1) > 5 * slots_.size()) grow();
    Slot& slot = slot_of(item);
    if (slot.epoch == epoch_) return false;
    slot = {item, epoch_};
    size_++;
    return true;
  }
  size_t size() const { return size_; }

 private:
  struct Slot {
    uint64_t item = 0;
    uint64_t epoch = 0;
  };
  Slot& slot_of(uint64_t item) {
    size_t slot = text::hash_integer(item, seed_) & (slots_.size() - 1);
    while (slots_[slot].epoch == epoch_ && slots_[slot].item != item) slot = (slot + 1) & (slots_.size() - 1);
    return slots_[slot];
  }
  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& s : old)
      if (s.epoch == epoch_) slot_of(s.item) = s;
  }

  uint64_t seed_ = text::random_seed();
  uint64_t epoch_ = 1;
  size_t size_ = 0;
  std::vector<Slot> slots_{64};
};

}  // namespace reckon::constrain
