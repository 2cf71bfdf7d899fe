// A set of byte values.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace reckon::constrain {

class ByteSet {
 public:
  static ByteSet range(unsigned first, unsigned last) {  // inclusive
    ByteSet set;
    for (unsigned b = first; b <= last; b++) set.insert(static_cast<uint8_t>(b));
    return set;
  }

  void insert(uint8_t byte) { words_[byte / 64] |= uint64_t{1} << byte % 64; }
  void insert(const ByteSet& other) {
    for (size_t i = 0; i < words_.size(); i++) words_[i] |= other.words_[i];
  }
  bool contains(uint8_t byte) const { return words_[byte / 64] >> byte % 64 & 1; }
  template <class F>
  void for_each(F f) const {  // in ascending order
    for (size_t i = 0; i < words_.size(); i++) {
      for (uint64_t left = words_[i]; left != 0; left &= left - 1) {
        f(static_cast<uint8_t>(64 * i + static_cast<size_t>(std::countr_zero(left))));
      }
    }
  }
  bool empty() const { return words_ == decltype(words_){}; }
  auto operator<=>(const ByteSet&) const = default;

 private:
  std::array<uint64_t, 4> words_{};
};

}  // namespace reckon::constrain
