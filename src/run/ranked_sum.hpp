// Values from the greatest down, the lower index first among equals, each with a weight: where do the
// weights, summed, reach a goal?
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace reckon::run {

// Found without sorting, by radix selection: a histogram of the weights over the values' high bits names a
// bucket; only the values in it are looked at by the bits below, and so on. The sums are integers, so they do
// not depend on the order of the additions.
//
// Weight: uint64_t operator()(float value); all of them together fit 64 bits.
template <class Weight>
class RankedSum {
 public:
  struct Place {
    size_t index;
    uint64_t sum;  // of the weights down to it, its own included
  };

  // The values stay the caller's and as they are; none is NaN. Those that will be taken in are at least
  // `least` and at most `greatest`.
  void begin(std::span<const float> values, float least, float greatest) {
    values_ = values;
    floor_ = greatest;
    base_ = key(greatest);
    shift_ = shift_for(key(least) ^ base_);
    total_ = 0;
    sums_.fill(0);
    members_.resize(values.size());
  }
  // Takes in the values with low <= value < high. A further call goes on below the one before.
  void take(float low, float high) {
    for_each_block(low, high, [&](size_t, std::span<const float> block) {
      for (float v : block) {
        if (v >= low && v < high) sums_[(key(v) >> shift_) % kBuckets] += weight_(v);
      }
    });
    floor_ = low;
    total_ = std::accumulate(sums_.begin(), sums_.end(), uint64_t{0});
  }
  uint64_t total() const { return total_; }

  // goal: 1 to total().
  Place reach(uint64_t goal) {
    auto [bucket, above] = find_bucket(sums_, goal);
    collect(bucket);
    while (uint32_t differing = differing_bits()) above += narrow(shift_for(differing), goal - above);
    const uint64_t each = weight_(values_[members_[0]]);  // all are equal now
    const uint64_t nth = (goal - above - 1) / each;
    return {members_[nth], above + (nth + 1) * each};
  }

 private:
  static constexpr uint32_t kBucketBits = 11, kBuckets = 1 << kBucketBits;
  using Sums = std::array<uint64_t, kBuckets>;
  struct Bucket {
    uint32_t number;
    uint64_t above;  // sum of the buckets of greater values
  };

  // In the order of the values. -0 is 0.
  static uint32_t key(float value) {
    const auto bits = std::bit_cast<uint32_t>(value + 0.0f);
    return bits ^ (bits >> 31 != 0 ? 0xffffffff : 0x80000000);
  }
  static float float_of(uint32_t key) {
    return std::bit_cast<float>(key ^ (key >> 31 != 0 ? 0x80000000 : 0xffffffff));
  }
  // By which the highest of these bits is the highest of a bucket's number.
  static uint32_t shift_for(uint32_t differing) {
    const auto width = static_cast<uint32_t>(std::bit_width(differing));
    return width > kBucketBits ? width - kBucketBits : 0;
  }

  static Bucket find_bucket(const Sums& sums, uint64_t goal) {
    uint64_t above = 0;
    uint32_t b = kBuckets - 1;
    while (above + sums[b] < goal) above += sums[b--];
    return {b, above};
  }

  // Calls action(index of the first, values) for blocks with a value in [low, high). Most blocks of a
  // vocabulary have none: the compiler makes vector instructions of the search.
  template <class Action>
  void for_each_block(float low, float high, Action action) const {
    constexpr size_t kBlock = 64;
    for (size_t begin = 0; begin < values_.size(); begin += kBlock) {
      const auto block = values_.subspan(begin, std::min(kBlock, values_.size() - begin));
      unsigned any = 0;
      for (float v : block) any |= static_cast<unsigned>(v >= low) & static_cast<unsigned>(v < high);
      if (any != 0) action(begin, block);
    }
  }

  // The members become the values taken in that are in the bucket.
  void collect(uint32_t bucket) {
    const uint64_t number = uint64_t{base_} >> shift_ >> kBucketBits << kBucketBits | bucket;
    const float bottom = float_of(static_cast<uint32_t>(number << shift_));
    const float low = std::isnan(bottom) ? floor_ : std::max(bottom, floor_);  // NaN: below -inf
    const float high = float_of(static_cast<uint32_t>((number + 1) << shift_));
    n_members_ = 0;
    for_each_block(low, high, [&](size_t begin, std::span<const float> block) {
      for (size_t i = 0; i < block.size(); i++) {  // without a branch that could be mispredicted
        members_[n_members_] = static_cast<uint32_t>(begin + i);
        n_members_ += static_cast<size_t>(block[i] >= low) & static_cast<size_t>(block[i] < high);
      }
    });
  }

  // Bits of the members' keys that are not the same in all.
  uint32_t differing_bits() const {
    const uint32_t one = key(values_[members_[0]]);
    uint32_t bits = 0;
    for (size_t i = 1; i < n_members_; i++) bits |= key(values_[members_[i]]) ^ one;
    return bits;
  }

  // Keeps the members in whose bucket, by the bits from `shift` on, the goal is reached. Returns the sum
  // above them.
  uint64_t narrow(uint32_t shift, uint64_t goal) {
    Sums sums{};
    const auto bucket_of = [&](uint32_t i) { return (key(values_[i]) >> shift) % kBuckets; };
    for (size_t i = 0; i < n_members_; i++) sums[bucket_of(members_[i])] += weight_(values_[members_[i]]);
    const Bucket bucket = find_bucket(sums, goal);
    size_t kept = 0;
    for (size_t i = 0; i < n_members_; i++) {
      const uint32_t member = members_[i];
      members_[kept] = member;
      kept += bucket_of(member) == bucket.number;
    }
    n_members_ = kept;
    return bucket.above;
  }

  Weight weight_;
  std::span<const float> values_;
  float floor_ = 0;    // of what was taken in
  uint32_t base_ = 0;  // whose bits above the bucket's all keys have
  uint32_t shift_ = 0;
  uint64_t total_ = 0;
  Sums sums_{};
  std::vector<uint32_t> members_;  // the first n_members_, by index
  size_t n_members_ = 0;
};

}  // namespace reckon::run
